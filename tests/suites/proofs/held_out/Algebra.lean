/-!
# Algebra
Rings and lattices, each by its axioms.
-/

class Rng (R : Type) where
  add : R → R → R
  mul : R → R → R
  zero : R
  neg : R → R
  add_assoc : ∀ a b c, add (add a b) c = add a (add b c)
  add_comm : ∀ a b, add a b = add b a
  zero_add : ∀ a, add zero a = a
  neg_add : ∀ a, add (neg a) a = zero
  mul_add : ∀ a b c, mul a (add b c) = add (mul a b) (mul a c)
  add_mul : ∀ a b c, mul (add a b) c = add (mul a c) (mul b c)

class Latt (L : Type) where
  meet : L → L → L
  join : L → L → L
  meet_comm : ∀ a b, meet a b = meet b a
  join_comm : ∀ a b, join a b = join b a
  meet_assoc : ∀ a b c, meet (meet a b) c = meet a (meet b c)
  join_assoc : ∀ a b c, join (join a b) c = join a (join b c)
  meet_join : ∀ a b, meet a (join a b) = a
  join_meet : ∀ a b, join a (meet a b) = a

namespace Rng

variable {R : Type} [Rng R]

-- grade: easy
theorem zero_add_zero : add (zero : R) zero = zero := by
  rw [zero_add]

-- grade: medium
theorem add_left_cancel (a b c : R) (h : add a b = add a c) : b = c := by
  rw [← zero_add b, ← neg_add a, add_assoc, h, ← add_assoc, neg_add, zero_add]

-- grade: hard
theorem mul_zero (a : R) : mul a zero = zero := by
  have h : add (mul a zero) (mul a zero) = mul a zero := by
    rw [← mul_add, zero_add]
  have h' := congrArg (add (neg (mul a zero))) h
  rw [← add_assoc, neg_add, zero_add] at h'
  exact h'

end Rng

namespace Latt

variable {L : Type} [Latt L]

-- grade: medium
theorem meet_self (a : L) : meet a a = a := by
  have h := meet_join a (meet a a)
  rwa [join_meet] at h

/-- The order by `meet` and the order by `join` are one. -/
-- grade: hard
theorem meet_eq_iff_join_eq (a b : L) : meet a b = a ↔ join a b = b := by
  constructor
  · intro h
    have := join_meet b a
    rw [meet_comm, h, join_comm] at this
    exact this
  · intro h
    have := meet_join a b
    rw [h] at this
    exact this

end Latt
