/-!
# Functions, sets and relations
Images, cancellation, and closures whose last step is known.
-/

namespace Paths

variable {α β γ : Type}

def Injective (f : α → β) : Prop := ∀ x y, f x = f y → x = y

def Surjective (f : α → β) : Prop := ∀ y, ∃ x, f x = y

/-- The values of `f` on `s`. -/
def image (f : α → β) (s : α → Prop) : β → Prop := fun y => ∃ x, s x ∧ f x = y

/-- `x` is linked to `z` by a path whose last step is the outermost. -/
inductive Path (R : α → α → Prop) : α → α → Prop where
  | nil (x : α) : Path R x x
  | snoc {x y z : α} : Path R x y → R y z → Path R x z

/-- The same with a length. -/
inductive PathOf (R : α → α → Prop) : Nat → α → α → Prop where
  | nil (x : α) : PathOf R 0 x x
  | snoc {n : Nat} {x y z : α} : PathOf R n x y → R y z → PathOf R (n + 1) x z

-- grade: easy
theorem image_subset (f : α → β) (s t : α → Prop) (h : ∀ x, s x → t x) (y : β) :
    image f s y → image f t y := by
  sorry

-- grade: medium
theorem surjective_of_comp (f : α → β) (g : β → γ) (h : Surjective (g ∘ f)) : Surjective g := by
  sorry

-- grade: medium
theorem Path.map {R S : α → α → Prop} (sub : ∀ x y, R x y → S x y) {x y : α} (h : Path R x y) : Path S x y := by
  sorry

-- grade: hard
theorem path_iff_length {R : α → α → Prop} (x y : α) : Path R x y ↔ ∃ n, PathOf R n x y := by
  sorry

/-- What can be cancelled on the left is injective. -/
-- grade: hard
theorem injective_of_left_cancel (f : α → β) (h : ∀ g k : Bool → α, f ∘ g = f ∘ k → g = k) : Injective f := by
  sorry

end Paths
