/-!
# Integers
Linear arithmetic, a few identities of rings, and some facts where neither is enough.
-/

theorem two_equations (x y : Int) (h₁ : 2 * x + y = 7) (h₂ : x - y = 2) : x = 3 ∧ y = 1 := by
  sorry

theorem difference_of_squares (a b : Int) : (a - b) * (a + b) = a ^ 2 - b ^ 2 := by
  sorry

theorem zero_product {x y : Int} : x * y = 0 → x = 0 ∨ y = 0 := by
  sorry

/-! ### Harder: these want an idea -/

theorem twice_product_le (a b : Int) : 2 * (a * b) ≤ a * a + b * b := by
  sorry

/-- Bézout for 12 and 31. -/
theorem bezout_12_31 : ∃ x y : Int, 12 * x + 31 * y = 1 := by
  sorry
