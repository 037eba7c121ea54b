"""The tactics of a declaration, read off its layout."""

import pytest

from tools.lean.document import Document
from tools.lean.tactic_tree import Tactic, TacticBlock, tactic_trees


def tree(text: str, block: TacticBlock) -> list[object]:
    """A block as [opener, tactic, [inner blocks], tactic, …]; a tactic with blocks is shown by its first word."""
    shown: list[object] = [block.opener]
    for tactic in block.tactics:
        shown.append(tactic.head if tactic.blocks else text[tactic.span.start : tactic.span.end])
        shown += [tree(text, inner) for inner in tactic.blocks]
    return shown


def trees(proof: str) -> list[list[object]]:
    text = f"theorem t (p q : Prop) : p := {proof}\n\ntheorem u : True := trivial\n"
    ((declaration, blocks),) = tactic_trees(Document.parse(text))
    assert declaration.name == "t"
    return [tree(text, block) for block in blocks]


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        ("by simp", [["by", "simp"]]),
        ("by intro h; exact h", [["by", "intro h", "exact h"]]),
        ("by\n  intro h -- a comment\n  exact\n    h", [["by", "intro h", "exact\n    h"]]),
        (
            "by\n  constructor\n  · exact a\n    done\n  . exact b",
            [["by", "constructor", "·", ["·", "exact a", "done"], ".", [".", "exact b"]]],
        ),
        ("by constructor <;> simp [*] <;> omega", [["by", "constructor <;> simp [*] <;> omega"]]),
        ("by\n  open Nat in simp\n  rfl", [["by", "open Nat in simp", "rfl"]]),
        (
            "by\n  induction n with\n  | zero => rfl\n  | succ n ih =>\n    simp\n    exact ih",
            [["by", "induction", ["=>", "rfl"], ["=>", "simp", "exact ih"]]],
        ),
        (
            "by\n  have h : p := by\n    simp\n    omega\n  exact h",
            [["by", "have", ["by", "simp", "omega"], "exact h"]],
        ),
        ("by (simp; omega)", [["by", "(", ["(", "simp", "omega"]]]),
        ("by first | simp | omega", [["by", "first", ["|", "simp"], ["|", "omega"]]]),
        ("by case a => simp", [["by", "case", ["=>", "simp"]]]),
        ("by\n  · next h =>\n    simp\n    rfl", [["by", "·", ["·", "next", ["=>", "simp", "rfl"]]]]),
        ("⟨by simp, by\n  skip\n  rfl⟩", [["by", "simp"], ["by", "skip", "rfl"]]),
        ("fun h => by exact h", [["by", "exact h"]]),
    ],
)
def test_blocks_and_what_they_hold(proof: str, expected: list[object]) -> None:
    assert trees(proof) == expected


def test_declarations_without_tactics_are_left_out() -> None:
    text = "def f : Nat := 1\ntheorem a : 1 = 1 := rfl\nexample : 1 = 1 := by rfl\ninductive T | a | b\n"
    found = list(tactic_trees(Document.parse(text)))
    assert [declaration.name for declaration, _ in found] == ["example@3"]


def test_arms_of_a_definition_each_have_a_block() -> None:
    text = "theorem t : (n : Nat) → n = n\n  | 0 => by rfl\n  | n + 1 => by\n    skip\n    rfl\n"
    ((_, blocks),) = tactic_trees(Document.parse(text))
    assert [[each.head for each in block.tactics] for block in blocks] == [["rfl"], ["skip", "rfl"]]
    assert isinstance(blocks[0].tactics[0], Tactic)
    assert text[blocks[1].span.start : blocks[1].span.end] == "skip\n    rfl"
