"""Proofs that are judged together: one that is bad takes no other with it, whatever it does to Lean. Real Lean."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from tools.lean.acceptance.axioms import AxiomsHow
from tools.lean.acceptance.comparison import Fill, apply_fills
from tools.lean.acceptance.elaboration import Elaborator
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.probe import NoAnswerError
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.batch.process import BatchLean, BatchResult
from tools.lean.document import HoleKind
from tools.lean.machine import MachineLimits, kill_tree
from tools.lean.olean.format import MAX_BYTES
from tools.lean.olean.module import CompiledModule
from tools.lean.screening import ScreeningPolicy
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean
SECONDS = 300.0  # far more than it takes
FILE = """\
axiom mine : 1 = 2
theorem first (n : Nat) : n = n := by
  sorry
theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · sorry
  · sorry
theorem middle (n : Nat) : n + 1 = n := by
  sorry
def number : Nat := sorry
theorem unlike : True := by
  sorry
theorem last (n : Nat) : n < n + 1 := by
  sorry
"""
MARK = "-- this one"
# It is right as long as nobody says which number it is; its term does not mention it.
ALONE_ONLY = "fail_if_success (have : number = 2 := rfl)\n  trivial"


def permissive(fill: Fill, policy: ScreeningPolicy) -> Sequence[str]:
    """No screening: the rest must do without it."""
    return ()


@pytest.fixture(scope="session")
async def gate(toolchain: Toolchain) -> AsyncGenerator[AcceptanceGate]:
    gate = AcceptanceGate(toolchain, Path("/acceptance/Batch.lean"), screen=permissive, timeout=SECONDS)
    yield gate
    await gate.close()


@pytest.fixture(scope="session")
async def baseline(gate: AcceptanceGate) -> Baseline:
    return await gate.freeze(FILE)


def fill(baseline: Baseline, declaration: str, proof: str, index: int = 0) -> Fill:
    """A proof for the hole of a declaration."""
    hole = [each for each in baseline.observation.document.holes if each.declaration == declaration][index]
    return Fill(hole.span, proof, hole.kind is HoleKind.TACTIC)


def words(verdicts: Sequence[Verdict]) -> list[ProofStatus]:
    return [each.status for each in verdicts]


def written(verdicts: Sequence[Verdict]) -> str:
    """The one file in which all proofs are that are *proved*."""
    baselines = [each.baseline for each in verdicts if each.status is ProofStatus.PROVED]
    assert baselines and baselines[0] is not None and all(each is baselines[0] for each in baselines)
    return baselines[0].text


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that Lean is given."""
    given: list[str] = []
    run = BatchLean.run

    async def noted(self: BatchLean, text: str, *, timeout: float) -> BatchResult:
        given.append(text)
        return await run(self, text, timeout=timeout)

    monkeypatch.setattr(BatchLean, "run", noted)
    return given


async def test_one_that_is_bad_and_one_that_is_bad_with_another(
    gate: AcceptanceGate, baseline: Baseline, texts: list[str]
) -> None:
    proofs = [
        fill(baseline, "first", "rfl"),
        fill(baseline, "pair", "exact hp", 0),
        fill(baseline, "middle", "exact absurd mine (by decide)"),
        fill(baseline, "pair", "exact hq", 1),
        fill(baseline, "unlike", ALONE_ONLY),
        fill(baseline, "number", "2"),
        fill(baseline, "last", "omega"),
    ]
    verdicts = await gate.check_together(baseline, [[each] for each in proofs])
    good, bad = ProofStatus.PROVED, ProofStatus.NOT_PROVED
    assert words(verdicts) == [good, good, bad, good, bad, good, good], [each.reasons for each in verdicts]
    assert any("middle rests on mine" in reason for reason in verdicts[2].reasons)
    assert any(reason.startswith("unlike: ") for reason in verdicts[4].reasons)
    assert verdicts[1].declaration_complete and verdicts[1].declarations == ("pair",)
    left = [each for index, each in enumerate(proofs) if index not in (2, 4)]
    assert written(verdicts) == apply_fills(FILE, left)[0]
    # All at once, those that nothing is said against, and with them each of those that are to blame.
    assert len(texts) == 4 and len(set(texts)) == 4
    (alone,) = await gate.check_together(baseline, [[proofs[4]]])
    assert alone.status is ProofStatus.PROVED, alone.reasons


