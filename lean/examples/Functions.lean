/-!
# Functions
Composition, injective and surjective maps, and Cantor's theorem; all notions are defined here.
-/

namespace Maps

variable {α β γ : Type}

def Injective (f : α → β) : Prop := ∀ x y, f x = f y → x = y

def Surjective (f : α → β) : Prop := ∀ y, ∃ x, f x = y

/-- `g` undoes `f`. -/
def LeftInverse (g : β → α) (f : α → β) : Prop := ∀ x, g (f x) = x

theorem comp_assoc (f : α → β) (g : β → γ) (h : γ → α) : (h ∘ g) ∘ f = h ∘ (g ∘ f) := by
  sorry

theorem Injective.comp {f : α → β} {g : β → γ} (hf : Injective f) (hg : Injective g) :
    Injective (g ∘ f) := by
  sorry

theorem LeftInverse.injective {f : α → β} {g : β → α} (h : LeftInverse g f) : Injective f := by
  sorry

/-! ### Harder: these want an idea -/

theorem Surjective.comp {f : α → β} {g : β → γ} (hf : Surjective f) (hg : Surjective g) :
    Surjective (g ∘ f) := by
  sorry

/-- Cantor: there are more predicates on `α` than elements of `α`. -/
theorem cantor (f : α → α → Prop) : ¬Surjective f := by
  sorry

end Maps
