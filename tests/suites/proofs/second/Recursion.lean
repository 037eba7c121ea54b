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
  rfl

-- grade: medium
theorem factorial_pos (n : Nat) : 0 < factorial n := by
  induction n with
  | zero => decide
  | succ n ih => exact Nat.mul_pos (Nat.succ_pos n) ih

-- grade: medium
theorem ackermann_one (n : Nat) : ackermann 1 n = n + 2 := by
  induction n with
  | zero => simp [ackermann]
  | succ n ih => simp [ackermann, ih]

-- grade: hard
theorem factorialOnto_one (n : Nat) : factorialOnto n 1 = factorial n := by
  have h : ∀ n acc, factorialOnto n acc = acc * factorial n := by
    intro n
    induction n with
    | zero => intro acc; simp [factorialOnto, factorial]
    | succ n ih => intro acc; simp [factorialOnto, factorial, ih, Nat.mul_assoc]
  simp [h]

-- grade: hard
theorem power_eq (x n : Nat) : power x n = x ^ n := by
  induction n using Nat.strongRecOn generalizing x with
  | _ n ih =>
    unfold power
    split
    · next h => rw [h, Nat.pow_zero]
    · next h =>
      have half := ih (n / 2) (Nat.div_lt_self (Nat.pos_of_ne_zero h) (by decide)) (x * x)
      rw [half, ← Nat.pow_two, ← Nat.pow_mul]
      split
      · next h2 => rw [Nat.mul_div_cancel' (Nat.dvd_of_mod_eq_zero h2)]
      · next h2 =>
        have odd := Nat.div_add_mod n 2
        rw [Nat.mod_two_ne_zero.mp h2] at odd
        rw [Nat.mul_comm, ← Nat.pow_succ, Nat.succ_eq_add_one, odd]
