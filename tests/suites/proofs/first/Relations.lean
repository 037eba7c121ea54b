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
  rfl

-- grade: medium
theorem injective_after_surjective (f : α → β) (g : β → γ) (h : Injective (g ∘ f)) (hf : Surjective f) :
    Injective g := by
  intro x y hxy
  obtain ⟨a, rfl⟩ := hf x
  obtain ⟨b, rfl⟩ := hf y
  rw [h a b hxy]

-- grade: medium
theorem Star.trans {R : α → α → Prop} {x y z : α} (hxy : Star R x y) (hyz : Star R y z) : Star R x z := by
  induction hxy with
  | refl => exact hyz
  | head h _ ih => exact .head h (ih hyz)

-- grade: hard
theorem Star.symm {R : α → α → Prop} (sym : ∀ x y, R x y → R y x) {x y : α} (h : Star R x y) : Star R y x := by
  have snoc : ∀ {x y z : α}, Star R x y → R y z → Star R x z := by
    intro x y z hxy hyz
    induction hxy with
    | refl => exact .head hyz (.refl _)
    | head h _ ih => exact .head h (ih hyz)
  induction h with
  | refl => exact .refl _
  | head h _ ih => exact snoc ih (sym _ _ h)

/-- A surjective function has a right inverse. -/
-- grade: hard
theorem Surjective.right_inverse (f : α → β) (h : Surjective f) : ∃ g : β → α, Injective g ∧ f ∘ g = id := by
  have hg : ∀ y, f (Classical.choose (h y)) = y := fun y => Classical.choose_spec (h y)
  refine ⟨fun y => Classical.choose (h y), ?_, funext hg⟩
  intro x y hxy
  have := congrArg f hxy
  simpa only [hg] using this

end Closure
