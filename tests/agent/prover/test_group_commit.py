"""The keeper of a file: which proofs are checked together, and what is written when. The check itself is scripted."""

import asyncio
from pathlib import Path
from typing import cast

import pytest

from agent.prover.commits import CommitResult, ProofCommits
from agent.prover.keeper import FileKeeper, Judged
from agent.prover.outcome import Found
from agent.prover.report import HoleReport
from agent.prover.selection import Target
from agent.prover.targets import selected
from tests.agent.prover.scripted_gate import ScriptedGate
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.proof_file import AcceptanceSettings, ProofFile
from tools.lean.acceptance.receipt import Receipt, ReceiptBook
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.toolchain import Toolchain, ToolchainKind
from tools.lean.writeback import FileSnapshot

HOLES = 6
TEXT = "\n".join(f"theorem t{number} : {number} = {number} := by\n  sorry\n" for number in range(HOLES))
FOR_EVER = 1e9  # seconds that the last check took: others are waited for three times as long
SECONDS = 120  # far more than any of this takes


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> ScriptedGate:
    gate = ScriptedGate()
    gate.install(monkeypatch)
    return gate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.lean"
    path.write_text(TEXT, encoding="utf-8")
    return path


def keeper_of(file: Path, commits: ProofCommits | None = None, last_seconds: float = 0.0) -> FileKeeper:
    proofs = ProofFile(
        FileSnapshot.read(file), Toolchain(ToolchainKind.LEAN, file.parent, "no lean"), AcceptanceSettings()
    )
    work = selected(proofs.document, [Target(file)])
    keeper = FileKeeper(proofs, work, False, "not asked", commits)
    if last_seconds:
        setattr(keeper, "_last_seconds", last_seconds)  # noqa: B010
    return keeper


def submitted(keeper: FileKeeper, number: int, proof: str = "") -> "asyncio.Task[Judged]":
    """Hands a proof of the hole of that number in."""
    place = keeper.work.places[number]

    def report(judged: Judged) -> HoleReport:
        return HoleReport(declaration=f"t{number}", line=1, column=0, status=judged.verdict.status, proof=proof)

    found = Found((proof or f"exact p{number}",))
    return asyncio.create_task(keeper.submit(place, found, lambda _: None, report))


