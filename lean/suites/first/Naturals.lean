/-!
# Natural numbers
Division, parity, and two sums.
-/

/-- `1 + 3 + … + (2 n - 1)` -/
def sumOfOdds : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfOdds n + (2 * n + 1)

/-- `0² + 1² + … + n²` -/
def sumOfSquares : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfSquares n + (n + 1) * (n + 1)

-- grade: easy
theorem half_of_double (n : Nat) : (2 * n + 1) / 2 = n := by
  sorry

-- grade: easy
theorem one_of_two_is_odd (n : Nat) : n % 2 + (n + 1) % 2 = 1 := by
  sorry

-- grade: medium
theorem sumOfOdds_eq_square (n : Nat) : sumOfOdds n = n * n := by
  sorry

-- grade: medium
theorem six_sumOfSquares (n : Nat) : 6 * sumOfSquares n = n * (n + 1) * (2 * n + 1) := by
  sorry

/-- The square root of two is not a fraction. -/
-- grade: hard
theorem no_root_of_two (m n : Nat) (h : m * m = 2 * (n * n)) : n = 0 := by
  sorry
