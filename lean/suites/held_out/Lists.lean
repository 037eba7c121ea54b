/-!
# Lists
Counting, mapping and flattening with the library's lists, and two functions of our own.
-/

variable {α β : Type}

/-- The running totals, beginning with `n`. -/
def totals (n : Nat) : List Nat → List Nat
  | [] => [n]
  | x :: xs => n :: totals (n + x) xs

/-- What two lists have in common before they first differ. -/
def commonStart [DecidableEq α] : List α → List α → List α
  | x :: xs, y :: ys => if x = y then x :: commonStart xs ys else []
  | _, _ => []

-- grade: easy
theorem count_in_both [BEq α] (a : α) (xs ys : List α) : (xs ++ ys).count a = (ys ++ xs).count a := by
  sorry

-- grade: easy
theorem map_of_replicate (f : α → β) (n : Nat) (a : α) : ((List.replicate n a).map f).length = n := by
  sorry

-- grade: medium
theorem length_totals (n : Nat) (xs : List Nat) : (totals n xs).length = xs.length + 1 := by
  sorry

-- grade: medium
theorem commonStart_self [DecidableEq α] (xs : List α) : commonStart xs xs = xs := by
  sorry

-- grade: hard
theorem commonStart_comm [DecidableEq α] (xs ys : List α) : commonStart xs ys = commonStart ys xs := by
  sorry

-- grade: hard
theorem commonStart_begins [DecidableEq α] (xs ys : List α) : ∃ zs, xs = commonStart xs ys ++ zs := by
  sorry
