"""What an edit does to the declarations of a file, from the text and the types."""

from tools.lean.document import Document
from tools.toolbox.statements import changed_commands, changed_statements, new_proofs

OLD = Document.parse(
    """def Small (n : Nat) : Prop := n < 3

theorem one : Small 1 := by
  sorry

theorem two : Small 2 := by decide

instance : Inhabited Nat := ⟨0⟩

example : 1 = 1 := rfl
"""
)
SAME: dict[int, str | None] = {}


def _edited(old: str, new: str) -> Document:
    assert old in OLD.text
    return Document.parse(OLD.text.replace(old, new))


def _names(new: Document) -> list[tuple[str, str, str]]:
    return list(changed_statements(OLD, new, SAME, SAME))


def test_a_statement() -> None:
    assert _names(_edited("Small 1", "Small 0")) == [("one", "theorem one : Small 1", "theorem one : Small 0")]


def test_a_definition_is_a_statement_with_its_body() -> None:
    ((name, before, after),) = _names(_edited("n < 3", "n < 30"))
    assert name == "Small" and before.endswith("n < 3") and after.endswith("n < 30")


def test_proofs_blanks_and_comments_change_no_statement() -> None:
    assert _names(_edited("by decide", "by sorry")) == []
    assert _names(_edited("theorem one : Small 1", "/-- One. -/\ntheorem  one :\n    Small /- yes -/ 1")) == []
    assert _names(_edited("theorem two", "theorem three : Small 0 := sorry\n\ntheorem two")) == []
    assert _names(_edited("1 = 1 := rfl", "1 = 1 := by rfl")) == []


def test_what_is_gone() -> None:
    assert _names(_edited("theorem two : Small 2 := by decide\n", "")) == [("two", "theorem two : Small 2", "")]
    ((name, before, after),) = _names(_edited("⟨0⟩", "⟨1⟩"))
    assert name.startswith("instance@") and before.endswith("⟨0⟩") and after == ""
    # What a comment swallows is gone as well.
    assert next(name for name, _, _ in _names(_edited("theorem two", "/- theorem two"))) == "two"


def test_the_same_text_may_mean_something_else() -> None:
    new = _edited("theorem one", "variable (h : False)\ntheorem one")
    changes = changed_statements(OLD, new, {1: "one : Small 1"}, {1: "one : False → Small 1"})
    assert [name for name, _, _ in changes] == ["one"] and "differently" in changes[0][2]


def test_only_what_changed_is_screened() -> None:
    changed = changed_commands(OLD, _edited("theorem two", "#eval 1\ntheorem two"))
    assert changed == "#eval 1"
    assert changed_commands(OLD, Document.parse("import A\n" + OLD.text)) == "import A"


def test_proofs_that_an_edit_brings() -> None:
    new = _edited("theorem two", "theorem three : Small 0 := by decide\ntheorem four : 1 = 1 := sorry\ntheorem two")
    assert [new.declarations[index].name for index in new_proofs(OLD, new)] == ["three"]
    filled = _edited("sorry", "decide")
    assert [filled.declarations[index].name for index in new_proofs(OLD, filled)] == ["one"]
