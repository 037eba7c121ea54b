/-!
# Natural numbers
Bounds, powers, and two sums.
-/

/-- `0 * 1 + 1 * 2 + … + n * (n + 1)` -/
def sumOfProducts : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfProducts n + (n + 1) * (n + 2)

def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

/-- `0 * 0! + 1 * 1! + … + n * n!` -/
def sumOfFactorials : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfFactorials n + (n + 1) * factorial (n + 1)

-- grade: easy
theorem thirds_in_order (n : Nat) : n / 3 ≤ n / 2 := by
  sorry

-- grade: easy
theorem clock_addition (n : Nat) (h : n % 12 = 7) : (n + 8) % 12 = 3 := by
  sorry

-- grade: medium
theorem three_sumOfProducts (n : Nat) : 3 * sumOfProducts n = n * (n + 1) * (n + 2) := by
  sorry

-- grade: medium
theorem sumOfFactorials_succ (n : Nat) : sumOfFactorials n + 1 = factorial (n + 1) := by
  sorry

/-- Every number from 2 on has a prime divisor. -/
-- grade: hard
theorem has_prime_divisor (n : Nat) (h : 2 ≤ n) : ∃ p, 2 ≤ p ∧ p ∣ n ∧ ∀ d, 2 ≤ d → d ∣ p → d = p := by
  sorry
