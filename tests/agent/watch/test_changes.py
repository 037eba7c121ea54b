"""Files that change on the disk are noticed, once each, and qed's own writes are known as such."""

import asyncio
import contextlib
import os
import shutil
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from agent.watch.changes import FileChange, FileChanges
from tests.agent.watch.conftest import PATIENCE_SECONDS, Told, Watch
from tools.errors import QedError
from tools.lean.writeback import digest

SOMEBODY = "somebody else"


async def test_a_change_an_addition_and_a_deletion(told: Told, root: Path) -> None:
    (root / "A.lean").write_text("two\n")
    assert await told.next() == FileChange(root / "A.lean", "changed", SOMEBODY)
    (root / "B.lean").write_text("new\n")
    assert await told.next() == FileChange(root / "B.lean", "added", SOMEBODY)
    (root / "B.lean").unlink()
    assert await told.next() == FileChange(root / "B.lean", "deleted", SOMEBODY)
    (root / "B.lean").write_text("new\n")
    assert await told.next() == FileChange(root / "B.lean", "added", SOMEBODY)
    assert await told.everything() == []


async def test_a_save_that_changes_nothing_is_no_change(told: Told, root: Path) -> None:
    (root / "A.lean").write_text("one\n")
    os.utime(root / "A.lean")
    (root / "A.lean").chmod(0o600)
    (root / "notes.txt").write_text("not Lean\n")
    (root / ".hidden.lean").write_text("hidden\n")
    (root / ".lake").mkdir()
    (root / ".lake" / "Package.lean").write_text("a package\n")
    assert await told.everything() == []


async def test_what_qed_wrote_and_somebody_took_back_at_once_is_told(told: Told, root: Path) -> None:
    file = root / "A.lean"
    before = file.read_text()
    file.write_text("by qed\n")
    told.changes.wrote(file, digest(b"by qed\n"))
    file.write_text(before)
    assert await told.everything() == [FileChange(file, "changed", SOMEBODY)]


async def test_what_git_ignores_is_not_told(told: Told, root: Path) -> None:
    (root / ".git" / "info").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (root / ".gitignore").write_text("scratch*\n")
    (root / "scratch.lean").write_text("ignored\n")
    (root / "kept.lean").write_text("kept\n")
    assert await told.everything() == [FileChange(root / "kept.lean", "added", SOMEBODY)]


async def test_two_files_at_once(told: Told, root: Path) -> None:
    (root / "B.lean").write_text("b\n")
    (root / "A.lean").write_text("a\n")
    changed, added = FileChange(root / "A.lean", "changed", SOMEBODY), FileChange(root / "B.lean", "added", SOMEBODY)
    assert set(await told.everything()) == {changed, added}


async def test_a_renamed_file_is_one_deleted_and_one_added(told: Told, root: Path) -> None:
    (root / "A.lean").rename(root / "B.lean")
    deleted, added = FileChange(root / "A.lean", "deleted", SOMEBODY), FileChange(root / "B.lean", "added", SOMEBODY)
    found = await told.everything()
    assert (len(found), set(found)) == (2, {deleted, added})


async def test_a_folder_in_place_of_a_file(told: Told, root: Path) -> None:
    (root / "A.lean").unlink()
    (root / "A.lean").mkdir()
    assert await told.everything() == [FileChange(root / "A.lean", "deleted", SOMEBODY)]
    (root / "A.lean" / "B.lean").write_text("b\n")
    assert await told.everything() == [FileChange(root / "A.lean" / "B.lean", "added", SOMEBODY)]


async def test_a_pipe_in_place_of_a_file_is_not_opened(told: Told, root: Path) -> None:
    (root / "A.lean").unlink()
    os.mkfifo(root / "A.lean")
    assert await told.everything() == [FileChange(root / "A.lean", "deleted", SOMEBODY)]


