prelude
/- What stands in for the library, where there is only Lean's shared library (tried with 4.35): constants that `sorry`
and errors refer to, and tactics. A file can begin with this text, or import it as a module.

The code of `Init` is in the shared library; what is missing is that its names are declared. So a tactic's syntax or macro
needs an axiom of the right name, type and attribute; the elaborators are built in. `sorry` elaborates to `sorryAx`
applied to its place, a `Lean.Name`: an open hole rests on the axioms below, a proof by these tactics on none. -/
set_option linter.unusedVariables false
set_option genCtorIdx false
set_option genSizeOf false

axiom lcErased : Type
axiom lcAny : Type
axiom lcProof {α : Prop} : α
inductive False : Prop
inductive Bool : Type where
  | false : Bool
  | true : Bool
inductive Nat : Type where
  | zero : Nat
  | succ (n : Nat) : Nat
inductive Eq.{u} {α : Sort u} (a : α) : α → Prop where
  | refl : Eq a a
class OfNat.{u} (α : Type u) (n : Nat) : Type u where
  ofNat : α
instance instOfNatNat (n : Nat) : OfNat Nat n := OfNat.mk n
axiom Unit : Type
axiom Unit.unit : Unit
axiom Function.const.{u, v} {α : Sort u} (β : Sort v) (a : α) (b : β) : α
axiom String : Type
axiom Lean.Name : Type
axiom Lean.Name.anonymous : Lean.Name
axiom Lean.Name.str (before : Lean.Name) (part : String) : Lean.Name
axiom Lean.Name.num (before : Lean.Name) (part : Nat) : Lean.Name
axiom sorryAx.{u} (α : Sort u) (synthetic : Bool) : α

axiom Lean.ParserDescr : Type
axiom Lean.Syntax : Type
axiom Lean.Macro.Context : Type
axiom Lean.Macro.State : Type
axiom Lean.Macro.Result : Type
def Lean.Macro : Type := Lean.Syntax → Lean.Macro.Context → Lean.Macro.State → Lean.Macro.Result
namespace Lean.Parser.Tactic
@[tactic_parser, extern "built in"] axiom «show» : ParserDescr
@[tactic_parser, extern "built in"] axiom allGoals : ParserDescr
@[tactic_parser, extern "built in"] axiom apply : ParserDescr
@[tactic_parser, extern "built in"] axiom assumption : ParserDescr
@[tactic_parser, extern "built in"] axiom constructor : ParserDescr
@[tactic_parser, extern "built in"] axiom done : ParserDescr
@[tactic_parser, extern "built in"] axiom exact : ParserDescr
@[tactic_parser, extern "built in"] axiom first : ParserDescr
@[tactic_parser, extern "built in"] axiom intro : ParserDescr
@[tactic_parser, extern "built in"] axiom paren : ParserDescr
@[tactic_parser, extern "built in"] axiom refine : ParserDescr
@[tactic_parser, extern "built in"] axiom skip : ParserDescr
@[tactic_parser, extern "built in"] axiom tacticRfl : ParserDescr
@[tactic_parser, extern "built in"] axiom tacticSorry : ParserDescr
@[macro tacticSorry, extern "built in"]
axiom _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticSorry_1 : Macro
@[macro tacticRfl, extern "built in"]
axiom _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_1 : Macro
@[macro tacticRfl, extern "built in"]
axiom _aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_2 : Macro
end Lean.Parser.Tactic
