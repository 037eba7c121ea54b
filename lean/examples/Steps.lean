/-!
# One step at a time
The plan of each proof is there, its steps are not: `have`, `calc`, `case`, bullets and arms with holes.
-/

theorem expand_cube (a b : Int) : (a + b) ^ 3 = a ^ 3 + 3 * a ^ 2 * b + 3 * a * b ^ 2 + b ^ 3 := by
  calc (a + b) ^ 3
    _ = (a + b) * (a ^ 2 + 2 * a * b + b ^ 2) := by sorry
    _ = a ^ 3 + 3 * a ^ 2 * b + 3 * a * b ^ 2 + b ^ 3 := by sorry

theorem append_cancel {α : Type} (xs ys zs : List α) (h : xs ++ ys = xs ++ zs) : ys = zs := by
  induction xs with
  | nil => sorry
  | cons x xs ih =>
    apply ih
    sorry

theorem min_or_max (m n : Nat) : (min m n = m ∧ max m n = n) ∨ (min m n = n ∧ max m n = m) := by
  cases Nat.le_total m n
  case inl h => sorry
  case inr h =>
    right
    sorry

/-- The square of an integer leaves 0 or 1 when divided by 4. -/
theorem square_mod_four (n : Int) : n * n % 4 = 0 ∨ n * n % 4 = 1 := by
  have hn : n = 2 * (n / 2) ∨ n = 2 * (n / 2) + 1 := by sorry
  generalize n / 2 = k at hn
  rcases hn with rfl | rfl
  · left
    sorry
  · right
    sorry
