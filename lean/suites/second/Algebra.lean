/-!
# Algebra
Groups.
-/

class Grp (G : Type) where
  mul : G → G → G
  one : G
  inv : G → G
  mul_assoc : ∀ a b c, mul (mul a b) c = mul a (mul b c)
  one_mul : ∀ a, mul one a = a
  mul_one : ∀ a, mul a one = a
  inv_mul : ∀ a, mul (inv a) a = one
  mul_inv : ∀ a, mul a (inv a) = one

namespace Grp

variable {G : Type} [Grp G]

/-- What `a` makes of `x`. -/
def conj (a x : G) : G := mul (mul a x) (inv a)

/-- The powers with natural exponents. -/
def pow (a : G) : Nat → G
  | 0 => one
  | n + 1 => mul a (pow a n)

-- grade: easy
theorem one_mul_one : mul (one : G) one = one := by
  sorry

-- grade: medium
theorem left_cancel (a b c : G) (h : mul a b = mul a c) : b = c := by
  sorry

-- grade: medium
theorem inv_inv (a : G) : inv (inv a) = a := by
  sorry

/-- A group in which every element is its own inverse commutes. -/
-- grade: hard
theorem comm_of_square_one (h : ∀ a : G, mul a a = one) (a b : G) : mul a b = mul b a := by
  sorry

-- grade: hard
theorem conj_pow (a x : G) (n : Nat) : conj a (pow x n) = pow (conj a x) n := by
  sorry

end Grp
