prelude
import Base
universe u v
theorem Same.trans {α : Sort u} {a b c : α} (h : Same a b) : Same b c → Same a c := fun k => Same.rec h k
theorem Same.map {α : Sort u} {β : Sort v} (f : α → β) {a b : α} (h : Same a b) : Same (f a) (f b) := Same.rec .refl h
/-- Turning round twice. -/
theorem Same.symm_symm {α : Sort u} {a b : α} (h : Same a b) : Same h.symm.symm h := .refl
theorem forall_same {α : Sort u} (p q : α → Prop) (h : ∀ x y, Same x y → p x → q y) : ∀ x, p x → q x := fun x => h x x .refl
