"""The undo journal: what is written can be taken back, one write after the other, and nothing else can."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.claim import claim
from tools.lean.journal import Change, EntryState, Journal, JournalEntry
from tools.lean.writeback import FileSnapshot, digest, write

TEXTS = [f"theorem t : {n} = {n} := rfl\n" for n in range(6)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.lean"
    path.write_text(TEXTS[0])
    return path


def write_texts(file: Path, texts: list[str], journal: Journal | None = None) -> list[JournalEntry]:
    return [write(FileSnapshot.read(file), text, declarations=["t"], journal=journal) for text in texts]


def undo_refusal(path: Path | None = None) -> QedError:
    with pytest.raises(QedError) as caught:
        Journal().undo_last(path)
    return caught.value


def test_undo_goes_back_step_by_step(file: Path) -> None:
    write_texts(file, TEXTS[1:4])
    for text in reversed(TEXTS[:3]):
        undone = Journal().undo_last(file)
        assert undone.declarations == ("t",)
        assert file.read_text() == text
    assert undo_refusal(file).exit_code is ExitCode.NOTHING_TO_UNDO
    assert file.read_text() == TEXTS[0]
    assert [e.undoes for e in Journal().entries()] == [None, None, None, 3, 2, 1]


def test_a_write_after_an_undo_is_undone_first(file: Path) -> None:
    write_texts(file, TEXTS[1:3])
    Journal().undo_last()
    write_texts(file, TEXTS[4:5])
    expected = [TEXTS[1], TEXTS[0]]
    for text in expected:
        Journal().undo_last()
        assert file.read_text() == text


def test_nothing_to_undo(file: Path) -> None:
    assert undo_refusal().exit_code is ExitCode.NOTHING_TO_UNDO
    write_texts(file, TEXTS[1:2])
    error = undo_refusal(file.with_name("B.lean"))
    assert error.exit_code is ExitCode.NOTHING_TO_UNDO
    assert "B.lean" in error.message


def test_undo_without_a_path_takes_the_last_file(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "B.lean"
    other.write_text("-- b\n")
    write_texts(file, TEXTS[1:2])
    write_texts(other, ["-- c\n"])
    assert Journal().undo_last().path == other
    assert (file.read_text(), other.read_text()) == (TEXTS[1], "-- b\n")
    assert Journal().undo_last().path == file


def test_undo_by_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.lean"
    link.symlink_to(file)
    write_texts(link, TEXTS[1:2])
    Journal().undo_last(link)
    assert link.is_symlink()
    assert file.read_text() == TEXTS[0]


def test_undo_refuses_a_file_that_was_edited_since(file: Path) -> None:
    write_texts(file, TEXTS[1:2])
    file.write_text("-- mine\n")
    error = undo_refusal(file)
    assert error.exit_code is ExitCode.CHANGED_ON_DISK
    assert error.hint
    assert file.read_text() == "-- mine\n"
    file.write_text(TEXTS[1])
    Journal().undo_last(file)
    assert file.read_text() == TEXTS[0]


def test_undo_refuses_when_an_edit_lies_between_two_writes(file: Path) -> None:
    write_texts(file, TEXTS[1:2])
    file.write_text(TEXTS[3])
    write_texts(file, TEXTS[4:5])
    Journal().undo_last(file)
    assert file.read_text() == TEXTS[3]
    assert undo_refusal(file).exit_code is ExitCode.CHANGED_ON_DISK


def test_undo_of_a_file_that_is_gone_or_read_only(file: Path) -> None:
    write_texts(file, TEXTS[1:2])
    file.chmod(0o444)
    assert undo_refusal(file).exit_code is ExitCode.READ_ONLY
    assert file.read_text() == TEXTS[1]
    file.unlink()
    assert undo_refusal(file).exit_code is ExitCode.CHANGED_ON_DISK
    assert not file.exists()


def test_undo_keeps_mode_and_bytes(file: Path) -> None:
    data = b"\xef\xbb\xbfa\r\nb\nno newline at the end"
    file.write_bytes(data)
    write(FileSnapshot.read(file), "other")
    file.chmod(0o640)
    Journal().undo_last(file)
    assert file.read_bytes() == data
    assert file.stat().st_mode & 0o777 == 0o640


def prepared(journal: Journal, file: Path, old: str, new: str, number: int) -> Path:
    """What a process leaves that was killed around a rename: an entry that is only prepared."""
    write_texts(file, [])
    journal.entries()
    (journal.folder / "objects" / digest(old.encode())).write_text(old)
    entry = JournalEntry(
        id=number,
        state=EntryState.PREPARED,
        path=file,
        old_sha256=digest(old.encode()),
        new_sha256=digest(new.encode()),
        time=0,
    )
    place = journal.folder / "entries" / f"{number:08}.json"
    place.write_text(entry.model_dump_json())
    return place


def test_a_write_killed_before_the_rename_never_was(file: Path) -> None:
    place = prepared(Journal(), file, TEXTS[0], TEXTS[1], 1)
    assert Journal().entries() == []
    assert not place.exists()
    assert undo_refusal(file).exit_code is ExitCode.NOTHING_TO_UNDO


def test_a_write_killed_after_the_rename_can_be_undone(file: Path) -> None:
    file.write_text(TEXTS[1])
    prepared(Journal(), file, TEXTS[0], TEXTS[1], 1)
    assert [e.state for e in Journal().entries()] == [EntryState.DONE]
    Journal().undo_last(file)
    assert file.read_text() == TEXTS[0]


def test_a_write_of_unknown_fate_waits_until_the_file_tells(file: Path) -> None:
    prepared(Journal(), file, TEXTS[0], TEXTS[1], 1)
    file.write_text("-- edited after the kill\n")
    assert Journal().entries() == []
    assert write_texts(file, TEXTS[2:3])[0].id == 2
    file.write_text(TEXTS[1])
    assert [e.id for e in Journal().entries()] == [1, 2]


def test_damage_is_survived(file: Path) -> None:
    first, second = write_texts(file, TEXTS[1:3])
    folder = Journal().folder
    (folder / "entries" / f"{second.id:08}.json").write_text('{"id": 2, "sta')
    assert [e.id for e in Journal().entries()] == [first.id]
    (folder / "objects" / first.old_sha256).write_text("damaged")
    file.write_text(TEXTS[1])
    assert undo_refusal(file).exit_code is ExitCode.WRITE_FAILED
    assert file.read_text() == TEXTS[1]


def test_old_entries_are_dropped_by_count(file: Path) -> None:
    journal = Journal(max_entries=2)
    write_texts(file, TEXTS[1:5], journal)
    assert [e.id for e in journal.entries()] == [3, 4]
    assert {p.name for p in (journal.folder / "objects").iterdir()} == {digest(t.encode()) for t in TEXTS[2:4]}
    journal.undo_last(file)
    assert file.read_text() == TEXTS[3]


def test_old_entries_are_dropped_by_size(file: Path) -> None:
    journal = Journal(max_bytes=2 * len(TEXTS[0]))
    write_texts(file, TEXTS[1:5], journal)
    assert [e.id for e in journal.entries()] == [3, 4]
    write_texts(file, ["x" * 1000, "y"], journal)
    assert len(journal.entries()) == 1
    journal.undo_last(file)
    assert file.read_text() == "x" * 1000


def test_many_writers_of_one_file_lose_nothing(file: Path) -> None:
    """Of writers that start from the same text one wins, and the others are told."""
    snapshot = FileSnapshot.read(file)

    def attempt(text: str) -> bool:
        try:
            write(snapshot, text)
        except QedError as error:
            assert error.exit_code is ExitCode.CHANGED_ON_DISK
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        won = list(pool.map(attempt, TEXTS[1:]))
    assert won.count(True) == 1
    assert file.read_text() == TEXTS[1:][won.index(True)]
    assert len(Journal().entries()) == 1


def test_writers_of_different_files_do_not_mix(tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.lean" for n in range(5)]
    for path in files:
        path.write_text(TEXTS[0])
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(write_texts, files, [TEXTS[1:5]] * 5))
    entries = Journal().entries()
    assert [e.id for e in entries] == list(range(1, 21))
    for path in files:
        for _ in range(4):
            Journal().undo_last(path)
        assert path.read_text() == TEXTS[0]


def test_an_undo_is_carried_out_once(file: Path) -> None:
    """Two processes that chose the same write to take back: the second is refused."""
    journal = Journal()
    (entry,) = write_texts(file, [TEXTS[1]])
    change = Change(file, TEXTS[1].encode(), TEXTS[0].encode(), undoes=entry.id)
    journal.commit(change)
    file.write_text(TEXTS[1])
    with pytest.raises(QedError) as caught:
        journal.commit(change)
    assert caught.value.exit_code is ExitCode.CHANGED_ON_DISK
    assert file.read_text() == TEXTS[1]


# -- claims

HOLDER = """
import sys
from pathlib import Path
from tools.lean.claim import claim
with claim(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_file_is_claimed_by_one_process(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.lean"
    link.symlink_to(file)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(link)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(QedError) as caught, claim(file):
        pytest.fail("claimed twice")
    assert caught.value.exit_code is ExitCode.BUSY
    assert f"process {holder.pid}" in caught.value.message
    with claim(tmp_path / "B.lean"):
        pass
    holder.kill()
    holder.communicate()
    with claim(file):
        pass


def test_a_claim_ends_with_its_block(file: Path) -> None:
    with claim(file), pytest.raises(QedError), claim(file):
        pytest.fail("claimed twice")
    with pytest.raises(KeyError), claim(file):
        raise KeyError
    with claim(file):
        pass
