import Init
/-! Every construct in which a hole can stand. `--!` names the holes of its line: column and kind. sorry -/

/- sorry /- sorry -/ sorry -/
open Nat

section Names
def sorryAx' : Nat := 1
def h_sorry : Nat := sorryAx'
def foo.sorry : Nat := 2
def «sorry» : Nat := foo.sorry + «sorry».succ --
def text : String := "sorry" ++ s!"sorry {h_sorry} sorry" ++ r#"sorry "sorry" "#
end Names

namespace A.B

/-- sorry -/
@[simp] theorem first : True := by sorry --! 35 tactic

protected theorem second : True :=
  sorry --! 2 term

namespace C
private theorem third (p q : Prop) (hp : p) : p ∧ q ∨ p := by
  constructor
  sorry --! 2 tactic
end C

theorem _root_.fourth : True ∧ True := by
  constructor
  · sorry --! 4 tactic
  . sorry --! 4 tactic

theorem bullets : True ∧ True := by
  constructor
  · have h : True := by sorry --! 24 tactic
    have h2 : True := sorry --! 22 term
    exact id sorry --! 13 term
  · show True
    exact
      sorry --! 6 term

theorem focused : True ∧ True := by
  constructor <;> sorry --! 18 tactic

theorem separated : True ∧ True := by
  constructor; sorry; (sorry) --! 15 tactic 23 tactic

theorem combinators : True ∧ True := by
  constructor
  all_goals first | sorry | trivial --! 20 tactic
  try sorry --! 6 tactic
  any_goals
    sorry --! 4 tactic
  iterate 2 sorry --! 12 tactic

theorem arms (h : True ∨ True) : True := by
  cases h with
  | inl h => sorry --! 13 tactic
  | inr h =>
    rcases h with _ | _
    sorry --! 4 tactic

theorem inline_arms (h : True ∨ True) : True := by
  cases h with | inl h => sorry | inr h => exact sorry --! 26 tactic 49 term

theorem tactic_match (n : Nat) : True := by
  match n with
  | 0 => sorry --! 9 tactic
  | n + 1 =>
    exact match n with
      | 0 => sorry --! 13 term
      | _ => by sorry --! 16 tactic

theorem term_match (n : Nat) : True :=
  match n with
  | 0 => sorry --! 9 term
  | n + 1 => by
    sorry --! 4 tactic

theorem equations : ∀ n : Nat, n = n
  | 0 => sorry --! 9 term
  | n + 1 => by sorry --! 16 tactic

theorem functions : Nat → True :=
  fun | 0 => sorry | _ => (fun _ => sorry) 1 --! 13 term 36 term

theorem cases_by_tag (h : True ∨ True) : True := by
  cases h
  case inl => sorry --! 14 tactic
  case inr | foo => sorry --! 20 tactic

theorem nexts (h : True ∨ True) : True := by
  cases h
  next => sorry --! 10 tactic
  next h => exact (by sorry) --! 22 tactic

theorem branches (p : Prop) [Decidable p] : True := by
  if h : p then sorry else --! 16 tactic
    sorry --! 4 tactic

theorem term_branches (p : Prop) [Decidable p] : True :=
  if h : p then sorry else by sorry --! 16 term 30 tactic

theorem calculation (a b c : Nat) : a = c := by
  calc a = b := by sorry --! 19 tactic
    _ = b := sorry --! 13 term
    _ = c := by
      sorry --! 6 tactic

theorem pairs : True ∧ True ∧ True := ⟨sorry, by sorry, id (sorry)⟩ --! 39 term 49 tactic 60 term

theorem shown : True := show True from sorry --! 39 term

theorem shown_by : True := show True by sorry --! 40 tactic

theorem sufficient : True := by
  suffices h : True from sorry --! 25 term
  suffices h : True by sorry --! 23 tactic
  obtain ⟨⟩ : True := by sorry --! 25 tactic
  simpa using sorry --! 14 term

theorem local_equations : True := by
  have h : ∀ n : Nat, n = n
    | 0 => sorry --! 11 term
    | _ => by sorry --! 14 tactic
  trivial

theorem in_scope : True := by
  set_option maxRecDepth 1000 in sorry --! 33 tactic

theorem in_scope_open : True := by
  open Classical in
  sorry --! 2 tactic

theorem term_scope : True := open Classical in sorry --! 47 term

theorem lets : True := by
  exact let x := 1; sorry --! 20 term

theorem lets_in_terms : True :=
  have h : True := sorry --! 19 term
  have h2 : True := by sorry; exact sorry --! 23 tactic 36 term
  h

theorem wheres : True := aux
where
  aux : True := by sorry --! 19 tactic

theorem ends (n : Nat) : True := by
  exact ∃ x, x = sorry --! 17 term

theorem statement (h : True := by sorry) : let x := 1; x = 1 := by --! 34 statement
  sorry --! 2 tactic

theorem absolute (a : Nat) : |a| ≤ sorry := by sorry --! 35 statement 47 tactic

theorem recursive (n : Nat) : True := by sorry --! 41 tactic
termination_by n
decreasing_by sorry --! 14 tactic

theorem column_zero : True := by
sorry --! 0 tactic

theorem on_one_line : True := by sorry theorem next_one : True := sorry --! 33 tactic 66 term

mutual
theorem even : True := by sorry --! 26 tactic
theorem odd : True := sorry --! 22 term
end

set_option maxRecDepth 1000 in
open Classical in
/-- A doc comment behind prefixes. -/
@[simp]
theorem prefixed : True := by
  simp [show 1 = 1 from sorry] --! 24 term

instance : Inhabited Nat where
  default := sorry --! 13 term

instance (priority := low) named : Inhabited Nat := { default := by sorry } --! 68 tactic

structure S where
  x : Nat := sorry --! 13 statement

class inductive K : Type
  | a

abbrev abbreviated : Nat := sorry --! 28 term

example : True := by sorry --! 21 tactic
example (n : Nat) : Nat := do sorry --! 30 term

opaque hidden : Nat

axiom assumed : sorry --! 16 statement

end A.B

macro "finish" : tactic => `(tactic| sorry)

def quoted : Lean.MacroM Lean.Syntax := `(sorry)

def «odd name».x' : Nat := sorry --! 27 term
