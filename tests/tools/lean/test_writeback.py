"""Reading and writing `.lean` files: nothing but the proof changes, and nothing is ever half written."""

import errno
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools.directories import state_dir
from tools.errors import ExitCode, QedError
from tools.lean.journal import Journal
from tools.lean.writeback import FileSnapshot, LineEnding, check_writable, digest, write

OLD = "theorem t : 1 = 1 := by\n  sorry\n"
NEW = "theorem t : 1 = 1 := by\n  rfl\n"


@pytest.fixture
def state() -> Path:
    return state_dir()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "A.lean"
    path.parent.mkdir()
    path.write_bytes(OLD.encode())
    return path


def leftovers(folder: Path) -> list[Path]:
    return [p for p in folder.iterdir() if p.name.endswith(".tmp")]


def refusal(path: Path, new_text: str = NEW) -> QedError:
    """The error of a write that must be refused, after which the folder is as it was."""
    snapshot = FileSnapshot.read(path)
    with pytest.raises(QedError) as caught:
        write(snapshot, new_text)
    assert path.read_bytes() == snapshot.data
    assert leftovers(path.parent) == []
    return caught.value


# -- reading


def test_a_file_is_read_as_it_is(file: Path) -> None:
    data = "\ufefftheorem 𝓝 : ∀ x : ℕ, x = x\r\n  := by sorry".encode()
    file.write_bytes(data)
    snapshot = FileSnapshot.read(file)
    assert snapshot.data == data
    assert snapshot.sha256 == digest(data)
    assert snapshot.has_bom
    assert snapshot.text == "theorem 𝓝 : ∀ x : ℕ, x = x\r\n  := by sorry"
    assert snapshot.line_ending is LineEnding.CRLF
    assert snapshot.with_text(snapshot.text) == snapshot


@pytest.mark.parametrize(
    ("data", "style"),
    [(b"", LineEnding.LF), (b"a\nb", LineEnding.LF), (b"a\r\nb\r\n", LineEnding.CRLF), (b"a\r\nb\n", LineEnding.MIXED)],
)
def test_line_endings(file: Path, data: bytes, style: LineEnding) -> None:
    file.write_bytes(data)
    assert FileSnapshot.read(file).line_ending is style


def read_error(path: Path) -> QedError:
    with pytest.raises(QedError) as caught:
        FileSnapshot.read(path)
    return caught.value


def test_what_cannot_be_read(file: Path, tmp_path: Path) -> None:
    assert read_error(tmp_path / "none.lean").exit_code is ExitCode.FILE_NOT_FOUND
    assert read_error(file / "below.lean").exit_code is ExitCode.FILE_NOT_FOUND
    assert read_error(tmp_path / ("long" * 200)).exit_code is ExitCode.FILE_NOT_FOUND
    assert read_error(Path("a\0b.lean")).exit_code is ExitCode.FILE_NOT_FOUND
    assert read_error(tmp_path).exit_code is ExitCode.IS_A_DIRECTORY
    pipe = tmp_path / "pipe.lean"
    os.mkfifo(pipe)
    assert read_error(pipe).exit_code is ExitCode.FILE_NOT_FOUND
    loop = tmp_path / "loop.lean"
    loop.symlink_to(loop)
    assert read_error(loop).exit_code is ExitCode.FILE_NOT_FOUND
    dangling = tmp_path / "dangling.lean"
    dangling.symlink_to(tmp_path / "gone.lean")
    error = read_error(dangling)
    assert error.exit_code is ExitCode.FILE_NOT_FOUND
    assert "link" in error.message


