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
  rfl

-- grade: easy
theorem xor_twice (a b : Bool) : ((a ^^ b) ^^ b) = a := by
  simp

-- grade: easy
theorem fin_below_self (n : Nat) (i : Fin n) : (i : Nat) + 1 ≤ n := by
  omega

-- grade: medium
theorem both_is_some (o : Option α) (q : Option β) : (both o q).isSome = (o.isSome && q.isSome) := by
  cases o <;> cases q <;> rfl

-- grade: hard
theorem injective_fin_two (f : Fin 2 → Fin 2) (h : ∀ i j, f i = f j → i = j) (k : Fin 2) : ∃ i, f i = k := by
  have two : ∀ a b k : Fin 2, a ≠ b → a ≠ k → b = k := by decide
  by_cases h0 : f 0 = k
  · exact ⟨0, h0⟩
  · exact ⟨1, two _ _ _ (fun e => absurd (h 0 1 e) (by decide)) h0⟩
