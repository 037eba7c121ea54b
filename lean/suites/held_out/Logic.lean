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

/-- Everybody has a partner, and all have the same one. -/
-- grade: medium
theorem one_for_all (someone : α) (R : α → β → Prop) (h : ∀ x, ∃ y, R x y)
    (same : ∀ x x' y y', R x y → R x' y' → y = y') : ∃ y, ∀ x, R x y := by
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
