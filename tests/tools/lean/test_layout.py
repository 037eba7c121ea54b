"""How a proof is laid out in the place of a hole. Every layout here was also accepted by Lean."""

import pytest

from tools.lean.document import Document
from tools.lean.layout import Replacement, replace_hole

_TWO = "constructor\nexact ⟨a,\n  b⟩"


def _fill(text: str, *proofs: str, is_term: bool = False, as_term: bool = True) -> str:
    """Fills the holes of a text one after the other."""
    for proof in proofs:
        document = Document.parse(text)
        replacement = replace_hole(document, document.holes[0], proof, is_term=is_term, as_term=as_term)
        _check_frame(text, replacement)
        text = replacement.text
    return text


def _check_frame(text: str, replacement: Replacement) -> None:
    """Nothing but the hole, and blanks directly before it, may change."""
    inserted, replaced = replacement.inserted, replacement.replaced
    assert text[: replaced.start] == replacement.text[: inserted.start]
    assert text[replaced.end :] == replacement.text[inserted.end :]
    assert text[replaced.start : replaced.end].strip(" ") == "sorry"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theorem t : p := by sorry\n", "theorem t : p := by\n  constructor\n  exact ⟨a,\n    b⟩\n"),
        ("theorem t : p := sorry\n", "theorem t : p := by\n  constructor\n  exact ⟨a,\n    b⟩\n"),
        (
            "theorem t\n    (h : q) : p := by sorry",
            "theorem t\n    (h : q) : p := by\n  constructor\n  exact ⟨a,\n    b⟩",
        ),
        ("theorem t : p := by\n  sorry -- c\n", "theorem t : p := by\n  constructor\n  exact ⟨a,\n    b⟩ -- c\n"),
        ("theorem t : p := by\n  · sorry", "theorem t : p := by\n  · constructor\n    exact ⟨a,\n      b⟩"),
        (
            "theorem t : p := by\n  · have h : q := by sorry\n    simp",
            "theorem t : p := by\n  · have h : q := by\n      constructor\n      exact ⟨a,\n        b⟩\n    simp",
        ),
        (
            "theorem t : p := by\n  cases h with\n  | inl h => sorry\n  | inr h => simp",
            "theorem t : p := by\n  cases h with\n  | inl h =>\n    constructor\n    exact ⟨a,\n      b⟩\n"
            "  | inr h => simp",
        ),
        (
            "theorem t : p := by\n  a <;> sorry",
            "theorem t : p := by\n  a <;> (constructor\n         exact ⟨a,\n           b⟩)",
        ),
        (
            "theorem t : p := by\n  first | sorry | simp",
            "theorem t : p := by\n  first | (constructor\n           exact ⟨a,\n             b⟩) | simp",
        ),
        ("theorem t : p := by\n  (sorry)", "theorem t : p := by\n  (constructor\n   exact ⟨a,\n     b⟩)"),
        (
            "theorem t : p := by\n  calc a = b := by sorry\n       _ = c := rfl",
            "theorem t : p := by\n  calc a = b := by\n         constructor\n         exact ⟨a,\n           b⟩\n"
            "       _ = c := rfl",
        ),
        (
            "theorem t : p := f sorry x",
            "theorem t : p := f (by\n  constructor\n  exact ⟨a,\n    b⟩) x",
        ),
        (
            "instance : C where\n  a := sorry\n  b := c",
            "instance : C where\n  a := by\n    constructor\n    exact ⟨a,\n      b⟩\n  b := c",
        ),
    ],
)
def test_a_proof_of_several_lines(text: str, expected: str) -> None:
    assert _fill(text, _TWO) == expected


