/-!
# Recursive functions
Common divisors by subtraction, merging, and a loop that counts upwards.
-/

/-- The greatest common divisor, by taking away. -/
def common (m n : Nat) : Nat :=
  if m = 0 then n
  else if n = 0 then m
  else if m ≤ n then common m (n - m)
  else common (m - n) n
termination_by m + n

def merge : List Nat → List Nat → List Nat
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => if x ≤ y then x :: merge xs (y :: ys) else y :: merge (x :: xs) ys
termination_by xs ys => xs.length + ys.length

/-- Sums up the numbers below `n`, counting upwards from `i`. -/
def sumFrom (i n acc : Nat) : Nat :=
  if i < n then sumFrom (i + 1) n (acc + i) else acc
termination_by n - i

def triangular : Nat → Nat
  | 0 => 0
  | n + 1 => triangular n + n

-- grade: easy
theorem triangular_six : triangular 6 = 15 := by
  sorry

-- grade: medium
theorem length_merge (xs ys : List Nat) : (merge xs ys).length = xs.length + ys.length := by
  sorry

-- grade: medium
theorem triangular_lt_square (n : Nat) : triangular (n + 1) < (n + 1) * (n + 1) := by
  sorry

/-- A loop that counts upwards computes what the recursion downwards does. -/
-- grade: hard
theorem sumFrom_zero (n : Nat) : sumFrom 0 n 0 = triangular n := by
  sorry

-- grade: hard
theorem common_divides (m n : Nat) : common m n ∣ m ∧ common m n ∣ n := by
  sorry
