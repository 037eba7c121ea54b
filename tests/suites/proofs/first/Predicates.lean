/-!
# Inductive predicates
Even numbers, permutations of lists, and numbers in binary.
-/

inductive IsEven : Nat → Prop where
  | zero : IsEven 0
  | step {n : Nat} : IsEven n → IsEven (n + 2)

/-- The same elements in another order. -/
inductive Permuted {α : Type} : List α → List α → Prop where
  | nil : Permuted [] []
  | skip (x : α) {xs ys : List α} : Permuted xs ys → Permuted (x :: xs) (x :: ys)
  | swap (x y : α) (xs : List α) : Permuted (x :: y :: xs) (y :: x :: xs)
  | trans {xs ys zs : List α} : Permuted xs ys → Permuted ys zs → Permuted xs zs

variable {α : Type}

-- grade: easy
theorem six_is_even : IsEven 6 := by
  repeat constructor

-- grade: easy
theorem one_is_odd : ¬IsEven 1 := by
  nofun

-- grade: medium
theorem IsEven.exists_half {n : Nat} (h : IsEven n) : ∃ k, n = 2 * k := by
  induction h with
  | zero => exact ⟨0, rfl⟩
  | step _ ih =>
    obtain ⟨k, rfl⟩ := ih
    exact ⟨k + 1, rfl⟩

-- grade: medium
theorem Permuted.same_length {xs ys : List α} (h : Permuted xs ys) : xs.length = ys.length := by
  induction h with
  | nil => rfl
  | skip x _ ih => simp [ih]
  | swap x y xs => rfl
  | trans _ _ ih₁ ih₂ => rw [ih₁, ih₂]

-- grade: hard
theorem IsEven.of_add {m n : Nat} (hmn : IsEven (m + n)) (hm : IsEven m) : IsEven n := by
  induction hm with
  | zero => rwa [Nat.zero_add] at hmn
  | @step m _ ih =>
    apply ih
    rw [show m + 2 + n = (m + n) + 2 by omega] at hmn
    cases hmn with
    | step h => exact h

-- grade: hard
theorem Permuted.middle (x : α) (xs ys : List α) : Permuted (x :: (xs ++ ys)) (xs ++ x :: ys) := by
  have refl : ∀ zs : List α, Permuted zs zs := by
    intro zs
    induction zs with
    | nil => exact .nil
    | cons z zs ih => exact .skip z ih
  induction xs with
  | nil => exact refl _
  | cons y xs ih => exact .trans (.swap x y _) (.skip y ih)
