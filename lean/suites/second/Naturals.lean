/-!
# Natural numbers
Remainders, divisibility, and two sums.
-/

/-- `2 ^ 0 + 2 ^ 1 + … + 2 ^ n` -/
def sumOfPowers : Nat → Nat
  | 0 => 1
  | n + 1 => sumOfPowers n + 2 ^ (n + 1)

/-- `0³ + 1³ + … + n³` -/
def sumOfCubes : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfCubes n + (n + 1) ^ 3

-- grade: easy
theorem between_doubles (m n : Nat) (h : 2 * m < 2 * n + 1) (h' : 2 * n < 2 * m + 1) : m = n := by
  sorry

-- grade: easy
theorem remainder_of_remainder (n : Nat) : n % 12 % 4 = n % 4 := by
  sorry

-- grade: medium
theorem sumOfPowers_succ (n : Nat) : sumOfPowers n + 1 = 2 ^ (n + 1) := by
  sorry

-- grade: medium
theorem four_sumOfCubes (n : Nat) : 4 * sumOfCubes n = n * n * (n + 1) * (n + 1) := by
  sorry

-- grade: hard
theorem six_divides_cube_add (n : Nat) : 6 ∣ n ^ 3 + 5 * n := by
  sorry
