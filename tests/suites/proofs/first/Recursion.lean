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
  decide

-- grade: medium
theorem length_sort (xs : List Nat) : (sort xs).length = xs.length := by
  have h : ∀ x ys, (insertSorted x ys).length = ys.length + 1 := by
    intro x ys
    induction ys with
    | nil => rfl
    | cons y ys ih => grind [insertSorted]
  induction xs with
  | nil => rfl
  | cons x xs ih => simp [sort, h, ih]

-- grade: medium
theorem fibonacci_mono (n : Nat) : fibonacci n ≤ fibonacci (n + 1) := by
  match n with
  | 0 => decide
  | 1 => decide
  | n + 2 => grind [fibonacci]

/-- The quick way to the Fibonacci numbers is right. -/
-- grade: hard
theorem fibonacciFrom_zero_one (n : Nat) : fibonacciFrom n 0 1 = fibonacci n := by
  have h : ∀ n k, fibonacciFrom n (fibonacci k) (fibonacci (k + 1)) = fibonacci (k + n) := by
    intro n
    induction n with
    | zero => intro k; rfl
    | succ n ih =>
      intro k
      have next : fibonacci k + fibonacci (k + 1) = fibonacci (k + 1 + 1) := by rw [fibonacci]
      rw [fibonacciFrom, next, ih (k + 1)]
      congr 1
      omega
  simpa [fibonacci] using h n 0

-- grade: hard
theorem sorted_sort (xs : List Nat) : Sorted (sort xs) := by
  have h : ∀ x ys, Sorted ys → Sorted (insertSorted x ys) := by
    intro x ys
    induction ys with
    | nil => intro _; trivial
    | cons y ys ih =>
      intro hs
      unfold insertSorted
      split
      · next hxy => exact ⟨hxy, hs⟩
      · next hxy =>
        cases ys with
        | nil => exact ⟨by omega, trivial⟩
        | cons z zs =>
          obtain ⟨hyz, hs⟩ := hs
          have hi := ih hs
          unfold insertSorted at hi ⊢
          split
          · next hxz => rw [if_pos hxz] at hi; exact ⟨by omega, hi⟩
          · next hxz => rw [if_neg hxz] at hi; exact ⟨hyz, hi⟩
  induction xs with
  | nil => trivial
  | cons x xs ih => exact h x _ ih
