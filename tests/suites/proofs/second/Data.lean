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
  simp

-- grade: easy
theorem and_not_self_or (a b : Bool) : (a && (!a || b)) = (a && b) := by
  grind

-- grade: easy
theorem string_append_length (s t : String) : (s ++ t).length = (t ++ s).length := by
  simp +arith

-- grade: medium
theorem firstOf_assoc (o p q : Option α) : firstOf (firstOf o p) q = firstOf o (firstOf p q) := by
  cases o <;> rfl

/-- Among three numbers below two, two are equal. -/
-- grade: hard
theorem pigeons (f : Fin 3 → Fin 2) : ∃ i j, i ≠ j ∧ f i = f j := by
  have two : ∀ a b c : Fin 2, a ≠ b → b ≠ c → a = c := by decide
  by_cases h : f 0 = f 1
  · exact ⟨0, 1, by decide, h⟩
  · by_cases h' : f 1 = f 2
    · exact ⟨1, 2, by decide, h'⟩
    · exact ⟨0, 2, by decide, two _ _ _ h h'⟩
