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
  rw [one_mul]

-- grade: medium
theorem left_cancel (a b c : G) (h : mul a b = mul a c) : b = c := by
  rw [← one_mul b, ← inv_mul a, mul_assoc, h, ← mul_assoc, inv_mul, one_mul]

-- grade: medium
theorem inv_inv (a : G) : inv (inv a) = a := by
  rw [← one_mul (inv (inv a)), ← mul_inv a, mul_assoc, mul_inv, mul_one]

/-- A group in which every element is its own inverse commutes. -/
-- grade: hard
theorem comm_of_square_one (h : ∀ a : G, mul a a = one) (a b : G) : mul a b = mul b a := by
  have hinv : ∀ a : G, inv a = a := by
    intro a
    rw [← mul_one (inv a), ← h a, ← mul_assoc, inv_mul, one_mul]
  have hab : mul (mul a b) (mul b a) = one := by
    rw [mul_assoc, ← mul_assoc b b a, h b, one_mul, h a]
  have : mul b a = inv (mul a b) := by
    rw [← one_mul (mul b a), ← inv_mul (mul a b), mul_assoc, hab, mul_one]
  rw [this, hinv]

-- grade: hard
theorem conj_pow (a x : G) (n : Nat) : conj a (pow x n) = pow (conj a x) n := by
  have conj_mul : ∀ x y : G, conj a (mul x y) = mul (conj a x) (conj a y) := by
    intro x y
    simp only [conj, mul_assoc]
    rw [← mul_assoc (inv a) a, inv_mul, one_mul]
  induction n with
  | zero => simp only [pow, conj, mul_one, mul_inv]
  | succ n ih => rw [pow, conj_mul, ih, pow]

end Grp