async def some_turns() -> None:
    """Whoever can go on, goes on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_found_during_a_check_goes_into_the_next(gate: ScriptedGate, file: Path) -> None:
    keeper = keeper_of(file)
    async with asyncio.timeout(SECONDS):
        first = submitted(keeper, 1)
        await gate.until(lambda checks: checks == [("exact p1",)])  # at once
        others = [submitted(keeper, number, proof) for number, proof in ((0, ""), (3, "exact bad"), (2, ""))]
        await some_turns()
        assert len(gate.checks) == 1 and file.read_text(encoding="utf-8") == TEXT
        keeper.idle(True)
        gate.let_go()
        assert (await first).verdict.status is ProofStatus.PROVED
        await gate.until(lambda checks: checks[1:] == [("exact p0", "exact bad", "exact p2")])
        assert file.read_text(encoding="utf-8") == TEXT.replace("1 := by\n  sorry", "1 := by\n  exact p1")
        gate.let_go()
        found = [(await each).verdict.status for each in others]
    assert found == [ProofStatus.PROVED, ProofStatus.NOT_PROVED, ProofStatus.PROVED]
    text = TEXT
    for number in (0, 1, 2):
        text = text.replace(f"{number} := by\n  sorry", f"{number} := by\n  exact p{number}")
    assert file.read_text(encoding="utf-8") == text
    assert [each.declaration for each in keeper.file.receipts] == ["t1", "t0", "t2"]
    assert list(ReceiptBook()) == keeper.file.receipts
    await keeper.close()


async def test_others_are_waited_for_while_somebody_works(gate: ScriptedGate, file: Path) -> None:
    """Checks that take long are worth waiting for others, unless nobody looks for any."""
    gate.waits = False
    keeper = keeper_of(file, last_seconds=FOR_EVER)
    async with asyncio.timeout(SECONDS):
        keeper.idle(False)
        waiting = [submitted(keeper, number) for number in (4, 2)]
        await some_turns()
        assert gate.checks == []
        keeper.idle(True)
        await asyncio.gather(*waiting)
    assert gate.checks == [("exact p4", "exact p2")]
    await keeper.close()


async def test_whoever_is_idle_does_not_wait(gate: ScriptedGate, file: Path) -> None:
    gate.waits = False
    keeper = keeper_of(file, last_seconds=FOR_EVER)
    keeper.idle(True)
    async with asyncio.timeout(SECONDS):
        assert (await submitted(keeper, 5)).verdict.status is ProofStatus.PROVED
    assert gate.checks == [("exact p5",)]
    await keeper.close()


async def test_nobody_waits_for_whoever_was_cancelled(gate: ScriptedGate, file: Path) -> None:
    keeper = keeper_of(file)
    async with asyncio.timeout(SECONDS):
        first = submitted(keeper, 0)
        await gate.until(lambda checks: len(checks) == 1)
        cancelled, other = submitted(keeper, 1), submitted(keeper, 2)
        await some_turns()
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        keeper.idle(True)
        gate.let_go()
        gate.let_go()
        await asyncio.gather(first, other)
    assert gate.checks == [("exact p0",), ("exact p2",)]
    await keeper.close()


async def test_all_cancelled(gate: ScriptedGate, file: Path) -> None:
    """A batch in which nobody waits any more is no check."""
    keeper = keeper_of(file)
    async with asyncio.timeout(SECONDS):
        first = submitted(keeper, 0)
        await gate.until(lambda checks: len(checks) == 1)
        cancelled = submitted(keeper, 1)
        await some_turns()
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        keeper.idle(True)
        gate.let_go()
        await first
        gate.let_go()
        last = await submitted(keeper, 2)
    assert last.verdict.status is ProofStatus.PROVED
    assert gate.checks == [("exact p0",), ("exact p2",)]
    await keeper.close()


async def test_the_file_is_changed_between_two_batches(gate: ScriptedGate, file: Path) -> None:
    keeper = keeper_of(file)
    async with asyncio.timeout(SECONDS):
        first = submitted(keeper, 0)
        await gate.until(lambda checks: len(checks) == 1)
        others = [submitted(keeper, 1), submitted(keeper, 2)]
        keeper.idle(True)
        gate.let_go()
        await first
        await gate.until(lambda checks: len(checks) == 2)
        edited = file.read_text(encoding="utf-8") + "-- somebody was here\n"
        file.write_text(edited, encoding="utf-8")
        gate.let_go()
        errors = await asyncio.gather(*others, return_exceptions=True)
    for error in errors:
        assert isinstance(error, QedError) and error.exit_code is ExitCode.CHANGED_ON_DISK
        assert "A.lean" in error.message
    assert file.read_text(encoding="utf-8") == edited and "exact p0" in edited
    assert [each.declaration for each in ReceiptBook()] == ["t0"]
    await keeper.close()


class Committing:
    """Commits that are only taken down: what the file said at each."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.seen: list[tuple[str, str]] = []

    async def commit(self, path: Path, subject: str, body: str, receipt: Receipt) -> CommitResult:
        self.seen.append((receipt.declaration, path.read_text(encoding="utf-8")))
        return CommitResult("0")


async def test_with_commits_each_proof_is_checked_alone(gate: ScriptedGate, file: Path) -> None:
    commits = Committing(file.parent.resolve())
    keeper = keeper_of(file, cast("ProofCommits", commits))
    keeper.idle(True)
    gate.waits = False
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(submitted(keeper, number) for number in (3, 1, 5)))
    assert gate.checks == [("exact p3",), ("exact p1",), ("exact p5",)]
    assert [name for name, _ in commits.seen] == ["t3", "t1", "t5"]
    assert [text.count("exact p") for _, text in commits.seen] == [1, 2, 3]
    await keeper.close()
