"""Axioms as Lean tells them: directly (`#print axioms`) or, in the embedded Lean, by walking what `#print` shows."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.lean.acceptance.axioms import AxiomsHow, LibraryKinds, ask_axioms, outside, read_printed
from tools.lean.acceptance.probe import Asker, NoAnswerError
from tools.lean.document import Document
from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Elaboration, ElaborationStatus, Message, Severity
from tools.lean.server import LeanServer
from tools.lean.text import Position
from tools.lean.toolchain import ToolchainKind

# -- reading what is printed


def test_names_of_the_file_and_of_the_library_are_told_apart() -> None:
    constant = read_printed(
        "@[irreducible] private theorem A.«b c».{u_1} : ∀ (α : Type u_1) (x y : Nat), @Eq.{1} Nat x x :=\n"
        "fun (α : Type u_1) (x y : Nat) => @_private.«external:file:///x (y).lean».0.A.lemma.match_1 α x.1.2 rfl"
    )
    assert (constant.name, constant.kind, constant.is_private) == ("A.«b c»", "theorem", True)
    assert constant.own == {"A.lemma.match_1"}
    assert constant.others == {"α", "x", "y", "Nat", "Eq", "rfl", "u_1"}
    assert constant.bound == {"α", "x", "y", "u_1"}
    assert not constant.problem


def test_names_with_blanks_are_bound_as_a_whole() -> None:
    constant = read_printed(
        "theorem t : True :=\nfun («n is small» : Nat) («x y» z : Nat) => «n is small» «x y» z hidden"
    )
    assert constant.bound == {"«n is small»", "«x y»", "z"}
    assert constant.others - constant.bound == {"True", "Nat", "hidden"}


@pytest.mark.parametrize(
    "value",
    [
        'String.length "sorryAx \\" propext"',
        '(fun («"» : Nat) => «"») hidden',
        '"\\\\" hidden',
        "«(hidden :» hidden",
    ],
)
def test_strings_and_odd_names_hide_nothing(value: str) -> None:
    others = read_printed(f"theorem t : True :=\n{value}").others
    assert "sorryAx" not in others
    assert ("hidden" in others) == ("hidden" in value)


@pytest.mark.parametrize(
    "text",
    [
        "theorem t : True :=\nfoo ⋯",
        "theorem t : True :=\n[Error pretty printing: maximum recursion depth]",
        "something new t : True",
        "",
    ],
)
def test_what_is_not_whole_or_not_understood_is_a_problem(text: str) -> None:
    assert read_printed(text).problem


def test_outside() -> None:
    assert outside(["propext", "sorryAx", "a"], ["propext"]) == ("a", "sorryAx")


# -- `#print axioms`


class Answering(LeanDocument):
    """A document that answers as a native Lean does: the messages for each round of questions, one a line."""

    def __init__(self, answers: Sequence[str | None], status: ElaborationStatus = ElaborationStatus.COMPLETE) -> None:
        self.answers, self.status = answers, status
        self.text = ""

    async def elaborate(self, text: str | None = None, *, timeout: float, goals_at: Sequence[int] = ()) -> Elaboration:
        self.text = text or ""
        lines = self.text.splitlines()
        first = len(lines) - len(self.answers)
        messages = [
            Message(Severity.INFORMATION, Position(first + i, 0), Position(first + i, 1), answer)
            for i, answer in enumerate(self.answers)
            if answer is not None
        ]
        # Something that a candidate far above said about itself.
        messages.append(Message(Severity.INFORMATION, Position(0, 0), Position(0, 1), "'a' depends on axioms: []"))
        return Elaboration(self.status, 1, tuple(messages))


async def test_native_answers_are_read_from_their_own_lines() -> None:
    document = Answering(
        [
            "'a' does not depend on any axioms",
            "'N.«b c»' depends on axioms: [propext,\n Classical.choice,\n _private.«x y».0.mine]",
            None,
            "something else",
        ]
    )
    asker = Asker(document, "theorem a : True := trivial", file_end=0, timeout=1)
    found = await ask_axioms(asker, ToolchainKind.LAKE, ["a", "N.«b c»", "c", "d"])
    assert document.text.splitlines()[-4].endswith("#print axioms _root_.a")
    assert (found["a"].axioms, found["a"].how) == ((), AxiomsHow.PRINT_AXIOMS)
    assert found["N.«b c»"].axioms == ("Classical.choice", "_private.«x y».0.mine", "propext")
    for name in ("c", "d"):
        assert (found[name].axioms, found[name].how) == (None, AxiomsHow.NOT_ANSWERED)
        assert found[name].reason


@pytest.mark.parametrize("status", [ElaborationStatus.TIMED_OUT, ElaborationStatus.CRASHED])
async def test_no_answer_is_not_none(status: ElaborationStatus) -> None:
    asker = Asker(Answering(["'a' does not depend on any axioms"], status), "", file_end=0, timeout=1)
    with pytest.raises(NoAnswerError):
        await ask_axioms(asker, ToolchainKind.LAKE, ["a"])


async def test_questions_stand_above_an_exit_of_the_file_itself() -> None:
    text = "theorem a : True := trivial -- #exit\n#exit\nnonsense"
    document = Answering([None])
    await Asker(document, text, file_end=10, timeout=1).ask(["#print a"])
    assert document.text == "theorem a : True := trivial -- #exit\n\nsection\n#print a\n"
    await Asker(document, text, file_end=len(text) - 3, timeout=1).ask(["#print a"])
    assert document.text.startswith(text)


# -- the real Lean

FILE = """
theorem omega_proof (a b c : Nat) (h : a < b) (h' : b < c) : a + 2 ≤ c := by omega
theorem grind_proof (a b c : Int) (h : 2*a + 3*b = c) (h' : c ≤ 3) : 2*a + 3*b ≤ 4 := by grind
theorem decide_proof : ∀ a b : Fin 4, a + b = b + a := by decide
theorem simp_proof (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by simp [Nat.add_comm]
theorem native_proof : (10 : Nat) < 20 := by native_decide
theorem sound (r : Nat → Nat → Prop) (a b : Nat) (h : r a b) : Quot.mk r a = Quot.mk r b := Quot.sound h
def ack : Nat → Nat → Nat
  | 0, n => n + 1
  | m+1, 0 => ack m 1
  | m+1, n+1 => ack m (ack (m+1) n)
termination_by m n => (m, n)
theorem ack_pos (m n : Nat) : 0 < ack m n := by fun_induction ack m n <;> omega
axiom mine : 1 = 2
namespace A.B
open Nat
private theorem «odd name» : 1 = 2 := mine
theorem direct : 1 = 2 := mine
theorem indirect (n : Nat) (h : n > 3) : n + 1 > 3 ∧ 1 = 2 := ⟨by omega, «odd name»⟩
theorem auxiliary : ack 0 0 = 1 := go where
  go : ack 0 0 = 1 := by sorry
theorem quoted : ∀ «"» : Nat, «"» = «"» ∧ 1 = 2 := fun «"» => ⟨rfl, mine⟩
theorem in_type : (if 1 = 2 then mine = mine else True) := by rw [if_neg (by decide)]; trivial
class HasProof (α : Type) where
  x : α
  proof : 1 = 2
instance withProof : HasProof Nat := ⟨0, mine⟩
theorem by_instance : 1 = 2 := HasProof.proof Nat
public theorem published : 1 = 2 := mine
public def publishedData : { n : Nat // n = 1 } := ⟨2, mine.symm⟩
theorem by_published : 1 = 2 := published
theorem by_published_data : publishedData.val = 1 := publishedData.property
def broken : Nat := "text"
theorem by_broken : broken = broken := rfl
theorem shadowed (h : True) (rfl : 1 = 1) : 1 = 1 ∧ True := ⟨rfl, h⟩
theorem pattern (p q : Prop) : p ∧ q → q ∧ p := fun ⟨_, _⟩ => by constructor <;> assumption
partial def loop (n : Nat) : Nat := loop (n + 1)
theorem by_partial : loop 1 = loop 1 := rfl
section
variable (ack : Nat) (propext : Nat)
local notation "direct" => 3
/-- A comment that belongs to nothing. -/
"""

CLEAN = ["omega_proof", "grind_proof", "decide_proof", "ack", "ack_pos", "A.B.shadowed", "A.B.pattern"]
MINE = [
    "mine",
    "A.B.«odd name»",
    "A.B.direct",
    "A.B.indirect",
    "A.B.quoted",
    "A.B.in_type",
    "A.B.withProof",
    "A.B.by_instance",
    "A.B.published",
    "A.B.publishedData",
    "A.B.by_published",
    "A.B.by_published_data",
]


@pytest.mark.lean
async def test_the_constants_of_a_file_are_walked(lean: LeanServer) -> None:
    declared = [d.name for d in Document.parse(FILE).declarations]
    document = await lean.open(Path("/axioms/A.lean"), FILE)
    try:
        asker = Asker(document, FILE, file_end=0, timeout=120)
        library = LibraryKinds()
        found = await ask_axioms(asker, ToolchainKind.EMBEDDED, declared, declared=declared, library=library)
        axioms = {name: report.axioms for name, report in found.items()}
        assert {name: axioms[name] for name in CLEAN} == dict.fromkeys(CLEAN, ())
        assert {name: axioms[name] for name in MINE} == dict.fromkeys(MINE, ("mine",))
        assert axioms["simp_proof"] == ("propext",)
        assert axioms["native_proof"] == ("Lean.ofReduceBool",)
        assert axioms["sound"] == ("Quot.sound",)
        assert axioms["A.B.auxiliary"] == axioms["A.B.broken"] == axioms["A.B.by_broken"] == ("sorryAx",)
        for name in ("A.B.loop", "A.B.by_partial"):
            assert axioms[name] is None
            assert "opaque" in found[name].reason
        assert {report.how for name, report in found.items() if axioms[name] is not None} == {AxiomsHow.WALKED}
        assert "mine" not in library
        assert library["propext"] == "axiom"
        absent = await ask_axioms(asker, ToolchainKind.EMBEDDED, ["A.B.absent", "direct"], declared=declared)
        assert [report.axioms for report in absent.values()] == [None, None]
    finally:
        await document.close()
