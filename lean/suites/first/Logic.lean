/-!
# Logic
Connectives, quantifiers, and Cantor's theorem the other way round.
-/

variable {p q r : Prop} {α : Type}

-- grade: easy
theorem contrapositive : (p → q) ↔ (¬q → ¬p) := by
  sorry

-- grade: easy
theorem and_over_or : p ∧ (q ∨ r) ↔ p ∧ q ∨ p ∧ r := by
  sorry

-- grade: medium
theorem every_image (f : α → α) (h : ∀ x, f (f x) = x) (P : α → Prop) : (∀ x, P (f x)) ↔ ∀ x, P x := by
  sorry

/-- Where something exists, one can pick a thing that has a property if anything has. -/
-- grade: medium
theorem typical_example (someone : α) (P : α → Prop) : ∃ x, (∃ y, P y) → P x := by
  sorry

/-- Predicates cannot be told apart by a name from `α`: there are too many of them. -/
-- grade: hard
theorem no_names_for_predicates : ¬∃ f : (α → Prop) → α, ∀ P Q, f P = f Q → P = Q := by
  sorry
