/-!
# Algebra
Monoids and groups.
-/

class Mon (M : Type) where
  op : M → M → M
  unit : M
  assoc : ∀ a b c, op (op a b) c = op a (op b c)
  unit_op : ∀ a, op unit a = a
  op_unit : ∀ a, op a unit = a

/-- A group by few axioms: a left unit and left inverses. -/
class LeftGroup (G : Type) where
  mul : G → G → G
  one : G
  inv : G → G
  mul_assoc : ∀ a b c, mul (mul a b) c = mul a (mul b c)
  one_mul : ∀ a, mul one a = a
  inv_mul : ∀ a, mul (inv a) a = one

namespace Mon

variable {M : Type} [Mon M]

/-- The product of `n` times the same. -/
def times (a : M) : Nat → M
  | 0 => unit
  | n + 1 => op a (times a n)

-- grade: easy
theorem unit_op_unit : op (unit : M) unit = unit := by
  sorry

-- grade: medium
theorem unit_unique (e : M) (h : ∀ a : M, op e a = a) : e = unit := by
  sorry

-- grade: medium
theorem inverse_unique (a b c : M) (hb : op b a = unit) (hc : op a c = unit) : b = c := by
  sorry

-- grade: hard
theorem times_add (a : M) (m n : Nat) : times a (m + n) = op (times a m) (times a n) := by
  sorry

end Mon

namespace LeftGroup

variable {G : Type} [LeftGroup G]

/-- Left inverses are right inverses. -/
-- grade: hard
theorem mul_inv (a : G) : mul a (inv a) = one := by
  sorry

end LeftGroup
