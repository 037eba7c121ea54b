/-!
# Recursive functions
Powers by squaring, factorials with an accumulator, and Ackermann's function.
-/

/-- `x ^ n` with few multiplications. -/
def power (x n : Nat) : Nat :=
  if n = 0 then 1
  else if n % 2 = 0 then power (x * x) (n / 2)
  else x * power (x * x) (n / 2)
termination_by n

/-- `n!` times `acc`. -/
def factorialOnto : Nat → Nat → Nat
  | 0, acc => acc
  | n + 1, acc => factorialOnto n (acc * (n + 1))

def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

/-- Ackermann's function. -/
def ackermann : Nat → Nat → Nat
  | 0, n => n + 1
  | m + 1, 0 => ackermann m 1
  | m + 1, n + 1 => ackermann m (ackermann (m + 1) n)
termination_by m n => (m, n)

-- grade: easy
theorem factorial_five : factorial 5 = 120 := by
  sorry

-- grade: medium
theorem factorial_pos (n : Nat) : 0 < factorial n := by
  sorry

-- grade: medium
theorem ackermann_one (n : Nat) : ackermann 1 n = n + 2 := by
  sorry

-- grade: hard
theorem factorialOnto_one (n : Nat) : factorialOnto n 1 = factorial n := by
  sorry

-- grade: hard
theorem power_eq (x n : Nat) : power x n = x ^ n := by
  sorry
