/-!
# Inductive predicates
Sublists, sorted lists, and an order of our own.
-/

/-- An order on the natural numbers that grows on the right. -/
inductive Below : Nat → Nat → Prop where
  | refl (n : Nat) : Below n n
  | up {m n : Nat} : Below m n → Below m (n + 1)

/-- What is left when elements are struck out. -/
inductive Within {α : Type} : List α → List α → Prop where
  | nil : Within [] []
  | drop {xs ys : List α} (y : α) : Within xs ys → Within xs (y :: ys)
  | keep {xs ys : List α} (x : α) : Within xs ys → Within (x :: xs) (x :: ys)

variable {α β : Type}

-- grade: easy
theorem two_below_three : Below 2 3 := by
  repeat constructor

-- grade: easy
theorem not_below_zero : ¬Below 1 0 := by
  nofun

-- grade: medium
theorem Below.trans {k m n : Nat} (h : Below k m) (h' : Below m n) : Below k n := by
  induction h' with
  | refl => exact h
  | up _ ih => exact .up ih

-- grade: medium
theorem Within.map (f : α → β) {xs ys : List α} (h : Within xs ys) : Within (xs.map f) (ys.map f) := by
  induction h with
  | nil => exact .nil
  | drop y _ ih => exact .drop _ ih
  | keep x _ ih => exact .keep _ ih

-- grade: hard
theorem below_iff (m n : Nat) : Below m n ↔ ∃ k, n = m + k := by
  constructor
  · intro h
    induction h with
    | refl => exact ⟨0, rfl⟩
    | up _ ih =>
      obtain ⟨k, rfl⟩ := ih
      exact ⟨k + 1, rfl⟩
  · rintro ⟨k, rfl⟩
    induction k with
    | zero => exact .refl m
    | succ k ih => exact .up ih

-- grade: hard
theorem Within.trans {xs ys zs : List α} (h : Within xs ys) (h' : Within ys zs) : Within xs zs := by
  induction h' generalizing xs with
  | nil => exact h
  | drop z _ ih => exact .drop z (ih h)
  | keep y _ ih =>
    cases h with
    | drop _ h => exact .drop y (ih h)
    | keep _ h => exact .keep y (ih h)
