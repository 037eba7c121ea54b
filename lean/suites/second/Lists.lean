/-!
# Lists
Taking, dropping and zipping with the library's lists, and two functions of our own.
-/

variable {α β : Type}

/-- One list between the elements of the other. -/
def interleave : List α → List α → List α
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => x :: y :: interleave xs ys

/-- The largest element, at least 0. -/
def maximum : List Nat → Nat
  | [] => 0
  | x :: xs => max x (maximum xs)

-- grade: easy
theorem take_of_longer (xs ys : List α) (n : Nat) (h : n ≤ xs.length) : (xs ++ ys).take n = xs.take n := by
  sorry

-- grade: easy
theorem zip_swap_length (xs : List α) (ys : List β) : (xs.zip ys).length = (ys.zip xs).length := by
  sorry

-- grade: medium
theorem maximum_append (xs ys : List Nat) : maximum (xs ++ ys) = max (maximum xs) (maximum ys) := by
  sorry

-- grade: medium
theorem le_maximum (xs : List Nat) (n : Nat) (h : n ∈ xs) : n ≤ maximum xs := by
  sorry

-- grade: hard
theorem length_interleave (xs ys : List α) : (interleave xs ys).length = xs.length + ys.length := by
  sorry

-- grade: hard
theorem maximum_mem (xs : List Nat) (h : xs ≠ []) : maximum xs ∈ xs := by
  sorry
