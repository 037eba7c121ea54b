"""What a search may use besides the goal."""

import pytest

from tools.search.generator import SearchContext, tactics_of_imports

CONTEXT = SearchContext(
    definitions=("Tree.size", "Tree.mirror", "double"),
    types=("Tree",),
    lemmas=("Tree.size_mirror", "double_eq", "Tree.mirror_mirror"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t.mirror.size = t.size", ("Tree.size", "Tree.mirror")),
        ("size t = 0", ("Tree.size",)),
        ("resize t = 0", ()),
        ("double' n = n", ()),
        ("n.double = n", ("double",)),
    ],
)
def test_definitions_in_a_goal(text: str, expected: tuple[str, ...]) -> None:
    assert CONTEXT.definitions_in(text) == expected


def test_types_in_a_goal() -> None:
    assert CONTEXT.types_in("t : Tree α ⊢ p t") == ("Tree",)
    assert CONTEXT.types_in("t : Trees ⊢ p t") == ()


def test_lemmas_that_share_words_come_first_then_those_nearby() -> None:
    assert CONTEXT.lemmas_for("double n = n + n", 2) == ("double_eq", "Tree.mirror_mirror")
    assert CONTEXT.lemmas_for("p", 9) == ("Tree.mirror_mirror", "double_eq", "Tree.size_mirror")


def test_tactics_come_with_imports() -> None:
    assert tactics_of_imports(["Init", "Std.Data.HashMap"]) == frozenset()
    assert "linarith" in tactics_of_imports(["Mathlib.Tactic.Ring"])
    assert tactics_of_imports(["Aesop"]) == {"aesop"}
    assert tactics_of_imports(["MyMathlib"]) == frozenset()
