"""Helper lemmas by a model: real Lean, and a real HTTP server for the model."""

from collections.abc import Sequence

import pytest

from agent.prover.case import Case
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.purse import Allowance, Purse
from agent.prover.report import OpenReason
from agent.prover.strategies.lemmas import LemmaStrategy
from agent.prover.strategies.search import SearchStrategy
from agent.prover.strategy import Strategy
from tests.agent.prover.workshop import OpenWorkshop, scripted_model, workshop
from tests.openai_server import HANG, Answer, OpenAIServer
from tools.lean.document import Document
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
LISTS = """\
inductive L where
  | nil
  | cons (n : Nat) (l : L)

def L.sum : L → Nat
  | nil => 0
  | cons n l => n + l.sum

def L.sumOnto : L → Nat → Nat
  | nil, a => a
  | cons n l, a => l.sumOnto (n + a)

"""
TEXT = f"{LISTS}theorem onto_zero (l : L) : l.sumOnto 0 = l.sum := by\n  sorry\n"
GENERAL = "theorem step (l : L) (a : Nat) : l.sumOnto a = l.sum + a := by\n  sorry"
STATED = "theorem onto_zero (l : L) : l.sumOnto 0 = l.sum := by"
FOLLOWS = f"{STATED}\n  rw [step, Nat.add_zero]"
SEARCH = (SearchStrategy(seconds=60),)


def block(*theorems: str) -> Answer:
    """An answer with these theorems."""
    code = "\n\n".join(theorems)
    return Answer(f"With an accumulator.\n\n```lean\n{code}\n```\n", piece=200)


def said(server: OpenAIServer, request: int) -> str:
    """The last message of a request."""
    return server.requests[request]["messages"][-1]["content"]


def errors_told(server: OpenAIServer, request: int) -> str:
    """What a repair is asked for."""
    return said(server, request).partition("What is wrong with it")[2].partition("Mend that")[0]


def begun(at: OpenWorkshop) -> list[str]:
    """The lemmas that were worked on, in the order of their beginning."""
    return [told for told in at.told if told.startswith("lemma ")]


async def solve(
    toolchain: Toolchain,
    lean: LeanServer,
    server: OpenAIServer,
    text: str = TEXT,
    *,
    strategy: LemmaStrategy | None = None,
    ladder: Sequence[Strategy] = SEARCH,
    purse: Purse | None = None,
) -> tuple[Outcome, OpenWorkshop]:
    """What comes of a text's hole."""
    model = scripted_model(server)
    async with workshop(toolchain, lean, text, model=model, ladder=ladder, purse=purse) as at:
        return await (strategy or LemmaStrategy()).attempt(at.case, at.workshop), at


