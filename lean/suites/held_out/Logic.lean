/-!
# Logic
Connectives, quantifiers, and the least number.
-/

variable {p q r : Prop} {α β : Type}

-- grade: easy
theorem not_its_own_negation : ¬(p ↔ ¬p) := by
  sorry

-- grade: easy
theorem or_absorbs : p ∨ p ∧ q ↔ p := by
  sorry

/-- Leibniz: what shares all properties of a thing is that thing. -/
-- grade: medium
theorem leibniz (a b : α) (h : ∀ P : α → Prop, P a → P b) : a = b := by
  sorry

/-- Where one is related to everybody, everybody is. -/
-- grade: medium
theorem linked_by_a_third (R : α → α → Prop) (sym : ∀ x y, R x y → R y x) (hub : ∃ c, ∀ x, R c x)
    (trans : ∀ x y z, R x y → R y z → R x z) : ∀ x y, R x y := by
  sorry

/-- A property that some number has is had by a least one. -/
-- grade: hard
theorem least_number (P : Nat → Prop) (h : ∃ n, P n) : ∃ n, P n ∧ ∀ m, P m → n ≤ m := by
  sorry