async def test_a_folder_that_moves_takes_its_files_along(told: Told, root: Path) -> None:
    (root / "Old" / "Deep").mkdir(parents=True)
    (root / "Old" / "Deep" / "B.lean").write_text("b\n")
    assert await told.everything() == [FileChange(root / "Old" / "Deep" / "B.lean", "added", SOMEBODY)]
    (root / "Old").rename(root / "New")
    new = root / "New" / "Deep" / "B.lean"
    found = await told.everything()
    assert len(found) == 2
    assert set(found) == {
        FileChange(root / "Old" / "Deep" / "B.lean", "deleted", SOMEBODY),
        FileChange(new, "added", SOMEBODY),
    }
    new.write_text("b at its new place\n")
    assert await told.everything() == [FileChange(new, "changed", SOMEBODY)]
    shutil.rmtree(root / "New")
    assert await told.everything() == [FileChange(new, "deleted", SOMEBODY)]


async def test_a_folder_that_comes_in_brings_its_files(told: Told, root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "B.lean").write_text("b\n")
    outside.rename(root / "Inside")
    assert await told.everything() == [FileChange(root / "Inside" / "B.lean", "added", SOMEBODY)]


async def test_links(told: Told, root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "B.lean").write_text("b\n")
    (root / "Out.lean").symlink_to(outside / "B.lean")
    (root / "OutFolder").symlink_to(outside)
    (root / "Circle.lean").symlink_to(root / "Circle.lean")
    (root / "In.lean").symlink_to(root / "A.lean")
    assert await told.everything() == [FileChange(root / "In.lean", "added", SOMEBODY)]
    (outside / "B.lean").write_text("not of the project\n")
    (root / "In.lean").write_text("through the link\n")
    found = await told.everything()
    assert FileChange(root / "A.lean", "changed", SOMEBODY) in found
    assert {change.path.name for change in found} <= {"A.lean", "In.lean"}
    (root / "A.lean").unlink()
    (root / "A.lean").symlink_to(outside / "B.lean")
    assert FileChange(root / "A.lean", "deleted", SOMEBODY) in await told.everything()


