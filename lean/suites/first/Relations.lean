/-!
# Functions, sets and relations
Inverses, preimages, and the reflexive and transitive closure of a relation.
-/

namespace Closure

variable {α β γ : Type}

def Injective (f : α → β) : Prop := ∀ x y, f x = f y → x = y

def Surjective (f : α → β) : Prop := ∀ y, ∃ x, f x = y

/-- The elements that `f` takes into `s`. -/
def preimage (f : α → β) (s : β → Prop) : α → Prop := fun x => s (f x)

/-- What can be reached in any number of steps. -/
inductive Star (R : α → α → Prop) : α → α → Prop where
  | refl (x : α) : Star R x x
  | head {x y z : α} : R x y → Star R y z → Star R x z

-- grade: easy
theorem preimage_inter (f : α → β) (s t : β → Prop) :
    preimage f (fun y => s y ∧ t y) = fun x => preimage f s x ∧ preimage f t x := by
  sorry

-- grade: medium
theorem injective_after_surjective (f : α → β) (g : β → γ) (h : Injective (g ∘ f)) (hf : Surjective f) :
    Injective g := by
  sorry

-- grade: medium
theorem Star.trans {R : α → α → Prop} {x y z : α} (hxy : Star R x y) (hyz : Star R y z) : Star R x z := by
  sorry

-- grade: hard
theorem Star.symm {R : α → α → Prop} (sym : ∀ x y, R x y → R y x) {x y : α} (h : Star R x y) : Star R y x := by
  sorry

/-- A surjective function has a right inverse. -/
-- grade: hard
theorem Surjective.right_inverse (f : α → β) (h : Surjective f) : ∃ g : β → α, Injective g ∧ f ∘ g = id := by
  sorry

end Closure
