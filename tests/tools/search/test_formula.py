"""Shapes of propositions as Lean prints them."""

import pytest

from tools.search.formula import Binder, bare, binders, mentions, parts, shape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p", ""),
        ("p ∧ q → r", "→"),
        ("p ∧ q ↔ q ∧ p", "↔"),
        ("p ∨ q ∧ r", "∨"),
        ("(p → q) ∧ r", "∧"),
        ("¬p ∧ q", "∧"),
        ("¬a = b", "¬"),
        ("a = b", "="),
        ("a ≤ b", "≤"),
        ("f a b", ""),
        ("∀ (n : Nat), n = n", "∀"),
        ("∃ x, x > 3 ∧ p x", "∃"),
        ("p ∧ ∀ x, q x → r", "∧"),
        ("f (fun x => x = y)", ""),
        ("⟨a, b⟩ = c", "="),
        ("xs.map (fun x => x + 1) = ys", "="),
    ],
)
def test_shape(text: str, expected: str) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("p ∧ q → r", "p ∧ q", "r"),
        ("p → q → r", "p", "q → r"),
        ("(p → q) → r", "p → q", "r"),
        ("p ∧ (q ∨ r)", "p", "q ∨ r"),
        ("(a) = (b, c)", "a", "b, c"),
    ],
)
def test_parts(text: str, left: str, right: str) -> None:
    assert parts(text) == (left, right)


def test_what_has_no_infix_symbol_has_no_parts() -> None:
    with pytest.raises(ValueError, match="holds this together"):
        parts("f x")


@pytest.mark.parametrize(("text", "expected"), [("(p)", "p"), ("((p) ∧ (q))", "(p) ∧ (q)"), ("(p) ∧ (q)",) * 2])
def test_bare(text: str, expected: str) -> None:
    assert bare(text) == expected


@pytest.mark.parametrize(
    ("text", "bound", "body"),
    [
        ("∀ (m n : Nat), m = n", (Binder("m", "Nat"), Binder("n", "Nat")), "m = n"),
        ("∀ (n : Nat) {b : Bool}, p n b", (Binder("n", "Nat"), Binder("b", "Bool")), "p n b"),
        ("∃ x, p x", (Binder("x", None),), "p x"),
        ("∃! x, p x", (Binder("x", None),), "p x"),
        ("∀ (f : Nat → Nat), f = f", (Binder("f", "Nat → Nat"),), "f = f"),
        ("∀ x ∈ xs, p x", (), "∀ x ∈ xs, p x"),
        ("p → q", (), "p → q"),
    ],
)
def test_binders(text: str, bound: tuple[Binder, ...], body: str) -> None:
    assert binders(text) == (bound, body)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("n + m", "n", True),
        ("n' + m", "n", False),
        ("Nat.n", "n", False),
        ("(n)", "n", True),
        ("nm", "n", False),
        ("h₁ = x", "h", False),
    ],
)
def test_mentions(text: str, name: str, expected: bool) -> None:
    assert mentions(text, name) is expected
