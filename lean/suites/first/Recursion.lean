/-!
# Recursive functions
Accumulators, Fibonacci numbers, and sorting by insertion.
-/

def fibonacci : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fibonacci n + fibonacci (n + 1)

/-- Two neighbouring Fibonacci numbers at a time. -/
def fibonacciFrom : Nat → Nat → Nat → Nat
  | 0, a, _ => a
  | n + 1, a, b => fibonacciFrom n b (a + b)

def insertSorted (x : Nat) : List Nat → List Nat
  | [] => [x]
  | y :: ys => if x ≤ y then x :: y :: ys else y :: insertSorted x ys

def sort : List Nat → List Nat
  | [] => []
  | x :: xs => insertSorted x (sort xs)

def Sorted : List Nat → Prop
  | [] => True
  | [_] => True
  | x :: y :: ys => x ≤ y ∧ Sorted (y :: ys)

-- grade: easy
theorem fibonacci_ten : fibonacci 10 = 55 := by
  sorry

-- grade: medium
theorem length_sort (xs : List Nat) : (sort xs).length = xs.length := by
  sorry

-- grade: medium
theorem fibonacci_mono (n : Nat) : fibonacci n ≤ fibonacci (n + 1) := by
  sorry

/-- The quick way to the Fibonacci numbers is right. -/
-- grade: hard
theorem fibonacciFrom_zero_one (n : Nat) : fibonacciFrom n 0 1 = fibonacci n := by
  sorry

-- grade: hard
theorem sorted_sort (xs : List Nat) : Sorted (sort xs) := by
  sorry
