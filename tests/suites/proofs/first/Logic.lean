/-!
# Logic
Connectives, quantifiers, and Cantor's theorem the other way round.
-/

variable {p q r : Prop} {α : Type}

-- grade: easy
theorem contrapositive : (p → q) ↔ (¬q → ¬p) := by
  grind

-- grade: easy
theorem and_over_or : p ∧ (q ∨ r) ↔ p ∧ q ∨ p ∧ r := by
  grind

-- grade: medium
theorem every_image (f : α → α) (h : ∀ x, f (f x) = x) (P : α → Prop) : (∀ x, P (f x)) ↔ ∀ x, P x := by
  constructor
  · intro hP x
    rw [← h x]
    exact hP (f x)
  · exact fun hP x => hP (f x)

/-- Where something exists, one can pick a thing that has a property if anything has. -/
-- grade: medium
theorem typical_example (someone : α) (P : α → Prop) : ∃ x, (∃ y, P y) → P x := by
  by_cases h : ∃ y, P y
  · obtain ⟨y, hy⟩ := h
    exact ⟨y, fun _ => hy⟩
  · exact ⟨someone, fun h' => absurd h' h⟩

/-- Predicates cannot be told apart by a name from `α`: there are too many of them. -/
-- grade: hard
theorem no_names_for_predicates : ¬∃ f : (α → Prop) → α, ∀ P Q, f P = f Q → P = Q := by
  rintro ⟨f, hf⟩
  let D : α → Prop := fun a => ∃ P, f P = a ∧ ¬P a
  by_cases h : D (f D)
  · obtain ⟨P, hP, hn⟩ := h
    have := hf _ _ hP
    subst this
    exact hn ⟨_, hP, hn⟩
  · exact h ⟨D, rfl, h⟩
