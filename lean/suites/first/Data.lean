/-!
# Small data
Options, pairs, Booleans and bounded numbers.
-/

variable {α β : Type}

/-- Both values, if both are there. -/
def both : Option α → Option β → Option (α × β)
  | some a, some b => some (a, b)
  | _, _ => none

-- grade: easy
theorem map_swap_swap (p : α × β) : p.swap.swap = p := by
  sorry

-- grade: easy
theorem xor_twice (a b : Bool) : ((a ^^ b) ^^ b) = a := by
  sorry

-- grade: easy
theorem fin_below_self (n : Nat) (i : Fin n) : (i : Nat) + 1 ≤ n := by
  sorry

-- grade: medium
theorem both_is_some (o : Option α) (q : Option β) : (both o q).isSome = (o.isSome && q.isSome) := by
  sorry

-- grade: hard
theorem injective_fin_two (f : Fin 2 → Fin 2) (h : ∀ i j, f i = f j → i = j) (k : Fin 2) : ∃ i, f i = k := by
  sorry
