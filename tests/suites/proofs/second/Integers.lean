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
  grind

-- grade: easy
theorem average_between (x y : Int) (h : x ≤ y) : x ≤ (x + y) / 2 ∧ (x + y) / 2 ≤ y := by
  omega

-- grade: medium
theorem size_le_square (a : Int) : size a ≤ a * a := by
  unfold size
  split
  · next h =>
    have := Int.mul_nonneg (show 0 ≤ -a by omega) (show 0 ≤ -a - 1 by omega)
    grind
  · next h =>
    by_cases h0 : a = 0
    · grind
    · have := Int.mul_nonneg (show 0 ≤ a by omega) (show 0 ≤ a - 1 by omega)
      grind

-- grade: medium
theorem Divides.combination {d a b : Int} (ha : Divides d a) (hb : Divides d b) (x y : Int) :
    Divides d (x * a + y * b) := by
  obtain ⟨k, rfl⟩ := ha
  obtain ⟨l, rfl⟩ := hb
  exact ⟨x * k + y * l, by grind⟩

/-- Three squares are at least the three products. -/
-- grade: hard
theorem three_products_le (a b c : Int) : a * b + b * c + c * a ≤ a * a + b * b + c * c := by
  have square : ∀ x : Int, 0 ≤ x * x := by
    intro x
    rcases Int.le_total 0 x with h | h
    · exact Int.mul_nonneg h h
    · exact Int.mul_nonneg_of_nonpos_of_nonpos h h
  have h₁ := square (a - b)
  have h₂ := square (b - c)
  have h₃ := square (c - a)
  grind
