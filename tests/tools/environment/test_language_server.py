"""Tactics run by the real Lean in a scratch document."""

import contextlib
from collections.abc import AsyncGenerator

import pytest

from tests.warm import warm_desk
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.protocol import LeanError, ProofFinished, ProofGivenUp, TacticState, TimedOut
from tools.environment.scratch import Scratch
from tools.errors import QedError
from tools.lean.server import LeanServer
from tools.lean.text import Span

pytestmark = pytest.mark.lean


def _no_sorry(tactic: str) -> LeanError | ProofGivenUp | None:
    return ProofGivenUp() if "sorry" in tactic else None


@contextlib.asynccontextmanager
async def environment(lean: LeanServer, text: str, *, tactic: bool = True) -> AsyncGenerator[LanguageServerEnvironment]:
    """An environment for the first hole of a text that is one command."""
    at = text.index("sorry")
    scratch = Scratch(text, Span(at, at + 5), tactic, 0, len(text), 100_000)
    async with warm_desk(lean) as desk:
        document = await desk.opened(scratch.compose(()).text)
        yield await LanguageServerEnvironment.on(document, scratch, screen=_no_sorry)


AND = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"


async def test_a_proof_step_by_step(lean: LeanServer) -> None:
    async with environment(lean, AND) as env:
        start = env.initial_state
        assert start.pp == "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
        split = await env.run_tac(start, "constructor")
        assert isinstance(split, TacticState) and split.num_goals == 2
        assert [goal.splitlines()[0] for goal in split.goals] == ["case left", "case right"]
        left = await env.run_tac(split, "exact hp")
        assert isinstance(left, TacticState) and left.num_goals == 1
        assert env.script(left) == ("constructor", "exact hp")
        assert isinstance(await env.run_tac(left, "exact hq"), ProofFinished)
        # an earlier state is as good as new
        assert isinstance(await env.run_tac(split, "exact hq"), LeanError)


async def test_several_lines_are_one_tactic(lean: LeanServer) -> None:
    async with environment(lean, AND) as env:
        outcome = await env.run_tac(env.initial_state, "constructor\n· exact hp\n· first\n  | exact hp\n  | exact hq")
        assert isinstance(outcome, ProofFinished)


@pytest.mark.parametrize(
    ("tactic", "part"),
    [
        ("exact hq", "ype mismatch"),
        ("no_such_tactic", "unknown tactic"),
        ("exact (", "expected"),
        ("exact ⟨hp, hq⟩\nrfl", "No goals"),
        ("exact ⟨hp, by skip⟩", "unsolved goals"),
    ],
)
async def test_lean_refuses(lean: LeanServer, tactic: str, part: str) -> None:
    async with environment(lean, AND) as env:
        outcome = await env.run_tac(env.initial_state, tactic)
        assert isinstance(outcome, LeanError) and part in outcome.error


@pytest.mark.parametrize(
    ("tactic", "lines"),
    [
        ("exact hq", [1]),
        ("constructor\n· exact hp\n· exact hp", [3]),
        ("constructor\n· skip\n· exact\n    hp", [2, 3]),
        ("constructor\n· exact hp\nexact (", [3, None]),
    ],
)
async def test_errors_have_lines_of_the_tactic(lean: LeanServer, tactic: str, lines: list[int]) -> None:
    async with environment(lean, AND) as env:
        same = await env.run_tac(env.initial_state, "skip")
        for state in (env.initial_state, same):
            assert isinstance(state, TacticState)
            outcome = await env.run_tac(state, tactic)
            assert isinstance(outcome, LeanError)
            assert [each.line for each in outcome.complaints] == lines
            assert "\n".join(each.text for each in outcome.complaints) == outcome.error


async def test_an_error_elsewhere_has_no_line(lean: LeanServer) -> None:
    text = "theorem t (n : Nat) : n = n := by\n  have h : n = n := by\n    sorry\n  exact h\n"
    async with environment(lean, text) as env:
        outcome = await env.run_tac(env.initial_state, "exact t n")
        assert isinstance(outcome, LeanError) and "termination" in outcome.error
        assert [each.line for each in outcome.complaints] == [None]


async def test_giving_up_is_not_finishing(lean: LeanServer) -> None:
    async with environment(lean, AND) as env:
        assert isinstance(await env.run_tac(env.initial_state, "sorry"), ProofGivenUp)


async def test_a_term_hole_inside_an_argument(lean: LeanServer) -> None:
    text = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := ⟨sorry, hq⟩\n"
    async with environment(lean, text, tactic=False) as env:
        assert env.initial_state.main_goal.target == "p"
        assert isinstance(await env.run_tac(env.initial_state, "exact hp"), ProofFinished)


async def test_only_the_goal_of_the_hole_is_worked_on(lean: LeanServer) -> None:
    text = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  constructor\n  sorry\n  exact hq\n"
    async with environment(lean, text) as env:
        assert env.initial_state.num_goals == 1
        assert isinstance(await env.run_tac(env.initial_state, "exact hp"), ProofFinished)


async def test_a_hole_for_several_goals_must_close_each(lean: LeanServer) -> None:
    text = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  constructor <;> sorry\n"
    async with environment(lean, text) as env:
        assert isinstance(await env.run_tac(env.initial_state, "exact hp"), LeanError)
        assert isinstance(await env.run_tac(env.initial_state, "assumption"), ProofFinished)


async def test_symbols_beyond_the_basic_plane(lean: LeanServer) -> None:
    text = "theorem t (𝕜 𝓝 : Prop) (h𝕜 : 𝕜) (h : 𝓝) : 𝕜 ∧ 𝓝 := by exact ⟨h𝕜, by sorry⟩\n"
    async with environment(lean, text) as env:
        assert env.initial_state.main_goal.target == "𝓝"
        assert isinstance(await env.run_tac(env.initial_state, "exact h"), ProofFinished)


async def test_a_tactic_that_takes_too_long_is_given_up_and_the_next_one_works(lean: LeanServer) -> None:
    async with environment(lean, AND) as env:
        endless = "have : 2 ^ 400000 % 7 = 3 := by\n  iterate 100000 (have : 2 ^ 64 = 2 ^ 64 := by simp)\n  simp"
        assert await env.run_tac(env.initial_state, endless, timeout=0.3) == TimedOut(0.3)
        assert isinstance(await env.run_tac(env.initial_state, "exact ⟨hp, hq⟩"), ProofFinished)


async def test_lean_suggests(lean: LeanServer) -> None:
    async with environment(lean, AND) as env:
        assert "exact ⟨hp, hq⟩" in await env.suggest(env.initial_state, "exact?", timeout=20)
        assert await env.suggest(env.initial_state, "assumption") == ()


async def test_a_statement_that_does_not_elaborate_has_no_goal(lean: LeanServer) -> None:
    with pytest.raises(QedError, match="unexpected token"):
        async with environment(lean, "theorem t : 1 = ) := by\n  sorry\n"):
            pass
