/-!
# Inductive predicates
Prefixes, balanced brackets, and numbers by their binary digits.
-/

/-- `Bits n k`: `n` has `k` binary digits at most. -/
inductive Bits : Nat → Nat → Prop where
  | zero (k : Nat) : Bits 0 k
  | even {n k : Nat} : Bits n k → Bits (2 * n) (k + 1)
  | odd {n k : Nat} : Bits n k → Bits (2 * n + 1) (k + 1)

/-- The first list is a beginning of the second one. -/
inductive Begins {α : Type} : List α → List α → Prop where
  | nil (ys : List α) : Begins [] ys
  | cons (x : α) {xs ys : List α} : Begins xs ys → Begins (x :: xs) (x :: ys)

/-- Words of brackets, `true` for one that opens, in which each has its partner. -/
inductive Balanced : List Bool → Prop where
  | nil : Balanced []
  | wrap {w : List Bool} : Balanced w → Balanced (true :: (w ++ [false]))
  | append {v w : List Bool} : Balanced v → Balanced w → Balanced (v ++ w)

variable {α : Type}

-- grade: easy
theorem begins_pair (x y z : α) : Begins [x, y] [x, y, z] := by
  sorry

-- grade: easy
theorem not_begins (x : α) (xs : List α) : ¬Begins (x :: xs) [] := by
  sorry

-- grade: medium
theorem Bits.bound {n k : Nat} (h : Bits n k) : n < 2 ^ k := by
  sorry

-- grade: medium
theorem Balanced.as_many {w : List Bool} (h : Balanced w) : w.count true = w.count false := by
  sorry

-- grade: hard
theorem begins_iff (xs ys : List α) : Begins xs ys ↔ ∃ zs, ys = xs ++ zs := by
  sorry

-- grade: hard
theorem Begins.antisymm {xs ys : List α} (h : Begins xs ys) (h' : Begins ys xs) : xs = ys := by
  sorry
