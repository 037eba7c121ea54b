"""Whole proofs by a model: real Lean, and a real HTTP server for the model."""

import pytest

from agent.llm.errors import ModelError, ModelErrorKind
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.purse import Allowance, Purse
from agent.prover.report import OpenReason
from agent.prover.strategies.whole_proof import WholeProofStrategy
from tests.agent.prover.workshop import OpenWorkshop, paid_model, scripted_model, workshop
from tests.openai_server import HANG, Answer, OpenAIServer
from tools.lean.acceptance.writing import FilledHole
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
# Nothing that is asked of every goal proves it.
AXIOMS = "axiom P : Nat → Prop\n\n/-- One step. -/\naxiom step : ∀ n, P n → P (n + 1)\n\n"
TEXT = f"{AXIOMS}theorem four (h : P 0) : P 4 ∧ P 3 := by\n  sorry\n"
FOUR, THREE = "exact step 3 (step 2 (step 1 (step 0 h)))", "exact step 2 (step 1 (step 0 h))"
PROOF = f"constructor\n· {FOUR}\n· {THREE}"
ONE = WholeProofStrategy(samples=1)


def fenced(proof: str) -> Answer:
    """An answer with a proof, from `by` on."""
    return Answer("It goes step by step.\n\n```lean\n" + proof + "\n```\n", piece=200)


def block(tactics: str) -> Answer:
    """An answer with a tactic block."""
    return fenced("by\n  " + tactics.replace("\n", "\n  "))


def said(server: OpenAIServer, request: int) -> str:
    """The last message of a request."""
    return server.requests[request]["messages"][-1]["content"]


async def solve(
    toolchain: Toolchain,
    lean: LeanServer,
    server: OpenAIServer,
    text: str = TEXT,
    strategy: WholeProofStrategy = ONE,
    hole: int = 1,
    hint: str = "",
) -> tuple[Outcome, OpenWorkshop]:
    """What comes of a text's hole."""
    async with workshop(toolchain, lean, text, hole=hole, hint=hint, model=scripted_model(server)) as at:
        return await strategy.attempt(at.case, at.workshop), at


