/-!
# Logic
Connectives, quantifiers, and the least number.
-/

variable {p q r : Prop} {α β : Type}

-- grade: easy
theorem not_its_own_negation : ¬(p ↔ ¬p) := by
  grind

-- grade: easy
theorem or_absorbs : p ∨ p ∧ q ↔ p := by
  grind

/-- Everybody has a partner, and all have the same one. -/
-- grade: medium
theorem one_for_all (someone : α) (R : α → β → Prop) (h : ∀ x, ∃ y, R x y)
    (same : ∀ x x' y y', R x y → R x' y' → y = y') : ∃ y, ∀ x, R x y := by
  obtain ⟨y, hy⟩ := h someone
  refine ⟨y, fun x => ?_⟩
  obtain ⟨z, hz⟩ := h x
  rw [same someone x y z hy hz]
  exact hz

/-- Where one is related to everybody, everybody is. -/
-- grade: medium
theorem linked_by_a_third (R : α → α → Prop) (sym : ∀ x y, R x y → R y x) (hub : ∃ c, ∀ x, R c x)
    (trans : ∀ x y z, R x y → R y z → R x z) : ∀ x y, R x y := by
  obtain ⟨c, hc⟩ := hub
  intro x y
  exact trans x c y (sym c x (hc x)) (hc y)

/-- A property that some number has is had by a least one. -/
-- grade: hard
theorem least_number (P : Nat → Prop) (h : ∃ n, P n) : ∃ n, P n ∧ ∀ m, P m → n ≤ m := by
  obtain ⟨n, hn⟩ := h
  induction n using Nat.strongRecOn with
  | _ n ih =>
    by_cases h : ∃ m, m < n ∧ P m
    · obtain ⟨m, hm, hP⟩ := h
      exact ih m hm hP
    · refine ⟨n, hn, fun m hm => ?_⟩
      apply Nat.le_of_not_lt
      intro hlt
      exact h ⟨m, hlt, hm⟩
