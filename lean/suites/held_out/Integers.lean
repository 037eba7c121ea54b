/-!
# Integers and inequalities
Identities, signs, and numbers that are squares.
-/

/-- `1`, `0` or `-1`. -/
def sign (a : Int) : Int := if a < 0 then -1 else if a = 0 then 0 else 1

/-- A square. -/
def IsSquare (a : Int) : Prop := ∃ k, a = k * k

-- grade: easy
theorem cube_difference (a b : Int) : (a - b) * (a * a + a * b + b * b) = a ^ 3 - b ^ 3 := by
  sorry

-- grade: easy
theorem opposite_signs (x y : Int) (h : x + y = 0) (h' : 3 ≤ x - y) : 2 ≤ x ∧ y ≤ -2 := by
  sorry

-- grade: medium
theorem sign_square (a : Int) : sign (a * a) = sign a * sign a := by
  sorry

-- grade: medium
theorem IsSquare.mul {a b : Int} (ha : IsSquare a) (hb : IsSquare b) : IsSquare (a * b) := by
  sorry

/-- The product of four numbers in a row is one less than a square. -/
-- grade: hard
theorem four_in_a_row (n : Int) : IsSquare (n * (n + 1) * (n + 2) * (n + 3) + 1) := by
  sorry
