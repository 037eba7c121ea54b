"""Proofs that were found and not written: they are in the run's journal, and nobody looks for them again."""

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.prover.case import Case
from agent.prover.events import Checking, ProverEvent
from agent.prover.journal import RunJournal
from agent.prover.keeper import FileKeeper
from agent.prover.memory import FoundBefore
from agent.prover.options import ProveOptions
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.prove_file import FileRun
from agent.prover.purse import Allowance
from agent.prover.report import HoleReport, OpenReason, StrategyReport
from agent.prover.request import RunRequest
from agent.prover.selection import Target
from agent.prover.strategy import Workshop
from tests.agent.command import environment
from tests.agent.prover.scripted_gate import ScriptedGate
from tools.environment.session import LeanSession
from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.acceptance.proof_file import ProofFile
from tools.lean.acceptance.receipt import ReceiptBook
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.helper_lemmas import HelperLemma
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import Toolchain

TEXT = """\
theorem first : 1 = 1 := by
  sorry

theorem second (n : Nat) : n = n := by
  sorry
"""
PROVED = TEXT.replace("sorry", "exact rfl")


@dataclass
class Guessing:
    """A strategy that says the same at every hole; `asked` are the declarations that it was asked about."""

    proofs: tuple[str, ...]
    name: str = "guess"
    asks_model: bool = False
    asked: list[str] = field(default_factory=list[str])

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Finds what it was given, or nothing."""
        self.asked.append(case.hole.declaration)
        return Found(self.proofs) if self.proofs else Open(OpenReason.EXHAUSTED, "nothing")


async def work(file: Path, toolchain: Toolchain, memory: RunJournal, strategy: Guessing) -> Sequence[ProverEvent]:
    """The work on a file in one part of a run; what has happened."""
    events: list[ProverEvent] = []
    options = ProveOptions(
        Allowance(seconds=300),
        100_000,
        STANDARD_AXIOMS,
        MachineLimits.default(),
        ladder=(strategy,),
        memory=memory,
        purse=memory.purse,
    )
    lean = LeanSession.opened(Toolchain(toolchain.kind, file.parent), options.limits, workers=options.workers)
    async with lean as session:
        await FileRun(file, (Target(file),), options, events.append).run(session)
    return events


def kill_before_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on whoever wants to check a proof is killed, as far as anybody can tell."""

    async def killed(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(FileKeeper, "submit", killed)


def kill_before_the_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on whoever wants to write what was accepted is killed."""

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    monkeypatch.setattr(ProofFile, "write", killed)


class KilledError(Exception):
    """What stands for the end of a process."""


@pytest.mark.lean
@pytest.mark.parametrize("kill", [kill_before_the_check, kill_before_the_write])
async def test_what_was_found_is_checked_without_a_search(
    toolchain: Toolchain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kill: Callable[[pytest.MonkeyPatch], None],
) -> None:
    """The run ends between finding and writing; the next part of it checks the same texts, and asks nobody."""
    file = tmp_path / "A.lean"
    file.write_text(TEXT, encoding="utf-8")
    gate = ScriptedGate(waits=False)
    gate.install(monkeypatch)
    journal = RunJournal.begin(RunRequest(), tmp_path)
    finder = Guessing(("exact rfl",))
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.RaisesGroup(KilledError, flatten_subgroups=True, allow_unwrapped=True):
            await work(file, toolchain, journal, finder)
    journal.close()
    assert finder.asked and file.read_text(encoding="utf-8") == TEXT and not list(ReceiptBook())

    again = RunJournal.resume(None, tmp_path)
    nobody = Guessing(("exact rfl",))
    events = await work(file, toolchain, again, nobody)
    again.close()
    assert nobody.asked == [name for name in ("first", "second") if name not in finder.asked]
    assert [each.proof for each in events if isinstance(each, Checking)] == ["exact rfl"] * 2
    assert file.read_text(encoding="utf-8") == PROVED
    assert sorted(each.declaration for each in ReceiptBook()) == ["first", "second"]


@pytest.mark.lean
async def test_what_is_refused_then_is_looked_for_further(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A strategy has had its turn with what it found: the next one comes, and nothing is checked twice."""
    file = tmp_path / "A.lean"
    file.write_text(TEXT.split("\n\n")[0] + "\n", encoding="utf-8")
    gate = ScriptedGate(waits=False)
    gate.install(monkeypatch)
    journal = RunJournal.begin(RunRequest(), tmp_path)
    with monkeypatch.context() as patch:
        kill_before_the_check(patch)
        with pytest.RaisesGroup(KilledError, flatten_subgroups=True, allow_unwrapped=True):
            await work(file, toolchain, journal, Guessing(("exact bad",)))
    journal.close()
    again = RunJournal.resume(None, tmp_path)
    await work(file, toolchain, again, Guessing(("exact rfl",)))
    again.close()
    assert gate.checks == [("exact bad",)]
    last = RunJournal.resume(None, tmp_path)
    await work(file, toolchain, last, Guessing(("exact rfl",)))
    last.close()
    assert gate.checks == [("exact bad",)] and "sorry" in file.read_text(encoding="utf-8")


FOUND = FoundBefore("guess", Found(("exact a", "exact b"), (HelperLemma("l", " : 1 = 1", proof="rfl"),)))
KILLED = """
import os, signal
from pathlib import Path
from agent.prover.journal import RunJournal
from agent.prover.memory import FoundBefore
from agent.prover.outcome import Found
from agent.prover.request import RunRequest
from tools.lean.helper_lemmas import HelperLemma
journal = RunJournal.begin(RunRequest(), Path.cwd())
lemma = HelperLemma("l", " : 1 = 1", proof="rfl")
journal.proof_found("k", FoundBefore("guess", Found(("exact a", "exact b"), (lemma,))))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_proof_is_on_the_disk_before_it_is_checked(tmp_path: Path) -> None:
    """A process that is killed as soon as it has found a proof has kept it, with its lemmas."""
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=tmp_path, env=environment(tmp_path), check=False)
    assert done.returncode == -signal.SIGKILL
    journal = RunJournal.resume(None, tmp_path)
    assert journal.recall("k").found == FOUND and journal.recall("another").found is None
    journal.close()


def test_what_was_refused_or_written_is_not_found_any_more(tmp_path: Path) -> None:
    """What was accepted may not have come into the file."""
    journal = RunJournal.begin(RunRequest(), tmp_path)
    report = HoleReport(declaration="a", line=1, column=0, status=ProofStatus.PROVED, proof="exact a")
    for key in ("refused", "accepted", "over", "waits"):
        journal.proof_found(key, FOUND)
    journal.strategy_ended("refused", StrategyReport(strategy="guess", outcome="no", seconds=1.0), ())
    journal.proof_accepted("accepted", report)
    journal.hole_ended("over", report)
    journal.close()
    again = RunJournal.resume(None, tmp_path)
    found = {key: again.recall(key).found for key in ("refused", "accepted", "over", "waits")}
    again.close()
    assert found == {"refused": None, "accepted": FOUND, "over": None, "waits": FOUND}
