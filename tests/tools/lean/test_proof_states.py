"""The goals at places of a file, from the real Lean."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.lean_document import LeanDocument
from tools.lean.proof_states import goals_at, states_around
from tools.lean.server import LeanServer

PATH = Path("/scratch/States.lean")
TEXT = """theorem first (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp
  · sorry

theorem second (n : Nat) : n = n + 0 := sorry

theorem third : 1 + 1 = 2 := rfl
"""


@pytest.fixture(scope="module")
async def document(lean: LeanServer) -> AsyncGenerator[LeanDocument]:
    document = await lean.open(PATH, TEXT)
    await document.settle(120)
    yield document
    await document.close()


@pytest.mark.parametrize(
    ("line", "column", "states"),
    [
        (2, None, [("before", ["p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"]), ("after", ["⊢ p", "⊢ q"])]),
        (3, 4, [("state", ["⊢ p"])]),
        (6, 40, [("state", ["n : Nat\n⊢ n = n + 0"])]),
        (8, 0, [("state", None)]),
    ],
)
async def test_the_states_around_a_line(
    document: LeanDocument, line: int, column: int | None, states: list[tuple[str, list[str] | None]]
) -> None:
    found = await states_around(document, PATH, line, column)
    assert [state.line for state in found] == [line] * len(states)
    assert [state.what for state in found] == [what for what, _ in states]
    for state, (_, goals) in zip(found, states, strict=True):
        if goals is None:
            assert state.goals is None
        else:
            assert state.goals is not None
            assert [shown[-len(goal) :] for shown, goal in zip(state.goals, goals, strict=True)] == goals


async def test_a_line_that_is_not_there(document: LeanDocument) -> None:
    with pytest.raises(QedError, match="99") as caught:
        await states_around(document, PATH, 99)
    assert caught.value.exit_code is ExitCode.USAGE


async def test_a_term_has_the_type_that_is_expected_of_it(document: LeanDocument) -> None:
    assert await goals_at(document, TEXT.index("sorry\n\ntheorem third")) == ("n : Nat\n⊢ n = n + 0",)