def test_not_utf8_names_the_byte(file: Path) -> None:
    file.write_bytes("-- ∀\n-- ".encode() + b"caf\xe9\n")
    error = read_error(file)
    assert error.exit_code is ExitCode.NOT_UTF8
    assert "0xe9" in error.message
    assert f"offset {len('-- ∀'.encode()) + 1 + 3 + 3}," in error.message
    assert error.message.endswith("line 2")
    file.write_bytes(b"\xef\xbb\xbf-- \xff")
    assert "offset 6, line 1" in read_error(file).message
    file.write_bytes(OLD.encode("utf-16"))
    assert "UTF-16" in read_error(file).hint
    file.write_bytes(b"-- \xed\xa0\x80")  # a surrogate, which UTF-8 does not allow
    assert read_error(file).exit_code is ExitCode.NOT_UTF8


def test_a_path_that_is_not_utf8_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.lean")
    path.write_bytes(OLD.encode())
    assert read_error(path).exit_code is ExitCode.NOT_UTF8


# -- writing


def test_a_write_replaces_the_text(file: Path, state: Path) -> None:
    entry = write(FileSnapshot.read(file), NEW, declarations=["t"])
    assert file.read_bytes() == NEW.encode()
    assert entry.new_sha256 == FileSnapshot.read(file).sha256 == digest(NEW.encode())
    assert entry.old_sha256 == digest(OLD.encode())
    assert entry.declarations == ("t",)
    assert leftovers(file.parent) == []
    assert (state / "journal").is_dir()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"a\r\nsorry\r\n", "a\r\nb\nc\r\n", b"a\r\nb\r\nc\r\n"),
        (b"\xef\xbb\xbfa\nsorry", "a\nb", b"\xef\xbb\xbfa\nb"),
        (b"\xef\xbb\xbfa\r\nsorry", "a\r\nb\nc", b"\xef\xbb\xbfa\r\nb\r\nc"),
        (b"a\r\nb\nsorry\r\n", "a\r\nb\nc\nd\r\n", b"a\r\nb\nc\nd\r\n"),
        (b"sorry", "", b""),
    ],
)
def test_line_ends_and_mark_stay(file: Path, old: bytes, new: str, expected: bytes) -> None:
    file.write_bytes(old)
    snapshot = FileSnapshot.read(file)
    write(snapshot, new)
    assert file.read_bytes() == expected
    assert FileSnapshot.read(file) == snapshot.with_text(new)


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o755, 0o200 | 0o444])
def test_mode_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    write(FileSnapshot.read(file), NEW)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_owner_stays(file: Path) -> None:
    os.chown(file, 1234, 5678)
    write(FileSnapshot.read(file), NEW)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 5678)


def test_extended_attributes_stay(file: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"mine")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    write(FileSnapshot.read(file), NEW)
    assert os.getxattr(file, "user.note") == b"mine"


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.lean"
    link.symlink_to(Path("project") / "A.lean")
    write(FileSnapshot.read(link), NEW)
    assert link.is_symlink()
    assert file.read_text() == NEW
    assert not file.is_symlink()


