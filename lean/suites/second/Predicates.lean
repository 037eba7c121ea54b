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
  sorry

-- grade: easy
theorem not_below_zero : ¬Below 1 0 := by
  sorry

-- grade: medium
theorem Below.trans {k m n : Nat} (h : Below k m) (h' : Below m n) : Below k n := by
  sorry

-- grade: medium
theorem Within.map (f : α → β) {xs ys : List α} (h : Within xs ys) : Within (xs.map f) (ys.map f) := by
  sorry

-- grade: hard
theorem below_iff (m n : Nat) : Below m n ↔ ∃ k, n = m + k := by
  sorry

-- grade: hard
theorem Within.trans {xs ys zs : List α} (h : Within xs ys) (h' : Within ys zs) : Within xs zs := by
  sorry
