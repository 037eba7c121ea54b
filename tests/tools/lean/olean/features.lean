/- Pairs of declarations whose digests are to be compared, and what the reader has to find its way through.
   `same_…` are the same twice over, `other_…` differ in the one thing that the name says. -/
set_option autoImplicit false
universe u v w

namespace First
theorem same_bound_name (x : Nat) : x + 0 = x := rfl
theorem same_universe_name {α : Type u} {β : Type v} (a : α × β) : a = a := rfl
theorem same_metadata (a b : Nat) (h : a = b) : b = a := h.symm
theorem same_open (p : Prop) (h : p) : p ∧ (sorry : Nat) = sorry := by sorry
theorem same_match (n : Nat) : (match n with | 0 => 1 | k + 1 => k) = n → n = n := fun _ => rfl
theorem same_proof (n : Nat) : n = n := rfl
theorem other_binder {α : Type} (a : α) : a = a := rfl
theorem other_strictness ⦃a : Nat⦄ : a = a := rfl
theorem other_universe {α : Type u} (a : α) : a = a := rfl
theorem other_order {α : Type u} {β : Type v} (f : α → PUnit.{v+1}) (b : β) : b = b := rfl
theorem other_literal : 3 = 3 := rfl
theorem other_big_literal (n : Nat) : n = 340282366920938463463374607431768211456 → True := fun _ => trivial
theorem other_text (s : String) : s = "a\nb" → True := fun _ => trivial
theorem other_structure (a b c : Nat) : a + (b + c) = a + (b + c) := rfl
theorem other_constant (a : Nat) : Nat.succ a = a + 1 := rfl
theorem other_match (n : Nat) : (match n with | 0 => 1 | k + 1 => k) = n → True := fun _ => trivial
theorem other_variable (a b : Nat) : a = a := rfl
theorem other_projection (a : Nat × Nat) : a.1 = a.1 := rfl
def other_value : Nat := 1
inductive other_constructor | one | two
end First



namespace Second
theorem same_bound_name (other : Nat) : other + 0 = other := rfl
theorem same_universe_name {α : Type v} {β : Type w} (a : α × β) : a = a := rfl
theorem same_metadata (a b : Nat) (h : no_index (a = b)) : no_index (b = a) := h.symm

-- lines between
theorem same_open (p : Prop) (h : p) : p ∧ (sorry : Nat) = sorry := by
  sorry
theorem same_match (n : Nat) : (match n with | 0 => 1 | j + 1 => j) = n → n = n := fun _ => rfl
theorem same_proof (n : Nat) : n = n := by exact Eq.refl _
theorem other_binder (α : Type) (a : α) : a = a := rfl
theorem other_strictness {a : Nat} : a = a := rfl
theorem other_universe {α : Type} (a : α) : a = a := rfl
theorem other_order {α : Type v} {β : Type u} (f : α → PUnit.{u+2}) (b : β) : b = b := rfl
theorem other_literal : 4 = 4 := rfl
theorem other_big_literal (n : Nat) : n = 340282366920938463463374607431768211457 → True := fun _ => trivial
theorem other_text (s : String) : s = "a\nc" → True := fun _ => trivial
theorem other_structure (a b c : Nat) : a + b + c = a + b + c := rfl
theorem other_constant (a : Nat) : Nat.pred a = a - 1 := rfl
theorem other_match (n : Nat) : (match n with | 0 => 2 | k + 1 => k) = n → True := fun _ => trivial
theorem other_variable (a b : Nat) : b = b := rfl
theorem other_projection (a : Nat × Nat) : a.2 = a.2 := rfl
def other_value : Nat := 2
inductive other_constructor | one | three
end Second

namespace Rests
axiom mine : 1 = 2
axiom «propext» : 1 = 3
theorem nothing (n : Nat) (h : n < 3) : n < 4 := by omega
theorem directly : 1 = 2 := mine
theorem behind_another : 2 = 1 := directly.symm
theorem open_lemma : 3 = 4 := by sorry
theorem behind_open : 4 = 3 := open_lemma.symm
structure Box where
  size : Nat
  good : size = 1 → 1 = 2
def box : Box := ⟨1, fun _ => mine⟩
theorem by_projection : 1 = 2 := box.good rfl
theorem called_as_standard : 1 = 3 := Rests.propext
theorem extensional (p q : Prop) (h : p ↔ q) : p = q := _root_.propext h
theorem mentions_mine : mine = mine := rfl
inductive Holder : 1 = 2 → Prop | hold : Holder mine
theorem by_constructor : ∃ h, Holder h := ⟨_, .hold⟩
theorem in_a_where : 1 = 2 := go
where
  go : 1 = 2 := mine
def counted : Nat → { n : Nat // n = n + 0 ∧ 1 = 2 }
  | 0 => ⟨0, rfl, mine⟩
  | n + 1 => ⟨n, rfl, (counted n).2.2⟩
theorem in_a_rule : 1 = 2 := (counted 3).2.2
end Rests

namespace Parts
theorem with_where (n : Nat) : n + 0 = n := helper n
where
  helper (n : Nat) : n + 0 = n := by sorry
theorem with_let_rec (n : Nat) : 0 + n = n := by
  let rec go : (k : Nat) → 0 + k = k
    | 0 => rfl
    | k + 1 => congrArg Nat.succ (go k)
  exact go n
def with_proof (n : Nat) (h : 0 < n) : Fin n := ⟨n - 1, by omega⟩
def with_match : Nat → Nat
  | 0 => 1
  | _ + 1 => 2
end Parts

namespace Open
theorem two (p q : Prop) (hp : p) : p ∧ q := by
  constructor
  · exact hp
  · sorry
theorem several (p q : Prop) : p ∧ q ∧ p := ⟨sorry, by sorry, sorry⟩
theorem repeated (p : Prop) : p ∧ p := by
  constructor <;> sorry
theorem spread (p q : Prop) : p ∧ q := by
  constructor <;> sorry
theorem admitted (p : Prop) : p := by
  admit
theorem stated : (sorry : Nat) = 0 → True := fun _ => trivial
theorem bare (p : Prop) : p := sorryAx _ false
theorem unapplied : ∀ (p : Sort 0) (b : Bool), p := @sorryAx
theorem closed (p : Prop) (h : p) : p := h
theorem «odd 𝕜» /- 𝕜 -/ (p : Prop) : p := /- 𝕜 -/ sorry
end Open
