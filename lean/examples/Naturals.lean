/-!
# Natural numbers
Sums, Fibonacci numbers and coins; the functions are defined here, so that there is something to induct on.
-/

/-- `1 + 2 + … + n` -/
def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => sumTo n + (n + 1)

def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

/-- `fib 0 + fib 1 + … + fib n` -/
def sumFib : Nat → Nat
  | 0 => 0
  | n + 1 => sumFib n + fib (n + 1)

theorem below_power (n : Nat) : n < 2 ^ n := by
  sorry

/-- The schoolboy Gauss. -/
theorem twice_sumTo (n : Nat) : 2 * sumTo n = n * (n + 1) := by
  sorry

theorem sumFib_succ (n : Nat) : sumFib n + 1 = fib (n + 2) := by
  sorry

theorem fib_add (m n : Nat) : fib (m + n + 1) = fib m * fib n + fib (m + 1) * fib (n + 1) := by
  sorry

/-! ### Harder: this one wants an idea -/

/-- With coins of 3 and of 5 every amount from 8 on can be paid. -/
theorem coins (n : Nat) (h : 8 ≤ n) : ∃ a b, n = 3 * a + 5 * b := by
  sorry
