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
  sorry

-- grade: easy
theorem one_is_odd : ¬IsEven 1 := by
  sorry

-- grade: medium
theorem IsEven.exists_half {n : Nat} (h : IsEven n) : ∃ k, n = 2 * k := by
  sorry

-- grade: medium
theorem Permuted.same_length {xs ys : List α} (h : Permuted xs ys) : xs.length = ys.length := by
  sorry

-- grade: hard
theorem IsEven.of_add {m n : Nat} (hmn : IsEven (m + n)) (hm : IsEven m) : IsEven n := by
  sorry

-- grade: hard
theorem Permuted.middle (x : α) (xs ys : List α) : Permuted (x :: (xs ++ ys)) (xs ++ x :: ys) := by
  sorry