async def test_the_general_lemma(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    unused = "lemma more (l : L) : l.sum = l.sum := by sorry"
    openai_server.will(block(unused, GENERAL, FOLLOWS))
    async with workshop(toolchain, lean, TEXT, model=scripted_model(openai_server), ladder=SEARCH) as at:
        at.workshop.lessons.learn("sketch", "have := 1", "it leads nowhere")
        outcome = await LemmaStrategy().attempt(at.case, at.workshop)
    assert isinstance(outcome, Found), (outcome, at.told)
    assert outcome.proofs == ("rw [onto_zero_step, Nat.add_zero]",)
    (lemma,) = outcome.lemmas  # nothing needs the other
    assert lemma.statement == "private theorem onto_zero_step (l : L) (a : Nat) : l.sumOnto a = l.sum + a"
    assert lemma.proof is not None and "induction" in lemma.proof
    prompt = said(openai_server, 0)
    assert "have := 1" in prompt.partition("What was tried already:")[2] and "⊢ l.sumOnto 0 = l.sum" in prompt
    assert sorted(begun(at)) == [
        "lemma 1 of 2: onto_zero_more (l : L) : l.sum = l.sum",
        "lemma 2 of 2: onto_zero_step (l : L) (a : Nat) : l.sumOnto a = l.sum + a",
    ]


async def test_a_false_lemma_is_told_with_its_witness(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    false = "theorem wrong (a : Nat) : a * a < 4 + a := by sorry"
    openai_server.will(block(GENERAL, false, FOLLOWS.replace("rw", "have := wrong 3\n  rw")), block(GENERAL, FOLLOWS))
    outcome, at = await solve(toolchain, lean, openai_server)
    assert isinstance(outcome, Found) and len(outcome.lemmas) == 1, (outcome, at.told)
    prompt = said(openai_server, 1).partition("Helper lemmas that did not work:")[2]
    assert "`onto_zero_wrong (a : Nat) : a * a < 4 + a` is false for a = " in prompt
    assert sum("wrong" in each for each in begun(at)) == 1


async def test_what_lean_refuses_is_mended(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(
        block(GENERAL.replace("sumOnto", "sumOver"), FOLLOWS),
        block(GENERAL, FOLLOWS.replace("add_zero", "add_one")),
        block(GENERAL, FOLLOWS),
    )
    outcome, at = await solve(toolchain, lean, openai_server, strategy=LemmaStrategy(rounds=1))
    assert isinstance(outcome, Found), (outcome, at.told)
    assert "the statement of `onto_zero_step`:" in errors_told(openai_server, 1)
    assert "sumOver" in errors_told(openai_server, 1)
    assert "line 5: " in errors_told(openai_server, 2) and "?n + 1" in errors_told(openai_server, 2)
    shown = said(openai_server, 2).split("```lean\n")[2].split("```")[0].splitlines()
    assert "add_one" in shown[4] and shown[0].startswith("private theorem onto_zero_step ")


REFUSED = {
    "attribute": ("@[simp] " + GENERAL, "`@[` before a theorem is not allowed"),
    "axiom": ("axiom step (l : L) (a : Nat) : l.sumOnto a = l.sum + a", "`axiom` begins something else"),
    "macro": ('macro "step" : tactic => `(tactic| sorry)', "`macro` begins something else"),
    "command": (f"{GENERAL}\n#eval 1", "`#eval` begins something else"),
    "end": (f"{GENERAL}\nend A", "`end` begins something else"),
    "unsafe": ("unsafe " + GENERAL, "`unsafe` before a theorem is not allowed"),
    "instance": (f"{GENERAL}\ninstance : Inhabited L := ⟨.nil⟩", "`instance` begins something else"),
    "option": (f"set_option maxRecDepth 9 in\n{GENERAL}", "`set_option` before a theorem is not allowed"),
    "statement": ("theorem step (h : sorry) : 1 = 1 := by sorry", "`sorry` leaves the goal unproved"),
    "code": ("theorem step (h : 1 = 1 := by run_tac pure ()) : 1 = 1 := by sorry", "`run_tac` runs code"),
    "native": ("theorem step : 1 = 1 := by native_decide", "rests on compiled code"),
    "bracket": ("theorem step : 1 = 1 ) (h : 1 = 1 := by sorry", "closes what is not open"),
    "open": (GENERAL, "must be proved from the lemmas without `sorry`"),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_what_is_no_lemma_never_reaches_lean(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer, kind: str
) -> None:
    written, why = REFUSED[kind]
    openai_server.will(block(written, f"{STATED}\n  sorry" if kind == "open" else FOLLOWS))
    outcome, at = await solve(toolchain, lean, openai_server, strategy=LemmaStrategy(rounds=1, repairs=0))
    assert isinstance(outcome, Open) and any(why in told for told in at.told), at.told
    assert at.workshop.effort.tactics == 0 and not begun(at)


async def test_no_progress_and_nothing_twice(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    again = "theorem again (l : L) : l.sumOnto 0 = l.sum := by sorry"
    same = block(again, f"{STATED}\n  exact again l")
    openai_server.will(Answer("I cannot."), same, same, block(GENERAL, FOLLOWS))
    outcome, at = await solve(toolchain, lean, openai_server, strategy=LemmaStrategy(rounds=1, repairs=3))
    assert isinstance(outcome, Found), (outcome, at.told)
    assert "there is no fenced block" in errors_told(openai_server, 1)
    assert "is the goal again" in errors_told(openai_server, 2)
    assert "the same was refused before" in errors_told(openai_server, 3)
    temperatures = [each["temperature"] for each in openai_server.requests]
    assert temperatures[2] < temperatures[3]


async def test_proofs_that_come_with_the_lemmas(
    toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer
) -> None:
    proof = "induction l generalizing a with\n  | nil => simp [L.sumOnto, L.sum]\n"
    proof += "  | cons n l ih => simp [L.sumOnto, L.sum, ih]; omega"
    with_proof = GENERAL.replace("sorry", proof)
    first = "theorem base (a : Nat) : a + 0 = a := rfl"
    openai_server.will(block(first, with_proof, FOLLOWS.replace("Nat.add_zero", "base")))
    outcome, at = await solve(toolchain, lean, openai_server, ladder=())
    assert isinstance(outcome, Found), (outcome, at.told)
    assert [lemma.name for lemma in outcome.lemmas] == ["onto_zero_base", "onto_zero_step"]
    assert outcome.lemmas[0].proof == "exact rfl" and not begun(at)


async def test_no_lemma_is_needed(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    text = "theorem easy (a b : Nat) (h : a < b) : a < b + 1 := by\n  sorry\n"
    openai_server.will(block("theorem easy (a b : Nat) (h : a < b) : a < b + 1 := by omega"))
    outcome, _ = await solve(toolchain, lean, openai_server, text)
    assert outcome == Found(("omega",))


async def test_where_lemmas_have_no_place(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    text = "theorem t (p : Prop) (h : p) : p ∧ p := by\n  constructor\n  · sorry\n  · exact h\n"
    outcome, at = await solve(toolchain, lean, openai_server, text)
    assert isinstance(outcome, Open) and "all of a proof" in outcome.detail
    document = Document.parse(TEXT)
    step = Case(document, document.holes[0], depth=1)
    assert isinstance(await LemmaStrategy().attempt(step, at.workshop), Open)
    assert not openai_server.requests


async def test_the_time_is_over(toolchain: Toolchain, lean: LeanServer, openai_server: OpenAIServer) -> None:
    openai_server.will(HANG)
    purse = Purse(Allowance(seconds=20))
    with purse.working():
        outcome, _ = await solve(toolchain, lean, openai_server, purse=purse)
    assert outcome == Open(OpenReason.BUDGET, "not proved: out of time")