def test_a_link_that_was_turned_elsewhere_is_a_change(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "B.lean"
    shutil.copy(file, other)
    link = tmp_path / "link.lean"
    link.symlink_to(file)
    snapshot = FileSnapshot.read(link)
    link.unlink()
    link.symlink_to(other)
    with pytest.raises(QedError) as caught:
        write(snapshot, NEW)
    assert caught.value.exit_code is ExitCode.CHANGED_ON_DISK
    assert other.read_text() == file.read_text() == OLD


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o555])
def test_a_read_only_file_is_refused_even_for_root(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(QedError) as caught:
        check_writable(FileSnapshot.read(file))
    assert caught.value.exit_code is ExitCode.READ_ONLY
    assert refusal(file).exit_code is ExitCode.READ_ONLY


def test_a_file_that_changed_is_not_overwritten(file: Path) -> None:
    snapshot = FileSnapshot.read(file)
    file.write_text(OLD + "-- mine\n")
    with pytest.raises(QedError) as caught:
        write(snapshot, NEW)
    assert caught.value.exit_code is ExitCode.CHANGED_ON_DISK
    assert file.read_text() == OLD + "-- mine\n"
    assert leftovers(file.parent) == []
    assert Journal().entries() == []


def test_a_change_at_the_last_moment_is_noticed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison stands directly before the rename: an edit made while the new bytes go to disk counts."""
    snapshot = FileSnapshot.read(file)
    sync = os.fsync

    def edit_meanwhile(descriptor: int) -> None:
        sync(descriptor)
        file.write_text("-- edited\n")

    monkeypatch.setattr(os, "fsync", edit_meanwhile)
    with pytest.raises(QedError) as caught:
        write(snapshot, NEW)
    assert caught.value.exit_code is ExitCode.CHANGED_ON_DISK
    assert file.read_text() == "-- edited\n"


def test_a_file_that_is_gone_is_not_made_again(file: Path) -> None:
    snapshot = FileSnapshot.read(file)
    file.unlink()
    with pytest.raises(QedError) as caught:
        write(snapshot, NEW)
    assert caught.value.exit_code is ExitCode.CHANGED_ON_DISK
    assert not file.exists()


def test_a_text_that_is_no_text_is_refused(file: Path) -> None:
    assert refusal(file, "\ud800").exit_code is ExitCode.WRITE_FAILED


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    error = refusal(file)
    assert error.exit_code is ExitCode.WRITE_FAILED
    assert str(file) in error.message
    if number != errno.EIO:
        assert f"{len(NEW.encode())} bytes" in error.message
        assert str(file.parent) in error.message


def test_a_write_cut_short_by_the_system_leaves_the_old_file(file: Path) -> None:
    """A real refusal in the middle of the data: the process may not make files of more than 20 bytes."""
    script = (
        "import resource, signal, sys; from pathlib import Path; from tools.lean.writeback import *\n"
        "from tools.errors import QedError\n"
        "s = FileSnapshot.read(Path(sys.argv[1])); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        "try: write(s, s.text.replace('sorry', 'rfl'))\n"
        "except QedError as e: print(e.code)\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    run = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True)
    assert run.stdout == "write-failed\n"
    assert file.read_text() == OLD
    assert leftovers(file.parent) == []


def test_without_a_journal_nothing_is_written(file: Path, state: Path) -> None:
    state.write_text("a file where the folder should be")
    assert refusal(file).exit_code is ExitCode.WRITE_FAILED


def test_a_failing_rename_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == file:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    assert refusal(file).exit_code is ExitCode.WRITE_FAILED
    assert Journal().entries() == []


def test_the_longest_file_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("∀" * 83 + ".lean")
    path.write_text(OLD)
    assert len(os.fsencode(path.name)) > 250
    write(FileSnapshot.read(path), NEW)
    assert path.read_text() == NEW


def test_leftovers_of_dead_processes_go_and_others_stay(file: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = file.with_name(f".A.lean.qed-{ended.pid}-00ff.tmp")
    alive = file.with_name(f".A.lean.qed-{os.getpid()}-00ff.tmp")
    reused = file.with_name(f".A.lean.qed-{os.getpid()}-00fe.tmp")
    foreign = file.with_name(".B.lean.qed-1-00ff.tmp")
    for path in (dead, alive, reused, foreign):
        path.write_text("half")
    os.utime(reused, (0, 0))
    write(FileSnapshot.read(file), NEW)
    assert set(leftovers(file.parent)) == {alive, foreign}


# -- kills


def test_a_kill_leaves_the_old_or_the_new_file(file: Path) -> None:
    command = [sys.executable, "-m", "tests.tools.lean.kill_writers", str(file), "300", "5"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    left = json.loads(run.stdout)
    assert left["kills"] == 300
    assert left["broken"] == 0
    assert left["disagreements"] == 0
    # The kills did come in the middle of writes, and on either side of renames.
    assert left["leftovers"] > 10
    assert min(left["texts"]) > 10
    before = FileSnapshot.read(file)
    write(before, NEW)
    assert leftovers(file.parent) == []
    Journal().undo_last(file)
    assert file.read_bytes() == before.data