async def test_right_at_once(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(block(PROOF))
    outcome, at = await solve(toolchain, lean, openai_server, hint="use `step` four times")
    assert outcome == Found((PROOF,))
    prompt = said(openai_server, 0)
    assert "theorem four (h : P 0) : P 4 ∧ P 3\n```" in prompt and "h : P 0\n⊢ P 4 ∧ P 3" in prompt
    assert "use `step` four times" in prompt and "axiom step : ∀ n, P n → P (n + 1)\n```" in prompt
    assert at.workshop.effort.tactics == 1 and not at.workshop.lessons.all
    assert at.told == ["round 1: asking scripted for a whole proof", "trying a proof of 3 lines in Lean"]


async def test_what_was_learned_before_is_told(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(block("exact no"), block(PROOF))
    async with workshop(toolchain, lean, TEXT, model=scripted_model(openai_server)) as at:
        at.workshop.lessons.learn("tactic", "omega")
        at.workshop.lessons.learn("proof", "exact no", "line 2: unknown identifier")
        assert await ONE.attempt(at.case, at.workshop) == Found((PROOF,))
    assert "- `omega`" in said(openai_server, 0) and "- `exact no`: line 2: unknown" in said(openai_server, 0)
    assert "line 2: unknown identifier\n\nthis proof was refused before" in said(openai_server, 1)
    assert at.workshop.effort.tactics == 1  # the proof that Lean has refused is not tried again


async def test_mended_with_what_lean_said(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(block("constructor\n· exact step 1 h\n· exact steps h"), block(PROOF))
    outcome, at = await solve(toolchain, lean, openai_server)
    assert outcome == Found((PROOF,))
    told = said(openai_server, 1)
    assert "```lean\nby\n  constructor\n  · exact step 1 h\n  · exact steps h\n```" in told
    assert "line 3: " in told and "line 4: " in told and "steps" in told.partition("line 4: ")[2]
    assert [each["role"] for each in openai_server.requests[1]["messages"]] == ["user", "assistant", "user"]
    (lesson,) = at.workshop.lessons.of("proof")
    assert lesson.text.startswith("constructor") and lesson.why.startswith("line 3: ")
    assert any(each.startswith("round 1: refused: line 3: ") for each in at.told)


async def test_goals_that_are_left_are_told(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(block(f"constructor\n{FOUR}"), fenced(f"⟨{FOUR[6:]}, {THREE[6:]}⟩"))
    outcome, _ = await solve(toolchain, lean, openai_server)
    assert outcome == Found((f"exact ⟨{FOUR[6:]}, {THREE[6:]}⟩",))
    told = said(openai_server, 1)
    assert "line 3: at the end of the proof there are unsolved goals" in told and "⊢ P 3" in told


async def test_wrong_for_ever(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    wrong = [f"exact wrong{number}" for number in range(3)]
    openai_server.will(*map(block, wrong))
    outcome, at = await solve(toolchain, lean, openai_server, strategy=WholeProofStrategy(rounds=2, samples=1))
    assert isinstance(outcome, Open) and outcome.reason is OpenReason.EXHAUSTED
    assert "after 2 repairs" in outcome.detail and "wrong2" in outcome.detail
    assert len(openai_server.requests) == 3
    assert [each.text for each in at.workshop.lessons.of("proof")] == wrong
    assert all("nknown identifier" in each.why for each in at.workshop.lessons.of("proof"))


async def test_the_same_again(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = block("exact wrong")
    outcome, at = await solve(toolchain, lean, openai_server)
    assert isinstance(outcome, Open) and len(openai_server.requests) == 4
    assert at.workshop.effort.tactics == 1
    assert "refused before" not in said(openai_server, 1) and "refused before" in said(openai_server, 2)
    temperatures = [each["temperature"] for each in openai_server.requests]
    assert temperatures[0] == temperatures[1] < temperatures[2] == temperatures[3]


async def test_the_sample_that_came_furthest_is_mended(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    far = f"constructor\n· {FOUR}\n· exact far"
    openai_server.otherwise = lambda request: (
        block(PROOF) if len(request["messages"]) > 1 else block(far if len(openai_server.requests) == 2 else "exact no")
    )
    outcome, at = await solve(toolchain, lean, openai_server, strategy=WholeProofStrategy(samples=3))
    assert outcome == Found((PROOF,))
    assert "exact far" in said(openai_server, -1) and "exact no" not in said(openai_server, -1)
    assert sorted(each.text for each in at.workshop.lessons.of("proof")) == sorted([far, "exact no"])


async def test_answers_that_are_no_proofs(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("I think that it is true."), block(f"constructor\n· {FOUR}\n· sorry"), block(PROOF))
    outcome, at = await solve(toolchain, lean, openai_server)
    assert outcome == Found((PROOF,)) and at.workshop.effort.tactics == 1
    assert "there is no proof in the answer" in said(openai_server, 1)
    assert "sorry" in said(openai_server, 2).partition("Why, in Lean's words")[2].partition("Find the first")[0]
    (lesson,) = at.workshop.lessons.of("proof")
    assert "sorry" in lesson.text and "sorry" in lesson.why


async def test_no_proof_at_all(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = Answer("<think>by simp</think>It is open.")
    outcome, at = await solve(toolchain, lean, openai_server)
    assert isinstance(outcome, Open) and outcome.detail.endswith("the model wrote no proof")
    assert not at.workshop.lessons.all and "<think>" not in str(openai_server.requests)


async def test_an_end_that_is_missing_is_found(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.will(block(f"have h4 := {FOUR[6:]}\nhave h3 := {THREE[6:]}\nexact ⟨h3, h4⟩"))
    outcome, _ = await solve(toolchain, lean, openai_server)
    assert isinstance(outcome, Found) and outcome.proofs[0].startswith("have h4") and "⟨h3, h4⟩" not in str(outcome)


async def test_holes_within_a_proof(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    text = (
        f"{AXIOMS}theorem four (h : P 0) : P 4 ∧ P 3 := by\n  have three : P 3 := by\n    sorry\n"
        "  exact ⟨step 3 three, sorry⟩\n"
    )
    openai_server.will(block(THREE), block("exact three"))
    outcome, at = await solve(toolchain, lean, openai_server, text)
    assert outcome == Found((THREE,))
    prompt = said(openai_server, 0)
    assert "have three : P 3 := by\n    sorry /- this one -/\n  exact ⟨step 3 three, sorry⟩" in prompt
    assert "h : P 0\n⊢ P 3" in prompt
    filled = FilledHole.of(at.case.document, at.case.hole, THREE).text
    outcome, at = await solve(toolchain, lean, openai_server, filled, hole=1)
    assert outcome == Found(("exact three",)) and "⟨step 3 three, sorry /- this one -/⟩" in said(openai_server, 1)
    assert FilledHole.of(at.case.document, at.case.hole, "exact three").text.endswith("⟨step 3 three, three⟩\n")


async def test_a_term_hole(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    text = f"{AXIOMS}theorem next : P 0 → P 1 := sorry\n"
    term = "fun h =>\n  step 0\n    h0"
    openai_server.will(fenced(term), fenced(term.replace("h0", "h")))
    outcome, at = await solve(toolchain, lean, openai_server, text)
    assert isinstance(outcome, Found) and "theorem next : P 0 → P 1\n```" in said(openai_server, 0)
    assert "line 3: " in said(openai_server, 1)  # of the term, not of what Lean was sent
    assert "sorry" not in FilledHole.of(at.case.document, at.case.hole, outcome.proofs[0]).text


async def test_the_purse_is_spent_in_the_middle(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.otherwise = block("exact wrong")
    purse = Purse(Allowance(tokens=20))  # an answer of the server takes 15
    async with workshop(toolchain, lean, TEXT, model=paid_model(openai_server, purse), purse=purse) as at:
        with pytest.raises(ModelError) as error:
            await ONE.attempt(at.case, at.workshop)
    assert error.value.kind is ModelErrorKind.BUDGET and purse.usage.total_tokens == 30
    assert len(openai_server.requests) == 2 and at.workshop.lessons.of("proof")


async def test_the_time_is_over_while_the_model_thinks(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    openai_server.otherwise = HANG
    purse = Purse(Allowance(seconds=8))
    async with workshop(toolchain, lean, TEXT, model=scripted_model(openai_server), purse=purse) as at:
        with purse.working():
            outcome = await ONE.attempt(at.case, at.workshop)
        async with at.workshop.at(at.case):
            pass  # its desk is free
    assert isinstance(outcome, Open) and outcome.reason is OpenReason.BUDGET
