"""Watching on the real Lean: what is saved is worked on, what became obsolete is given up, nothing is overwritten."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from agent.prover.options import ProveOptions
from agent.prover.purse import Allowance
from agent.watch.ears import WatchEars
from agent.watch.suggestion import Suggestion, Verdict
from agent.watch.watcher import Watcher, WatchOptions
from tools.lean.acceptance.axioms import STANDARD_AXIOMS
from tools.lean.machine import MachineLimits
from tools.lean.toolchain import Toolchain

pytestmark = pytest.mark.lean

PATIENCE_SECONDS = 240
BEGIN = "def two : Nat := 2\n"
EASY = "\ntheorem easy (n : Nat) : n + 0 = n := by\n  sorry\n"
ALSO = "\ntheorem also (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"
FALSE = "\ntheorem wrong (n m : Nat) : n + m = n := by\n  sorry\n"
# True, but nothing that is tried closes it.
LONG = "\ntheorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"


@dataclass
class Watched:
    """A watcher at work, and all that it has told."""

    watcher: Watcher
    file: Path
    told: list[Suggestion] = field(default_factory=list[Suggestion])
    notes: list[str] = field(default_factory=list[str])

    def now(self, declaration: str) -> Suggestion | None:
        """How the hole of a declaration stands."""
        return next((each for each in self.watcher.suggestions.values() if each.declaration == declaration), None)

    async def until(self, condition: Callable[[], object]) -> None:
        """Waits until something holds; fails when it never does."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"never; told: {self.told} notes: {self.notes}") from None

    async def becomes(self, declaration: str, verdict: Verdict) -> Suggestion:
        """Waits until the hole of a declaration stands so."""

        def there() -> bool:
            found = self.now(declaration)
            return found is not None and found.verdict is verdict

        await self.until(there)
        found = self.now(declaration)
        assert found is not None
        return found


@contextlib.asynccontextmanager
async def watched(
    folder: Path,
    toolchain: Toolchain,
    text: str = BEGIN,
    *,
    write: bool = False,
    now: bool = False,
    only_file: bool = False,
    seconds: float = 60.0,
    idle_seconds: float = 600.0,
) -> AsyncGenerator[Watched]:
    """A folder with `A.lean` that is watched for this block."""
    file = folder / "A.lean"
    file.write_text(text)
    prove = ProveOptions(Allowance(seconds=seconds), 100_000, STANDARD_AXIOMS, MachineLimits.default())
    options = WatchOptions(prove, now=now, idle_seconds=idle_seconds)
    told: list[Suggestion] = []
    notes: list[str] = []
    ready = asyncio.Event()

    def change(_: object, suggestion: Suggestion | None) -> None:
        told.extend([suggestion] if suggestion else [])

    ears = WatchEars(change, notes.append, on_ready=ready.set, write=lambda: write)
    watcher = Watcher(folder, file if only_file else None, toolchain, options, ears)
    task = asyncio.create_task(watcher.run())
    try:
        await ready.wait()
        yield Watched(watcher, file, told, notes)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not watcher.lean.is_awake


