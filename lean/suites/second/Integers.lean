/-!
# Integers and inequalities
Identities, absolute values, and divisors.
-/

/-- The value without its sign. -/
def size (a : Int) : Int := if a < 0 then -a else a

/-- `d` goes into `a`. -/
def Divides (d a : Int) : Prop := ∃ k, a = d * k

-- grade: easy
theorem two_squares_product (a b c d : Int) :
    (a * a + b * b) * (c * c + d * d)
      = (a * c - b * d) * (a * c - b * d) + (a * d + b * c) * (a * d + b * c) := by
  sorry

-- grade: easy
theorem average_between (x y : Int) (h : x ≤ y) : x ≤ (x + y) / 2 ∧ (x + y) / 2 ≤ y := by
  sorry

-- grade: medium
theorem size_le_square (a : Int) : size a ≤ a * a := by
  sorry

-- grade: medium
theorem Divides.combination {d a b : Int} (ha : Divides d a) (hb : Divides d b) (x y : Int) :
    Divides d (x * a + y * b) := by
  sorry

/-- Three squares are at least the three products. -/
-- grade: hard
theorem three_products_le (a b c : Int) : a * b + b * c + c * a ≤ a * a + b * b + c * c := by
  sorry
