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
  omega

-- grade: easy
theorem remainder_of_remainder (n : Nat) : n % 12 % 4 = n % 4 := by
  simp

-- grade: medium
theorem sumOfPowers_succ (n : Nat) : sumOfPowers n + 1 = 2 ^ (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sumOfPowers]

-- grade: medium
theorem four_sumOfCubes (n : Nat) : 4 * sumOfCubes n = n * n * (n + 1) * (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sumOfCubes]

-- grade: hard
theorem six_divides_cube_add (n : Nat) : 6 ∣ n ^ 3 + 5 * n := by
  induction n with
  | zero => exact Nat.dvd_zero 6
  | succ n ih =>
    have even : 2 ∣ n * (n + 1) := by
      rcases Nat.mod_two_eq_zero_or_one n with h | h
      · exact Nat.dvd_mul_right_of_dvd (Nat.dvd_of_mod_eq_zero h) _
      · exact Nat.dvd_mul_left_of_dvd (Nat.dvd_of_mod_eq_zero (by rw [Nat.add_mod, h])) _
    have expand : (n + 1) ^ 3 + 5 * (n + 1) = n ^ 3 + 5 * n + 3 * (n * (n + 1)) + 6 := by grind
    rw [expand]
    exact Nat.dvd_add (Nat.dvd_add ih (Nat.mul_dvd_mul_left 3 even)) (Nat.dvd_refl 6)