async def test_a_new_hole_is_proved_and_not_written(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_text(BEGIN + EASY + FALSE)
        found = await seen.becomes("easy", Verdict.ACCEPTED)
        assert found.proof and found.line == 4
        assert "n = 0, m = 1" in (await seen.becomes("wrong", Verdict.DISPROVED)).detail
        assert seen.file.read_text() == BEGIN + EASY + FALSE
        assert list(dict.fromkeys(each.verdict for each in seen.told if each.declaration == "easy")) == [
            Verdict.WAITING,
            Verdict.WORKING,
            Verdict.CLOSES,
            Verdict.ACCEPTED,
        ]


async def test_what_the_person_accepts_is_written_and_triggers_nothing(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_text(BEGIN + EASY + ALSO)
        easy = await seen.becomes("easy", Verdict.ACCEPTED)
        await seen.becomes("also", Verdict.ACCEPTED)
        await seen.watcher.accept((easy.path, easy.key))
        assert (await seen.becomes("easy", Verdict.WRITTEN)).proof == easy.proof
        assert "theorem easy (n : Nat) : n + 0 = n := by\n  sorry" not in seen.file.read_text()
        assert ALSO in seen.file.read_text()
        told = len(seen.told)
        # The next save of the person is the next thing that is told: the hole that stays is not begun again.
        seen.file.write_text(seen.file.read_text() + FALSE)
        await seen.becomes("wrong", Verdict.DISPROVED)
        assert {each.declaration for each in seen.told[told:]} == {"wrong"}


async def test_with_write_proofs_go_into_the_file(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain, write=True, now=True, text=BEGIN + EASY + ALSO) as seen:
        await seen.becomes("easy", Verdict.WRITTEN)
        await seen.becomes("also", Verdict.WRITTEN)
        assert "sorry" not in seen.file.read_text()
        assert seen.file.read_text().startswith(BEGIN)


async def test_holes_that_were_there_before_are_left_alone(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain, BEGIN + FALSE) as seen:
        seen.file.write_text(BEGIN + FALSE + EASY)
        await seen.becomes("easy", Verdict.ACCEPTED)
        assert seen.now("wrong") is None


async def test_a_save_gives_up_what_is_obsolete_and_keeps_the_rest(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain, seconds=PATIENCE_SECONDS) as seen:
        seen.file.write_text(BEGIN + LONG)
        at_work = await seen.becomes("long", Verdict.WORKING)
        seen.file.write_text(f"{BEGIN}\n-- a comment\n{LONG}")  # above it: that may matter
        await seen.until(lambda: seen.now("long") not in (None, at_work) and at_work.key not in str(seen.now("long")))
        again = await seen.becomes("long", Verdict.WORKING)
        seen.file.write_text(f"{BEGIN}\n-- a comment\n{LONG}{EASY}")  # below it: that does not
        # The search for the one goes on, so the other has to wait for its place; it is given up with its hole.
        await seen.becomes("easy", Verdict.WAITING)
        assert seen.now("long") == again
        seen.file.write_text(f"{BEGIN}{EASY}")
        await seen.becomes("easy", Verdict.ACCEPTED)
        assert seen.now("long") is None


async def test_a_proof_that_fails_now_is_mended(tmp_path: Path, toolchain: Toolchain) -> None:
    proved = "\ntheorem broken (n : Nat) : n + two = two + n := by\n  simp [two, Nat.add_comm]\n"
    async with watched(tmp_path, toolchain, BEGIN + proved) as seen:
        seen.file.write_text(BEGIN + proved.replace("simp [two, Nat.add_comm]", "rfl"))
        found = await seen.becomes("broken", Verdict.ACCEPTED)
        await seen.watcher.accept((found.path, found.key))
        await seen.becomes("broken", Verdict.WRITTEN)
        assert "rfl" not in seen.file.read_text()


async def test_comments_are_obeyed(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        skipped, soon = f"\n-- qed: skip{EASY}", f"\n-- qed: timeout 0.3{LONG}"
        seen.file.write_text(BEGIN + skipped + soon)
        await seen.becomes("easy", Verdict.SKIPPED)
        assert "out of time" in (await seen.becomes("long", Verdict.OPEN)).detail


async def test_a_file_that_is_another_one_on_the_disk_is_not_overwritten(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_text(BEGIN + EASY)
        found = await seen.becomes("easy", Verdict.ACCEPTED)
        theirs = BEGIN + "-- their newest thought\n" + EASY
        seen.file.write_text(theirs)
        await seen.watcher.accept((found.path, found.key))  # at once: the save has not been told yet
        assert "their newest thought" in seen.file.read_text()
        await seen.becomes("easy", Verdict.ACCEPTED)


async def test_a_file_that_goes_takes_its_suggestions_with_it(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_text(BEGIN + EASY + LONG)
        await seen.becomes("easy", Verdict.ACCEPTED)
        seen.file.rename(tmp_path / "B.lean")
        await seen.until(lambda: not [each for each in seen.watcher.suggestions if each[0] == seen.file])
        found = await seen.becomes("easy", Verdict.ACCEPTED)
        assert found.path.name == "B.lean"
        found.path.unlink()
        found.path.mkdir()
        await seen.until(lambda: not seen.watcher.suggestions)


async def test_two_files_at_once(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        other = tmp_path / "Other.lean"
        seen.file.write_text(BEGIN + EASY)
        other.write_text(ALSO)
        assert (await seen.becomes("easy", Verdict.ACCEPTED)).path == seen.file
        assert (await seen.becomes("also", Verdict.ACCEPTED)).path == other


async def test_only_the_file_that_was_named(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain, only_file=True) as seen:
        (tmp_path / "Other.lean").write_text(ALSO)
        seen.file.write_text(BEGIN + EASY)
        await seen.becomes("easy", Verdict.ACCEPTED)
        assert seen.now("also") is None


async def test_lean_sleeps_and_is_back(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain, idle_seconds=0.2) as seen:
        assert not seen.watcher.lean.is_awake
        seen.file.write_text(BEGIN + EASY)
        await seen.becomes("easy", Verdict.ACCEPTED)
        await seen.until(lambda: not seen.watcher.lean.is_awake)
        seen.file.write_text(BEGIN + EASY + ALSO)
        await seen.becomes("also", Verdict.ACCEPTED)


async def test_what_waits_ready_for_a_check_ends_before_lean_sleeps(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.watch.warm_lean._SPARE_SECONDS", 0.2)
    own = psutil.Process()
    before = {each.pid for each in own.children()}
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_text(BEGIN + EASY)
        await seen.becomes("easy", Verdict.ACCEPTED)
        await seen.until(lambda: len({each.pid for each in own.children()} - before) == 1)
        assert seen.watcher.lean.is_awake
        seen.file.write_text(BEGIN + EASY + ALSO)
        await seen.becomes("also", Verdict.ACCEPTED)


async def test_a_storm_of_saves(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        for number in range(200):
            seen.file.write_text(f"{BEGIN}-- {number}\n{EASY}")
            await asyncio.sleep(0.05)
        seen.file.write_text(BEGIN + ALSO)
        await seen.becomes("also", Verdict.ACCEPTED)
        assert seen.now("easy") is None
        assert seen.file.read_text() == BEGIN + ALSO


async def test_a_file_that_is_no_text_is_told(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_bytes(b"\xff\xfe theorem")
        await seen.until(lambda: any("UTF-8" in note for note in seen.notes))
        seen.file.write_text(BEGIN + EASY)
        await seen.becomes("easy", Verdict.ACCEPTED)


async def test_an_import_that_is_not_there(tmp_path: Path, toolchain: Toolchain) -> None:
    async with watched(tmp_path, toolchain) as seen:
        seen.file.write_text("import Nowhere.AtAll\n" + EASY)
        assert "Nowhere" in (await seen.becomes("easy", Verdict.OPEN)).detail
