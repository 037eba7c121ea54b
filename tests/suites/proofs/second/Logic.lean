/-!
# Logic
Connectives, quantifiers, and a fixed point for every function.
-/

variable {p q r : Prop} {α β : Type}

-- grade: easy
theorem neither_nor : ¬(p ∨ q) ↔ ¬p ∧ ¬q := by
  grind

-- grade: easy
theorem curried : (p ∧ q → r) ↔ (p → q → r) := by
  grind

-- grade: medium
theorem exists_or_constant (someone : α) (P : α → Prop) : (∃ x, P x ∨ q) ↔ (∃ x, P x) ∨ q := by
  constructor
  · rintro ⟨x, h | h⟩
    · exact .inl ⟨x, h⟩
    · exact .inr h
  · rintro (⟨x, h⟩ | h)
    · exact ⟨x, .inl h⟩
    · exact ⟨someone, .inr h⟩

/-- An implication moves out of an existential statement, if anything exists at all. -/
-- grade: medium
theorem exists_from_premise (someone : α) (P : α → Prop) (h : q → ∃ x, P x) : ∃ x, q → P x := by
  by_cases hq : q
  · obtain ⟨x, hx⟩ := h hq
    exact ⟨x, fun _ => hx⟩
  · exact ⟨someone, fun h' => absurd h' hq⟩

/-- Lawvere: if every function from `α` to `β` has a name in `α`, then every function on `β` has a fixed point. -/
-- grade: hard
theorem lawvere (f : α → α → β) (named : ∀ g : α → β, ∃ a, f a = g) (t : β → β) : ∃ b, t b = b := by
  obtain ⟨a, ha⟩ := named fun x => t (f x x)
  exact ⟨f a a, (congrFun ha a).symm⟩
