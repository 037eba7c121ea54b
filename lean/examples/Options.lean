/-!
# Options
Values that may be missing: mapping, chaining and falling back.
-/

variable {α β γ : Type}

theorem chain_assoc (o : Option α) (f : α → Option β) (g : β → Option γ) :
    (o.bind f).bind g = o.bind fun a => (f a).bind g := by
  sorry

theorem present_iff (o : Option α) : o ≠ none ↔ ∃ a, o = some a := by
  sorry

theorem getD_or (o : Option α) (d : α) : o = some (o.getD d) ∨ o = none ∧ o.getD d = d := by
  sorry