async def test_what_is_refused_without_lean_is_not_in_the_batch(
    gate: AcceptanceGate, baseline: Baseline, texts: list[str]
) -> None:
    proofs = [fill(baseline, "first", "rfl"), fill(baseline, "middle", "sorry"), fill(baseline, "last", "omega")]
    verdicts = await gate.check_together(baseline, [[each] for each in proofs])
    assert words(verdicts) == [ProofStatus.PROVED, ProofStatus.NOT_PROVED, ProofStatus.PROVED]
    assert "the proof says `sorry`" in verdicts[1].reasons
    assert texts == [apply_fills(FILE, [proofs[0], proofs[2]])[0]] == [written(verdicts)]


# -- checks that come to no end


Run = Callable[[BatchLean, str, float], Awaitable[BatchResult]]


async def _dies(run: Run, lean: BatchLean, text: str) -> BatchResult:
    """Somebody kills the process."""
    start = asyncio.create_subprocess_exec

    async def killed(*command: str, **options: object) -> asyncio.subprocess.Process:
        process = await start(*command, **options)  # pyright: ignore[reportArgumentType]
        kill_tree(process.pid)
        return process

    await lean.close()  # a process that was started in advance is none of those
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", killed)
        return await run(lean, text, SECONDS)


async def _hangs(run: Run, lean: BatchLean, text: str) -> BatchResult:
    """The time is up before Lean can say anything."""
    return await run(lean, text, 0.01)


async def _grows(run: Run, lean: BatchLean, text: str) -> BatchResult:
    """The process is larger than it may be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lean, "_limits", MachineLimits(2, 1))
        return await run(lean, text, SECONDS)


@pytest.mark.parametrize(
    ("how", "why"),
    [(_dies, "crashed: exit status"), (_hangs, "timed out: no end within"), (_grows, "it outgrew its memory")],
)
async def test_one_that_lean_does_not_survive(
    gate: AcceptanceGate,
    baseline: Baseline,
    monkeypatch: pytest.MonkeyPatch,
    how: Callable[[Run, BatchLean, str], Awaitable[BatchResult]],
    why: str,
) -> None:
    """It is undecided; the others, which were in the same process, are accepted without it."""
    original = BatchLean.run

    async def run(lean: BatchLean, text: str, timeout: float) -> BatchResult:
        return await original(lean, text, timeout=timeout)

    async def marked(lean: BatchLean, text: str, *, timeout: float) -> BatchResult:
        return await how(run, lean, text) if MARK in text else await run(lean, text, timeout)

    monkeypatch.setattr(BatchLean, "run", marked)
    proofs = [
        fill(baseline, "first", "rfl"),
        fill(baseline, "pair", f"exact hp {MARK}", 0),
        fill(baseline, "last", "omega"),
    ]
    verdicts = await gate.check_together(baseline, [[each] for each in proofs])
    assert words(verdicts) == [ProofStatus.PROVED, ProofStatus.INCONCLUSIVE, ProofStatus.PROVED]
    assert len(verdicts[1].reasons) == 1 and why in verdicts[1].reasons[0]
    assert written(verdicts) == apply_fills(FILE, [proofs[0], proofs[2]])[0]


# -- what Lean compiled, and nobody can read


def _cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _emptied(file: Path) -> None:
    os.truncate(file, 0)


def _too_large(file: Path) -> None:
    os.truncate(file, MAX_BYTES + 1)


@pytest.mark.parametrize("damage", [_cut_short, _emptied, _too_large])
async def test_an_olean_that_cannot_be_read_accepts_nothing(
    gate: AcceptanceGate, baseline: Baseline, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    """Lean is asked instead; where it does not answer either, nothing is decided."""
    read = CompiledModule.read
    asked: list[str] = []

    def damaged(olean: Path) -> CompiledModule:
        damage(olean.with_name(f"{olean.name}.private"))
        return read(olean)

    async def questions(self: Elaborator, text: str, *_: object) -> None:
        asked.append(text)
        raise NoAnswerError("nobody answers")

    monkeypatch.setattr(CompiledModule, "read", damaged)
    monkeypatch.setattr(Elaborator, "_questions", questions)
    proof = fill(baseline, "first", "rfl")
    (verdict,) = await gate.check_together(baseline, [[proof]])
    assert (verdict.status, verdict.baseline) == (ProofStatus.INCONCLUSIVE, None)
    assert (verdict.axioms, verdict.axioms_how) == (None, AxiomsHow.NOT_ANSWERED)
    assert verdict.reasons == ("nobody answers",) and asked == [apply_fills(FILE, [proof])[0]]