async def test_a_root_that_is_a_link_keeps_its_name(root: Path, watch: Watch) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    async with watch(FileChanges(link)) as told:
        (root / "A.lean").write_text("by qed\n")
        told.changes.wrote(root / "A.lean", digest(b"by qed\n"))
        assert await told.everything() == [FileChange(link / "A.lean", "changed", "qed")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_may_not_be_read_is_not_gone(told: Told, root: Path) -> None:
    (root / "A.lean").chmod(0)
    assert await told.everything() == []
    (root / "A.lean").chmod(0o600)
    assert await told.everything() == []
    (root / "A.lean").write_text("two\n")
    assert await told.everything() == [FileChange(root / "A.lean", "changed", SOMEBODY)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_folder_that_may_not_be_read_is_passed_over(root: Path, watch: Watch) -> None:
    (root / "Closed").mkdir()
    (root / "Closed").chmod(0)
    async with watch(FileChanges(root)) as told:
        (root / "A.lean").write_text("two\n")
        assert await told.everything() == [FileChange(root / "A.lean", "changed", SOMEBODY)]
    root.chmod(0o300)
    with pytest.raises(QedError, match="Permission denied"):
        await anext(FileChanges(root).changes())
    root.chmod(0o700)


_FEW_WATCHES = """
import asyncio, pathlib, sys
from agent.watch.changes import FileChanges
from tools.errors import QedError

try:
    asyncio.run(anext(FileChanges(pathlib.Path(sys.argv[1])).changes()))
except QedError as error:
    print(error.message, error.hint)
"""


async def test_a_project_of_too_many_folders_for_the_system_is_said(root: Path) -> None:
    for number in range(20):
        (root / f"Folder{number}").mkdir()
    limit = 'echo 5 > /proc/sys/user/max_inotify_watches || exit 77; exec "$@"'
    command = ["unshare", "-Ur", "sh", "-c", limit, "sh", sys.executable, "-c", _FEW_WATCHES, str(root)]
    try:
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    except FileNotFoundError:
        pytest.skip("no unshare here")
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, err = await process.communicate()
    if process.returncode in (77, 126) or b"unshare:" in err:
        pytest.skip("the limit cannot be set here")
    assert "cannot watch" in out.decode(), err.decode()
    assert "max_user_watches" in out.decode()


async def test_a_name_that_is_no_text_does_not_end_it(told: Told, root: Path) -> None:
    (root / os.fsdecode(b"B\xff.lean")).write_text("three\n")
    (root / "A.lean").write_text("two\n")
    assert FileChange(root / "A.lean", "changed", SOMEBODY) in await told.everything()
    (root / os.fsdecode(b"B\xff.lean")).unlink()
    (root / "A.lean").write_text("three\n")
    assert FileChange(root / "A.lean", "changed", SOMEBODY) in await told.everything()


async def test_what_changes_between_the_look_and_the_watch_is_told(root: Path) -> None:
    (root / "B.lean").write_text("b\n")
    changes = FileChanges(root)
    await asyncio.to_thread(changes.look)
    (root / "A.lean").write_text("two\n")
    (root / "B.lean").unlink()
    (root / "C.lean").write_text("c\n")
    told = Told(changes)
    task = asyncio.create_task(told.follow())
    found = {((change := await told.next()).path.name, change.what) for _ in range(3)}
    assert found == {("A.lean", "changed"), ("B.lean", "deleted"), ("C.lean", "added")}
    changes.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await task


async def test_closing_ends_it_before_and_while_it_runs(root: Path) -> None:
    changes = FileChanges(root)
    changes.close()
    assert [batch async for batch in changes.changes()] == []
    running = FileChanges(root)
    told, task = await Told.begin(running)
    await told.everything()
    running.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await task
    assert task.exception() is None


async def test_closing_the_generator_ends_it(root: Path) -> None:
    changes = FileChanges(root)
    await asyncio.to_thread(changes.look)
    (root / "A.lean").write_text("two\n")
    async with contextlib.aclosing(changes.changes()) as batches:
        assert [change.path.name for change in await anext(batches)] == ["A.lean"]
    with pytest.raises(StopAsyncIteration):
        await anext(batches)


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
async def test_the_root_that_goes_ends_it(root: Path, how: str) -> None:
    told, task = await Told.begin(FileChanges(root))
    await told.everything()
    if how == "deleted":
        shutil.rmtree(root)
    else:
        root.rename(root.parent / "elsewhere")
    if how == "replaced":
        root.mkdir()
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(QedError, match="deleted or moved") as raised:
            await task
    assert str(root) in raised.value.message
    assert raised.value.code == "file-not-found"
    assert raised.value.hint


async def test_a_root_that_never_was_is_said(tmp_path: Path) -> None:
    with pytest.raises(QedError, match="there is no folder"):
        await anext(FileChanges(tmp_path / "nowhere").changes())


async def test_one_file_and_not_its_neighbours(root: Path, watch: Watch) -> None:
    file = root / "A.lean"
    async with watch(FileChanges(root, file)) as told:
        for number in range(3):
            (root / "B.lean").write_text(f"{number}\n")
            (root / "A.lean.new").write_text(f"{number}\n")
            (root / "A.lean.new").replace(file)
            assert await told.next() == FileChange(file, "changed", SOMEBODY)
        file.unlink()
        assert await told.next() == FileChange(file, "deleted", SOMEBODY)
        file.write_text("back\n")
        assert await told.next() == FileChange(file, "added", SOMEBODY)
        assert await told.everything() == []


async def test_one_file_that_is_a_link(root: Path, watch: Watch) -> None:
    link = root.parent / "Link.lean"
    link.symlink_to(root / "A.lean")
    async with watch(FileChanges(link.parent, link)) as told:
        (root / "A.lean").write_text("two\n")
        assert await told.next() == FileChange(link, "changed", SOMEBODY)
        (root / "A.lean").write_text("by qed\n")
        told.changes.wrote(root / "A.lean", digest(b"by qed\n"))
        assert await told.next() == FileChange(link, "changed", "qed")
        link.unlink()
        link.write_text("a file of its own\n")
        assert await told.next() == FileChange(link, "changed", SOMEBODY)


async def test_the_folder_of_the_one_file_that_goes_ends_it(root: Path) -> None:
    told, task = await Told.begin(FileChanges(root, root / "A.lean"))
    (root / "A.lean").write_text("two\n")
    await told.next()
    shutil.rmtree(root)
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(QedError, match="deleted or moved"):
            await task
