"""Proofs in steps by a model: real Lean, and a real HTTP server for the model."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from agent.llm.errors import ModelError, ModelErrorKind
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.purse import Allowance, Purse
from agent.prover.strategies.decomposition import DecompositionStrategy
from agent.prover.strategies.search import SearchStrategy
from agent.prover.strategies.whole_proof import WholeProofStrategy
from agent.prover.strategy import Strategy
from tests.agent.prover.workshop import OpenWorkshop, paid_model, scripted_model, workshop
from tests.openai_server import HANG, Answer, OpenAIServer
from tests.warm import warm_desk
from tools.lean.acceptance.writing import FilledHole
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
# The search does not find axioms by itself; what they ask for it does prove.
AXIOMS = "axiom P : Nat → Prop\naxiom Q : Nat → Prop\naxiom small : ∀ n, n ≤ 5 → 10 < n * n → P n\n\n"
TEXT = f"{AXIOMS}theorem t (a : Nat) (h : a = 4) : P a := by\n  sorry\n"
SMALL, SQUARE = "have h₁ : a ≤ 5 := by sorry", "have h₂ : 10 < a * a := by\n  sorry"
SKETCH = f"{SMALL}\n{SQUARE}\nexact small a h₁ h₂"
PROOF = "exact small a (by omega) (by subst h; decide)"
SEARCH = (SearchStrategy(seconds=60),)


def block(tactics: str) -> Answer:
    """An answer with a tactic block."""
    indented = tactics.replace("\n", "\n  ")
    return Answer(f"In steps.\n\n```lean\nby\n  {indented}\n```\n", piece=200)


def said(server: OpenAIServer, request: int) -> str:
    """The last message of a request."""
    return server.requests[request]["messages"][-1]["content"]


def steps_begun(at: OpenWorkshop) -> list[str]:
    """The steps that were worked on, in the order of their beginning."""
    return [told for told in at.told if told.startswith("step ")]


async def solve(
    toolchain: Toolchain,
    lean: LeanServer,
    server: OpenAIServer,
    text: str = TEXT,
    *,
    strategy: DecompositionStrategy | None = None,
    ladder: Sequence[Strategy] = SEARCH,
    hole: int = 1,
    desks: int = 1,
) -> tuple[Outcome, OpenWorkshop]:
    """What comes of a text's hole."""
    model = scripted_model(server)
    async with workshop(toolchain, lean, text, hole=hole, model=model, ladder=ladder, desks=desks) as at:
        return await (strategy or DecompositionStrategy()).attempt(at.case, at.workshop), at


async def taken(lean: LeanServer, at: OpenWorkshop, outcome: Outcome) -> str:
    """The proof that was found; Lean takes the text with it."""
    assert isinstance(outcome, Found), (outcome, at.told)
    filled = FilledHole.of(at.case.document, at.case.hole, outcome.proofs[0]).text
    async with warm_desk(lean) as desk:
        result = await (await desk.opened(filled)).elaborate(filled, timeout=120)
        assert result.complete and not result.errors
    return outcome.proofs[0]


