/-!
# Logic
Connectives, quantifiers, and a fixed point for every function.
-/

variable {p q r : Prop} {α β : Type}

-- grade: easy
theorem neither_nor : ¬(p ∨ q) ↔ ¬p ∧ ¬q := by
  sorry

-- grade: easy
theorem curried : (p ∧ q → r) ↔ (p → q → r) := by
  sorry

-- grade: medium
theorem exists_or_constant (someone : α) (P : α → Prop) : (∃ x, P x ∨ q) ↔ (∃ x, P x) ∨ q := by
  sorry

/-- An implication moves out of an existential statement, if anything exists at all. -/
-- grade: medium
theorem exists_from_premise (someone : α) (P : α → Prop) (h : q → ∃ x, P x) : ∃ x, q → P x := by
  sorry

/-- Lawvere: if every function from `α` to `β` has a name in `α`, then every function on `β` has a fixed point. -/
-- grade: hard
theorem lawvere (f : α → α → β) (named : ∀ g : α → β, ∃ a, f a = g) (t : β → β) : ∃ b, t b = b := by
  sorry
