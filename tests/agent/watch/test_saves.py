"""One save is one change, whatever an editor does to save; and it is known whose save it was."""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.watch.changes import FileChange, FileChanges
from tests.agent.watch.conftest import Told, Watch
from tools.lean.writeback import FileSnapshot, digest, write

TEXT = "theorem one : 1 + 1 = 2 := by\n  sorry\n" * 50
# So long that a loaded machine does not make a pause out of the work between two steps of a save.
UNHURRIED_SECONDS = 1.0


def _in_place(file: Path) -> None:
    file.write_text(TEXT)


def _rename_over(file: Path) -> None:
    new = file.with_name("A.lean.tmp")
    new.write_text(TEXT)
    new.replace(file)


def _backup_by_rename(file: Path) -> None:
    file.rename(file.with_name("A.lean~"))
    file.write_text(TEXT)


def _vim(file: Path) -> None:
    file.with_name(".A.lean.swp").write_text("swap\n")
    file.with_name("4913").touch()
    file.with_name("4913").unlink()
    _backup_by_rename(file)
    file.with_name("A.lean~").unlink()
    file.with_name(".A.lean.swp").unlink()


def _emacs(file: Path) -> None:
    lock = file.with_name(".#A.lean")
    lock.symlink_to("somebody@somewhere.1:2")
    file.with_name("#A.lean#").write_text(TEXT)
    shutil.copy(file, file.with_name("A.lean~"))
    _in_place(file)
    file.with_name("#A.lean#").unlink()
    lock.unlink()


def _vs_code(file: Path) -> None:
    new = file.with_name("A.lean.vsctmp")
    new.write_text(TEXT)
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(file)
    file.chmod(0o644)


def _jetbrains(file: Path) -> None:
    new, old = file.with_name("A.lean___jb_tmp___"), file.with_name("A.lean___jb_old___")
    new.write_text(TEXT)
    file.rename(old)
    new.rename(file)
    old.unlink()


def _gedit(file: Path) -> None:
    new = file.with_name(".goutputstream-ABC123")
    new.write_text(TEXT)
    os.link(file, file.with_name("A.lean~"))
    new.rename(file)


def _copied_over(file: Path) -> None:
    file.with_name("other.txt").write_text(TEXT)
    shutil.copyfile(file.with_name("other.txt"), file)


def _hard_link_break(file: Path) -> None:
    os.link(file, file.with_name("linked.txt"))
    file.unlink()
    file.write_text(TEXT)


def _shrunk_in_place(file: Path) -> None:
    with file.open("r+") as opened:
        opened.write("x")
        opened.truncate()


HABITS = [
    _in_place,
    _rename_over,
    _backup_by_rename,
    _vim,
    _emacs,
    _vs_code,
    _jetbrains,
    _gedit,
    _copied_over,
    _hard_link_break,
    _shrunk_in_place,
]


@pytest.mark.parametrize("save", HABITS)
async def test_a_save_is_one_change_and_the_next_one_another(
    told: Told, root: Path, save: Callable[[Path], None]
) -> None:
    file = root / "A.lean"
    save(file)
    assert await told.next() == FileChange(file, "changed", "somebody else")
    file.write_text("one\n")
    assert await told.next() == FileChange(file, "changed", "somebody else")
    for other in [other for other in root.iterdir() if other.suffix != ".lean"]:
        other.unlink()
    save(file)
    assert await told.everything() == [FileChange(file, "changed", "somebody else")]


@pytest.mark.parametrize("save", HABITS)
async def test_so_it_is_for_one_file(root: Path, watch: Watch, save: Callable[[Path], None]) -> None:
    file = root / "A.lean"
    async with watch(FileChanges(root, file)) as told:
        save(file)
        assert await told.next() == FileChange(file, "changed", "somebody else")
        assert await told.everything() == []


async def test_sed_in_place(told: Told, root: Path) -> None:
    process = await asyncio.create_subprocess_exec("sed", "-i", "s/one/two/", str(root / "A.lean"))
    await process.wait()
    assert await told.everything() == [FileChange(root / "A.lean", "changed", "somebody else")]