async def test_two_steps(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(block("exact no"), block(SKETCH))
    ladder = (*SEARCH, WholeProofStrategy(rounds=0, samples=1))
    async with workshop(toolchain, lean, TEXT, model=scripted_model(openai_server), ladder=ladder) as at:
        for strategy in ladder:
            assert isinstance(await strategy.attempt(at.case, at.workshop), Open)
        outcome = await DecompositionStrategy().attempt(at.case, at.workshop)
    proof = await taken(lean, at, outcome)
    assert proof.startswith("have h₁ : a ≤ 5 := by") and "sorry" not in proof
    prompt = said(openai_server, 1)
    assert "theorem t (a : Nat) (h : a = 4) : P a\n```" in prompt and "h : a = 4\n⊢ P a" in prompt
    assert "exact no" in prompt.partition("What was tried already:")[2]
    assert sorted(steps_begun(at)) == ["step 1 of 2: h₁ : a ≤ 5", "step 2 of 2: h₂ : 10 < a * a"]
    assert at.workshop.effort.tactics and len(openai_server.requests) == 2


async def test_a_false_step_is_told_with_its_witness(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(
        block(f"{SMALL}\nhave wrong : a * a + a + a < 4 := by sorry\nexact small a h₁ (by omega)"), block(SKETCH)
    )
    outcome, at = await solve(toolchain, lean, openai_server)
    assert await taken(lean, at, outcome)
    prompt = said(openai_server, 1)
    assert "`wrong : a * a + a + a < 4` is false for a = 4" in prompt
    assert "Facts that were found true on the way, or useful:\n- `h₁ : a ≤ 5`: proved" in prompt
    # The step that was proved is in the second sketch as well, but nobody works on it again.
    assert steps_begun(at) == [
        "step 1 of 2: h₁ : a ≤ 5",
        "step 2 of 2: wrong : a * a + a + a < 4",
        "step 2 of 2: h₂ : 10 < a * a",
    ]
    (lesson,) = at.workshop.lessons.of("sketch")
    assert lesson.text.startswith(SMALL) and "is false for a = 4" in lesson.why


async def test_what_is_false_ends_the_other_steps(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    # Of two desks one is at a step that a model is asked about and never answers.
    false = "have : True := by\n  have h₁ : a < 3 := by sorry\n  trivial"
    openai_server.will(block(f"{false}\nhave h₂ : Q (a + a + a) := by sorry\n{PROOF}"), HANG)
    ladder = (*SEARCH, WholeProofStrategy(samples=1))
    one = DecompositionStrategy(revisions=1)
    outcome, at = await solve(toolchain, lean, openai_server, strategy=one, ladder=ladder, desks=2)
    assert isinstance(outcome, Open) and "`h₁ : a < 3` is false for a = 4" in outcome.detail
    (lesson,) = at.workshop.lessons.of("sketch")
    assert "`h₂ : Q (a + a + a)` was not worked on to the end" in lesson.why


async def test_what_follows_from_a_false_step_is_no_fact(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    one = DecompositionStrategy(revisions=1)
    openai_server.will(block(f"have h₁ : 9 < a := by sorry\nhave h₂ : 8 < a := by sorry\n{PROOF}"))
    _, at = await solve(toolchain, lean, openai_server, strategy=one)
    assert not at.workshop.lessons.of("lemma")
    (lesson,) = at.workshop.lessons.of("sketch")
    assert "`h₁ : 9 < a` is false for a = 4" in lesson.why


async def test_a_stuck_step_is_taken_apart(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    axioms = AXIOMS + "axiom after : ∀ n, P n → Q (n + n)\n\n"
    text = f"{axioms}theorem t (a : Nat) (h : a = 4) : Q (a + a) ∧ a < 5 := by\n  sorry\n"
    outer = "have low : a < 5 := by sorry\nhave p : P a := by sorry\nexact ⟨after a p, low⟩"
    openai_server.will(block(outer), block(SKETCH))
    outcome, at = await solve(toolchain, lean, openai_server, text)
    assert await taken(lean, at, outcome)
    assert "within a step: sketch 1 of 3: asking for it" in at.told
    assert "have p : P a := by sorry /- this one -/" in said(openai_server, 1) and "⊢ P a" in said(openai_server, 1)
    assert "have p : P a := by\n  have h₁ : a ≤ 5 := by" in await taken(lean, at, outcome)


async def test_steps_within_steps_end_somewhere(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(block(f"have h₁ : Q a := by sorry\n{PROOF}"))
    flat = DecompositionStrategy(revisions=1, repairs=0, max_depth=1)
    outcome, at = await solve(toolchain, lean, openai_server, strategy=flat)
    assert isinstance(outcome, Open) and "`h₁ : Q a` is stuck: not proved: nothing left to try" in outcome.detail
    assert len(openai_server.requests) == 1 and not at.workshop.lessons.of("lemma")


async def test_a_sketch_with_an_error_is_mended(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(block(SKETCH.replace("small a", "smal a")), block(SKETCH))
    outcome, at = await solve(toolchain, lean, openai_server)
    assert await taken(lean, at, outcome)
    told = said(openai_server, 1)
    assert "line 5: " in told and "smal" in told.partition("line 5: ")[2]
    assert "```lean\nby\n  have h₁ : a ≤ 5 := by sorry\n" in told
    assert not at.workshop.lessons.of("sketch")  # it was mended


@pytest.mark.parametrize(
    ("cheat", "why"),
    [
        (f"{SMALL}\nsorry", "stands elsewhere"),
        (f"{SMALL}\n#eval 1\nexact small a h₁ (by omega)", "begins a command"),
        (f"{SMALL}\naxiom no : False\nexact no.elim", "no proof in the answer"),
        (f"{SMALL}\nexact small a h₁ (by subst h; native_decide)", "compiled code"),
        (f"{SMALL}\nhave h₂ : 10 < a * a := by\n  run_tac pure ()\nexact small a h₁ h₂", "runs code"),
        (f"{SMALL}\nexact small a h₁ (sorryAx _)", "stands elsewhere"),
    ],
    ids=["sorry", "eval", "axiom", "native", "run_tac", "sorryAx"],
)
async def test_cheats_never_reach_lean(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, cheat: str, why: str
) -> None:
    openai_server.will(block(cheat), block(SKETCH))
    one = DecompositionStrategy(revisions=1, repairs=0)
    outcome, at = await solve(toolchain, lean, openai_server, strategy=one)
    assert isinstance(outcome, Open) and why in outcome.detail
    assert not steps_begun(at)


@pytest.mark.parametrize(
    ("sketch", "why"),
    [
        ("have again : P a := by sorry\nexact again", "`again : P a` is the goal again"),
        (f"{SMALL}\n{SQUARE}\nhave again : P a := by sorry\nexact again", "`again : P a` is the goal again"),
        (f"have n : Nat := by sorry\n{PROOF}", "`n : Nat` asks for data"),
    ],
    ids=["alone", "last", "data"],
)
async def test_steps_that_are_no_progress(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, sketch: str, why: str
) -> None:
    openai_server.will(block(sketch), block(SKETCH))
    outcome, at = await solve(toolchain, lean, openai_server)
    assert await taken(lean, at, outcome) and why in said(openai_server, 1)


async def test_the_goal_in_a_case_of_its_own_is_progress(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    text = f"{AXIOMS}theorem t (a : Nat) : a * a = a * a + 0 ∧ (a = 0 ∨ 0 < a) := by\n  sorry\n"
    goal = "a * a = a * a + 0 ∧ (a = 0 ∨ 0 < a)"
    cases = (
        f"by_cases z : a = 0\n· have zero : {goal} := by sorry\n  exact zero\n"
        f"· have more : {goal} := by sorry\n  exact more"
    )
    openai_server.will(block(cases))
    outcome, at = await solve(toolchain, lean, openai_server, text)
    assert await taken(lean, at, outcome) and len(steps_begun(at)) == 2


async def test_what_is_stuck_or_false_is_not_tried_again(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    stuck = "have h₁ : Q a := by sorry\nhave h₂ : 10 < a * a := by sorry\nexact small a (by omega) h₂"
    openai_server.will(block(stuck), block(stuck.replace("small a", "small _")), block(stuck), block(SKETCH))
    flat = DecompositionStrategy(max_depth=1)
    outcome, at = await solve(toolchain, lean, openai_server, strategy=flat)
    assert await taken(lean, at, outcome)
    assert "`h₁ : Q a` was tried before, and is stuck" in said(openai_server, 2)
    assert "this sketch was refused before" in said(openai_server, 3)
    assert sum("h₁ : Q a" in told for told in steps_begun(at)) == 1
    temperatures = [each["temperature"] for each in openai_server.requests]
    assert temperatures[2] < temperatures[3]


async def test_a_sketch_without_steps_is_a_proof(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(Answer("I cannot."), block(PROOF))
    outcome, at = await solve(toolchain, lean, openai_server)
    assert outcome == Found((PROOF,)) and "there is no proof in the answer" in said(openai_server, 1)
    assert at.workshop.effort.tactics == 1


async def test_holes_within_a_proof(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    text = (
        f"{AXIOMS}theorem t (𝓪 : Nat) (h : 𝓪 = 4) : P 𝓪 ∧ P 𝓪 := by\n  have first : P 𝓪 := by\n    sorry\n"
        "  exact ⟨first, sorry⟩\n"
    )
    sketch = SKETCH.replace(" a", " 𝓪")
    openai_server.will(block(sketch), block(sketch))
    for hole in (1, 2):
        outcome, at = await solve(toolchain, lean, openai_server, text, hole=hole)
        assert await taken(lean, at, outcome)
        assert "/- this one -/" in said(openai_server, hole - 1)


async def test_a_step_may_use_those_before_it(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    axioms = AXIOMS + "axiom f : Nat → Nat\naxiom bound : ∀ n, f n ≤ n\n\n"
    text = f"{axioms}theorem t (a : Nat) (h : a = 4) : f a + f a ≤ 8 := sorry\n"
    sketch = "have one := bound a\nhave two : f a ≤ 4 := sorry\nhave three : f a * f a ≤ 4 * f a := sorry\nomega"
    openai_server.will(block(sketch))
    outcome, at = await solve(toolchain, lean, openai_server, text)
    assert await taken(lean, at, outcome) and "bound" in await taken(lean, at, outcome)


async def test_the_purse_is_spent_in_the_middle(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.otherwise = block("have h₁ : Q a := by sorry\nexact nothing h₁")
    purse = Purse(Allowance(tokens=20))  # an answer of the server takes 15
    async with workshop(
        toolchain, lean, TEXT, model=paid_model(openai_server, purse), purse=purse, ladder=SEARCH
    ) as at:
        with pytest.raises(ModelError) as error:
            await DecompositionStrategy().attempt(at.case, at.workshop)
    assert error.value.kind is ModelErrorKind.BUDGET and purse.usage.total_tokens == 30


async def test_a_step_has_a_share_only(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(block(f"have h₁ : Q a := by sorry\n{PROOF}"))
    openai_server.otherwise = block("exact wrong")
    purse = Purse(Allowance(tokens=15 + 50))  # of the 50 a step has 25: a second answer is more than that
    ladder = (WholeProofStrategy(rounds=20, samples=1),)
    async with workshop(
        toolchain, lean, TEXT, model=paid_model(openai_server, purse), purse=purse, ladder=ladder
    ) as at:
        outcome = await DecompositionStrategy(revisions=1, max_depth=1).attempt(at.case, at.workshop)
    assert isinstance(outcome, Open) and "`h₁ : Q a` is stuck" in outcome.detail and "share" in outcome.detail
    assert purse.usage.total_tokens == 45


async def test_the_time_is_over_while_a_step_is_worked_on(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(block(f"have h₁ : Q a := by sorry\n{PROOF}"), HANG)
    purse = Purse(Allowance(seconds=30))
    model = scripted_model(openai_server)
    async with workshop(toolchain, lean, TEXT, model=model, purse=purse, ladder=(WholeProofStrategy(samples=1),)) as at:
        with purse.working():
            outcome = await DecompositionStrategy(revisions=1).attempt(at.case, at.workshop)
        async with at.workshop.at(at.case):
            pass  # its desk is free
    assert isinstance(outcome, Open)


async def test_cancelled_in_the_middle(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    asked = threading.Semaphore(0)

    def never(_: object) -> Answer:
        asked.release()
        return HANG

    two = f"have h₁ : Q a := by sorry\nhave h₂ : Q 7 := by sorry\n{PROOF}"
    openai_server.will(block(two), never, never)
    model = scripted_model(openai_server)
    async with workshop(toolchain, lean, TEXT, model=model, ladder=(WholeProofStrategy(samples=1),), desks=2) as at:
        before = asyncio.all_tasks()
        work = asyncio.create_task(DecompositionStrategy().attempt(at.case, at.workshop))
        for _ in range(2):
            assert await asyncio.to_thread(asked.acquire, timeout=120)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        left = {task for task in asyncio.all_tasks() - before if "decomposition" in str(task) or "steps" in str(task)}
        assert not left
        async with at.workshop.at(at.case), at.workshop.at(at.case):
            pass  # both desks are free
