/-!
# Functions, sets and relations
Sections, equivalences, and the symmetric and transitive closure.
-/

namespace Orders

variable {α β γ : Type}

def Injective (f : α → β) : Prop := ∀ x y, f x = f y → x = y

def Surjective (f : α → β) : Prop := ∀ y, ∃ x, f x = y

/-- The values of `f` on `s`. -/
def image (f : α → β) (s : α → Prop) : β → Prop := fun y => ∃ x, s x ∧ f x = y

/-- At least one step. -/
inductive Plus (R : α → α → Prop) : α → α → Prop where
  | one {x y : α} : R x y → Plus R x y
  | more {x y z : α} : R x y → Plus R y z → Plus R x z

-- grade: easy
theorem image_union (f : α → β) (s t : α → Prop) (y : β) :
    image f (fun x => s x ∨ t x) y ↔ image f s y ∨ image f t y := by
  sorry

-- grade: medium
theorem bijective_of_involution (f : α → α) (h : ∀ x, f (f x) = x) : Injective f ∧ Surjective f := by
  sorry

-- grade: medium
theorem Plus.trans {R : α → α → Prop} {x y z : α} (hxy : Plus R x y) (hyz : Plus R y z) : Plus R x z := by
  sorry

/-- Several times several steps are several steps. -/
-- grade: hard
theorem plus_of_plus {R : α → α → Prop} {x y : α} (h : Plus (Plus R) x y) : Plus R x y := by
  sorry

/-- Where every step goes down, no way leads back. -/
-- grade: hard
theorem no_loop_below_measure {R : α → α → Prop} (m : α → Nat) (down : ∀ x y, R x y → m y < m x) (x : α) :
    ¬Plus R x x := by
  sorry

end Orders