async def test_a_save_in_chunks_is_told_when_it_is_whole(root: Path, watch: Watch) -> None:
    async with watch(FileChanges(root, quiet_seconds=2 * UNHURRIED_SECONDS)) as told:
        with (root / "A.lean").open("w") as file:
            for part in range(5):
                file.write(f"{part}\n")
                file.flush()
                await asyncio.sleep(0.1)
        assert await told.next() == FileChange(root / "A.lean", "changed", "somebody else")
        assert await told.everything() == []


@pytest.mark.parametrize("way", ["emptied", "moved away", "new"])
async def test_what_is_empty_or_gone_within_a_save_is_not_told(root: Path, watch: Watch, way: str) -> None:
    file = root / ("B.lean" if way == "new" else "A.lean")
    changes = FileChanges(root, quiet_seconds=UNHURRIED_SECONDS)
    async with watch(changes) as told:
        if way == "moved away":
            file.rename(root / "A.lean~")
        else:
            file.write_bytes(b"")
        # longer than it has to be quiet, and shorter than until the second look
        await asyncio.sleep(UNHURRIED_SECONDS * 1.4)
        file.write_text("the rest\n")
        assert await told.next() == FileChange(file, "added" if way == "new" else "changed", "somebody else")
        assert await told.everything() == []


async def test_a_file_that_stays_empty_is_told(told: Told, root: Path) -> None:
    (root / "A.lean").write_bytes(b"")
    assert await told.next() == FileChange(root / "A.lean", "changed", "somebody else")
    assert await told.everything() == []


async def test_a_storm_of_saves_ends_with_the_last(root: Path, watch: Watch) -> None:
    saves = 200
    async with watch(FileChanges(root, quiet_seconds=0.02)) as told:
        texts = list[str]()
        for number in range(saves):
            text = f"{number}\n" * 2000
            if number % 2:
                (root / "A.lean.tmp").write_text(text)
                (root / "A.lean.tmp").replace(root / "A.lean")
            else:
                (root / "A.lean").write_text(text)
            await asyncio.sleep(0.02)
            while not told.seen.empty():
                assert told.seen.get_nowait() == FileChange(root / "A.lean", "changed", "somebody else")
                texts.append((root / "A.lean").read_text())
        texts += [(root / "A.lean").read_text() for change in await told.everything() if change.path.name == "A.lean"]
    assert 1 <= len(texts) <= saves
    assert texts[-1] == f"{saves - 1}\n" * 2000


async def test_an_own_write_is_known(told: Told, root: Path) -> None:
    path = root / "A.lean"
    entry = write(FileSnapshot.read(path), "by qed\n")
    told.changes.wrote(path, entry.new_sha256)
    assert await told.everything() == [FileChange(path, "changed", "qed")]
    path.write_text("by a person\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]
    path.write_text("by qed\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]


async def test_a_save_right_after_an_own_write_is_the_persons(told: Told, root: Path) -> None:
    path = root / "A.lean"
    entry = write(FileSnapshot.read(path), "by qed\n")
    told.changes.wrote(path, entry.new_sha256)
    path.write_text("by a person\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]
    path.write_text("by qed\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]


async def test_an_own_write_that_is_taken_back_at_once_and_made_again_is_somebody_elses(told: Told, root: Path) -> None:
    path = root / "A.lean"
    told.changes.wrote(path, write(FileSnapshot.read(path), "by qed\n").new_sha256)
    path.write_text("one\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]
    path.write_text("by qed\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]


async def test_two_own_writes_in_a_row_are_both_own(told: Told, root: Path) -> None:
    path = root / "A.lean"
    for text in ("first\n", "second\n"):
        told.changes.wrote(path, write(FileSnapshot.read(path), text).new_sha256)
    assert await told.everything() == [FileChange(path, "changed", "qed")]
    path.write_text("first\n")
    assert await told.everything() == [FileChange(path, "changed", "somebody else")]


async def test_an_own_write_of_one_file_says_nothing_of_another(told: Told, root: Path) -> None:
    told.changes.wrote(root / "B.lean", digest(b"same\n"))
    (root / "A.lean").write_text("same\n")
    assert await told.everything() == [FileChange(root / "A.lean", "changed", "somebody else")]
