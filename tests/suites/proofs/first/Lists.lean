/-!
# Lists
Membership, lengths and folds of the library's lists, and two functions of our own.
-/

variable {α β : Type}

/-- Every element twice. -/
def stutter : List α → List α
  | [] => []
  | x :: xs => x :: x :: stutter xs

/-- The elements at even places. -/
def everyOther : List α → List α
  | [] => []
  | [x] => [x]
  | x :: _ :: xs => x :: everyOther xs

-- grade: easy
theorem map_then_filter_length (f : α → β) (p : β → Bool) (xs : List α) :
    ((xs.map f).filter p).length ≤ xs.length := by
  grind

-- grade: easy
theorem mem_of_reversed_pair (x y : α) (xs : List α) : x ∈ (xs ++ [x, y]).reverse := by
  simp

-- grade: medium
theorem length_stutter (xs : List α) : (stutter xs).length = 2 * xs.length := by
  induction xs with
  | nil => rfl
  | cons x xs ih => grind [stutter]

-- grade: medium
theorem everyOther_stutter (xs : List α) : everyOther (stutter xs) = xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp [stutter, everyOther, ih]

-- grade: hard
theorem reverse_stutter (xs : List α) : (stutter xs).reverse = stutter xs.reverse := by
  have h : ∀ xs ys : List α, stutter (xs ++ ys) = stutter xs ++ stutter ys := by
    intro xs ys
    induction xs with
    | nil => rfl
    | cons x xs ih => simp [stutter, ih]
  induction xs with
  | nil => rfl
  | cons x xs ih => simp [stutter, h, ih]

-- grade: hard
theorem foldl_add_shift (xs : List Nat) (n : Nat) : xs.foldl (· + ·) n = n + xs.foldr (· + ·) 0 := by
  induction xs generalizing n with
  | nil => rfl
  | cons x xs ih => simp [ih, Nat.add_assoc]
