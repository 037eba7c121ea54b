/-!
# Logic
Propositions and quantifiers: the connectives, the laws of De Morgan, and two classical surprises.
-/

variable {p q r : Prop}

theorem and_swapped (h : p ∧ q) : q ∧ p := by
  sorry

theorem de_morgan : ¬(p ∧ q) ↔ ¬p ∨ ¬q := by
  sorry

/-- Peirce's law, which needs classical logic. -/
theorem peirce : ((p → q) → p) → p := by
  sorry

theorem exists_forall_swap {α β : Type} {R : α → β → Prop} :
    (∃ x, ∀ y, R x y) → ∀ y, ∃ x, R x y := by
  sorry

/-! ### Harder: these want an idea -/

/-- In every pub that is not empty there is someone such that, if they drink, everybody drinks. -/
theorem drinker {Guest : Type} (someone : Guest) (drinks : Guest → Prop) :
    ∃ x, drinks x → ∀ y, drinks y := by
  sorry

/-- In no village does a barber shave exactly those who do not shave themselves. -/
theorem no_barber {Man : Type} (shaves : Man → Man → Prop) :
    ¬∃ barber, ∀ x, shaves barber x ↔ ¬shaves x x := by
  sorry
