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
  exact List.take_append_of_le_length h

-- grade: easy
theorem zip_swap_length (xs : List α) (ys : List β) : (xs.zip ys).length = (ys.zip xs).length := by
  grind

-- grade: medium
theorem maximum_append (xs ys : List Nat) : maximum (xs ++ ys) = max (maximum xs) (maximum ys) := by
  induction xs with
  | nil => simp [maximum]
  | cons x xs ih => simp [maximum, ih, Nat.max_assoc]

-- grade: medium
theorem le_maximum (xs : List Nat) (n : Nat) (h : n ∈ xs) : n ≤ maximum xs := by
  induction xs with
  | nil => cases h
  | cons x xs ih => grind [maximum]

-- grade: hard
theorem length_interleave (xs ys : List α) : (interleave xs ys).length = xs.length + ys.length := by
  induction xs generalizing ys with
  | nil => simp [interleave]
  | cons x xs ih =>
    cases ys with
    | nil => rfl
    | cons y ys => simp [interleave, ih]; omega

-- grade: hard
theorem maximum_mem (xs : List Nat) (h : xs ≠ []) : maximum xs ∈ xs := by
  induction xs with
  | nil => exact absurd rfl h
  | cons x xs ih =>
    cases xs with
    | nil => simp [maximum]
    | cons y ys =>
      have := ih (by simp)
      rw [maximum]
      rcases Nat.le_total x (maximum (y :: ys)) with h | h
      · rw [Nat.max_eq_right h]
        exact List.mem_cons_of_mem _ this
      · rw [Nat.max_eq_left h]
        exact List.mem_cons_self