@pytest.mark.parametrize(
    ("text", "proof", "expected"),
    [
        ("theorem t : p := by sorry", "simp; ring", "theorem t : p := by simp; ring"),
        ("theorem t : p := sorry", "simp", "theorem t : p := by simp"),
        ("theorem t : p := sorry", "exact h x", "theorem t : p := h x"),
        ("theorem t : p := f sorry x", "exact h x", "theorem t : p := f (h x) x"),
        ("theorem t : p := f sorry x", "exact h.1", "theorem t : p := f h.1 x"),
        ("theorem t : p := f sorry x", "exact ⟨a, b⟩", "theorem t : p := f ⟨a, b⟩ x"),
        ("theorem t : p := f sorry x", "simp", "theorem t : p := f (by simp) x"),
        ("theorem t : p := ⟨sorry, h⟩", "simp", "theorem t : p := ⟨by simp, h⟩"),
        ("theorem t : p := ⟨sorry, h⟩", "use 1", "theorem t : p := ⟨(by use 1), h⟩"),
        ("theorem t : p := (sorry : p).1", "simp", "theorem t : p := (by simp : p).1"),
        ("theorem t : p := sorry |>.symm", "simp", "theorem t : p := (by simp) |>.symm"),
        ("theorem t : p := by\n  a <;> sorry", "b <;> c", "theorem t : p := by\n  a <;> (b <;> c)"),
        ("theorem t : p := by\n  a <;> sorry", "simp", "theorem t : p := by\n  a <;> simp"),
        ("theorem t : p := by\n  sorry <;> simp", "a; b", "theorem t : p := by\n  (a; b) <;> simp"),
        (
            "theorem t : p := by\n  have h : q := sorry; simp",
            "omega",
            "theorem t : p := by\n  have h : q := (by omega); simp",
        ),
        ("theorem t : p := by sorry", "by simp", "theorem t : p := by simp"),
        ("theorem t : p := by sorry", "\n\n  simp\n\n", "theorem t : p := by simp"),
    ],
)
def test_a_proof_of_one_line(text: str, proof: str, expected: str) -> None:
    assert _fill(text, proof) == expected


def test_exact_stays_a_tactic_where_asked() -> None:
    assert _fill("theorem t : p := sorry", "exact h x", as_term=False) == "theorem t : p := by exact h x"
    assert _fill("theorem t : p := sorry", "exact h; simp") == "theorem t : p := by exact h; simp"


def test_terms() -> None:
    assert _fill("theorem t : p := sorry", "fun x => y", is_term=True) == "theorem t : p := fun x => y"
    assert _fill("theorem t : p := f sorry", "fun x => y", is_term=True) == "theorem t : p := f (fun x => y)"
    assert _fill("theorem t : p := by sorry", "h x", is_term=True) == "theorem t : p := by exact h x"
    term = "match x with\n| 0 => a\n| _ => b"
    assert _fill("theorem t : p := sorry", term, is_term=True) == (
        "theorem t : p :=\n  match x with\n  | 0 => a\n  | _ => b"
    )
    assert _fill("theorem t : p := by sorry", term, is_term=True) == (
        "theorem t : p := by\n  exact\n    match x with\n    | 0 => a\n    | _ => b"
    )


def test_holes_are_filled_one_after_the_other() -> None:
    text = "theorem t : p := by\n  constructor\n  · sorry\n  · sorry\n"
    assert _fill(text, "a\nb", "c\n· d") == ("theorem t : p := by\n  constructor\n  · a\n    b\n  · c\n    · d\n")


def test_line_endings_of_the_file_are_kept() -> None:
    text = "theorem t : p := by\r\n  sorry\r\n"
    assert _fill(text, "a\nb") == "theorem t : p := by\r\n  a\r\n  b\r\n"
    assert _fill("theorem t : p := by sorry\r\n", "a\r\nb") == "theorem t : p := by\r\n  a\r\n  b\r\n"


def test_lines_within_a_string_are_not_indented() -> None:
    text = "theorem t : p := by\n  sorry"
    assert _fill(text, 'exact f "a  \n b"\nsimp') == 'theorem t : p := by\n  exact f "a  \n b"\n  simp'


def test_comments_do_not_change_the_indentation_of_a_proof() -> None:
    assert _fill("theorem t : p := by\n  sorry", "  a /- x\ny -/\n  b") == "theorem t : p := by\n  a /- x\n  y -/\n  b"


def test_a_leading_by_with_the_first_tactic_on_its_line() -> None:
    assert _fill("theorem t : p := by\n  sorry", "by a\n   b") == "theorem t : p := by\n  a\n  b"
    assert _fill("theorem t : p := by\n  sorry", "by\n  a\n  b") == "theorem t : p := by\n  a\n  b"
