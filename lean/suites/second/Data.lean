/-!
# Small data
Options, Booleans, strings and bounded numbers.
-/

variable {α β : Type}

/-- The first value that is there. -/
def firstOf : Option α → Option α → Option α
  | some a, _ => some a
  | none, o => o

-- grade: easy
theorem map_keeps_presence (o : Option α) (f : α → β) : (o.map f).isSome = o.isSome := by
  sorry

-- grade: easy
theorem and_not_self_or (a b : Bool) : (a && (!a || b)) = (a && b) := by
  sorry

-- grade: easy
theorem string_append_length (s t : String) : (s ++ t).length = (t ++ s).length := by
  sorry

-- grade: medium
theorem firstOf_assoc (o p q : Option α) : firstOf (firstOf o p) q = firstOf o (firstOf p q) := by
  sorry

/-- Among three numbers below two, two are equal. -/
-- grade: hard
theorem pigeons (f : Fin 3 → Fin 2) : ∃ i j, i ≠ j ∧ f i = f j := by
  sorry
