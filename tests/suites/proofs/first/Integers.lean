/-!
# Integers and inequalities
Identities, signs, and a congruence.
-/

/-- `b` can be reached from `a` by steps of `m`. -/
def Congruent (m a b : Int) : Prop := ∃ k, b = a + k * m

-- grade: easy
theorem square_of_sum (a b : Int) : (a + b) * (a + b) = a * a + 2 * a * b + b * b := by
  grind

-- grade: easy
theorem trapped (x y : Int) (h : x < y) (h' : y < x + 2) : y = x + 1 := by
  omega

-- grade: medium
theorem Congruent.add {m a b c d : Int} (h : Congruent m a b) (h' : Congruent m c d) :
    Congruent m (a + c) (b + d) := by
  obtain ⟨k, rfl⟩ := h
  obtain ⟨l, rfl⟩ := h'
  exact ⟨k + l, by grind⟩

/-- The product of sums is the sum of products where both grow. -/
-- grade: medium
theorem rearrangement (a b x y : Int) (h : a ≤ b) (h' : x ≤ y) : a * y + b * x ≤ a * x + b * y := by
  have := Int.mul_nonneg (Int.sub_nonneg_of_le h) (Int.sub_nonneg_of_le h')
  grind

-- grade: hard
theorem Congruent.mul {m a b c d : Int} (h : Congruent m a b) (h' : Congruent m c d) :
    Congruent m (a * c) (b * d) := by
  obtain ⟨k, rfl⟩ := h
  obtain ⟨l, rfl⟩ := h'
  exact ⟨a * l + k * c + k * l * m, by grind⟩
