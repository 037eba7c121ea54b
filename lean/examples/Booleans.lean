/-!
# Booleans
A majority vote, and a fact about all functions from `Bool` to `Bool`.
-/

/-- The verdict of at least two of three. -/
def majority (a b c : Bool) : Bool :=
  (a && b) || (b && c) || (a && c)

theorem majority_swap : ∀ a b c, majority a b c = majority b a c := by
  sorry

theorem majority_of_equal (a b : Bool) : majority a a b = a := by
  sorry

/-! ### Harder: this one wants an idea -/

/-- Three times is the same as once. -/
theorem apply_thrice (f : Bool → Bool) (b : Bool) : f (f (f b)) = f b := by
  sorry
