"""Constructors and stating fields, read from the text of a file."""

from tools.lean.document import Document
from tools.search.context import context_of
from tools.search.members import constructors_in, facts_in, states_something

FILE = """
namespace Zoo

/-- A relation. -/
inductive Path (R : α → α → Prop) : α → α → Prop where
  | refl (x : α) : Path R x x  -- | comment : no
  | step {x y z : α} (h : (R x y | true)) : Path R y z → Path R x z

inductive Color | red | green
  deriving Repr

class Mon (M : Type) where
  op : M → M → M
  unit : M
  /-- Not | a field. -/
  assoc : ∀ a b c,
    op (op a b) c = op a (op b c)
  unit_op (a : M) : op unit a = a
  inv : M → M := fun x => x
  some_le : ∃ n, n ≤ 3

def Injective (f : α → β) : Prop := ∀ x y, f x = f y → x = y

def Sorted : List Nat → Prop
  | [] => True
  | x :: xs => Sorted xs

def deep : Prop := 1 = 1 ∧ deeper

def size (n : Nat) : Nat := n

theorem t : True := by
  sorry

end Zoo
"""


def test_the_context_of_a_hole_has_them() -> None:
    document = Document.parse(FILE)
    context = context_of(document, document.holes[0])
    assert context.constructors == {
        "Zoo.Path": ("Zoo.Path.refl", "Zoo.Path.step"),
        "Zoo.Color": ("Zoo.Color.red", "Zoo.Color.green"),
    }
    assert context.constructors_for("Path R x y") == ("Zoo.Path.refl", "Zoo.Path.step")
    assert context.constructors_for("x = y") == () == context.constructors_for("")
    assert context.lemmas == ("Zoo.Mon.assoc", "Zoo.Mon.unit_op", "Zoo.Mon.some_le")
    assert context.laws["Zoo.Mon"].every == context.lemmas
    assert context.laws["Zoo.Mon"].unary == ("Zoo.Mon.unit_op",)
    assert context.notions == ("Zoo.Injective", "Zoo.deep")
    assert context.notion_of("¬Injective f") == "Zoo.Injective"
    assert context.notion_of("x = Injective") == context.notion_of("¬ ") == context.notion_of("") == ""


def test_the_body_need_not_be_whole() -> None:
    assert constructors_in("where\n  | a : T (") == ("a",)
    assert constructors_in("") == () == facts_in("")
    assert [fact.name for fact in facts_in("where\n  op : M → M\n  bad : ∀ x, x = ")] == ["bad"]


def test_what_states_something() -> None:
    assert states_something("∀ (a : Nat), a = a")
    assert states_something("p → a ≤ b → ¬q ∧ r")
    assert not states_something("∀ a, M a")
    assert not states_something("M → M → M")
    assert not states_something("∀ broken")
