"""What was sent before, on disk and under the arrow keys."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agent.tui.composer.history import MOST_KEPT, History
from agent.tui.composer.walk import HistoryWalk

HERE, THERE = Path("/here"), Path("/there")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.jsonl"


def send(history: History, *texts: str) -> None:
    for text in texts:
        history.add(text)
        history.save(text)


def test_the_last_is_first_and_the_project_before_others(file: Path) -> None:
    send(History(file, HERE), "a", "b")
    send(History(file, THERE), "c")
    assert History(file, HERE).entries == ["b", "a", "c"]
    assert History(file, THERE).entries == ["c", "b", "a"]


def test_each_text_once_and_newlines_and_symbols_as_they_were(file: Path) -> None:
    send(History(file, HERE), "x", "two\nlines ∀ 𝕜", "x", "\ud800")
    entries = History(file, HERE).entries
    assert entries[1:] == ["x", "two\nlines ∀ 𝕜"] and len(entries) == 3
    assert file.read_bytes().count(b"\n") == 4


def test_only_the_person_may_read_it(file: Path) -> None:
    send(History(file, HERE), "secret")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_damage_is_passed_over(file: Path) -> None:
    file.parent.mkdir()
    good = json.dumps({"root": "/here", "text": "good"}).encode()
    file.write_bytes(b'\xff\xfe\n[1]\n{"text": 3}\n{"root": [], "text": "x"}\n\n' + good + b'\n{"root": "/here", "te')
    history = History(file, HERE)
    assert history.entries == ["good"]
    send(history, "new")
    assert History(file, HERE).entries == ["new", "good"]


def test_without_a_file_it_is_kept_for_the_run() -> None:
    history = History()
    send(history, "a", "a", "", "b")
    assert history.entries == ["b", "a"]


def test_a_file_that_cannot_be_read_is_an_empty_history(tmp_path: Path) -> None:
    assert History(tmp_path, HERE).entries == []
    with pytest.raises(OSError):
        History(tmp_path, HERE).save("x")


def test_a_thousand_are_kept(file: Path) -> None:
    history = History(file, HERE)
    history.save("first")
    with file.open("a") as out:
        out.writelines(json.dumps({"root": "/here", "text": str(number)}) + "\n" for number in range(2 * MOST_KEPT))
    assert len(History(file, HERE).entries) == MOST_KEPT
    history.save("last")
    assert len(file.read_bytes().splitlines()) == MOST_KEPT
    assert History(file, HERE).entries[:2] == ["last", str(2 * MOST_KEPT - 1)]
    assert [found.suffix for found in file.parent.iterdir() if found.suffix == ".tmp"] == []


def test_a_very_long_text_is_not_written(file: Path) -> None:
    history = History(file, HERE)
    send(history, "x" * 1_000_000)
    assert not file.exists() and history.entries == ["x" * 1_000_000]


_WRITER = """
import sys
from pathlib import Path
from agent.tui.composer.history import History
history = History(Path(sys.argv[1]), Path("/here"))
for number in range(60):
    history.save(f"{sys.argv[2]}-{number}")
"""


def test_several_at_once_lose_nothing(file: Path) -> None:
    """Also while the file is shortened: it has grown to just below the size at which that happens."""
    file.parent.mkdir()
    old = [json.dumps({"root": "/here", "text": f"old-{number}"}) for number in range(2 * MOST_KEPT - 50)]
    file.write_text("\n".join(old) + "\n")
    command = [sys.executable, "-c", _WRITER, str(file)]
    writers = [subprocess.Popen([*command, name]) for name in ("p", "q", "r")]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    entries = set(History(file, HERE).entries)
    assert {f"{name}-{number}" for name in "pqr" for number in range(60)} <= entries
    assert "old-0" not in entries


def test_walking_keeps_what_is_written_on_the_way() -> None:
    walk = HistoryWalk()
    assert walk.forward("draft") is None
    assert walk.back("draft", ["new", "old"]) == "new"
    assert walk.back("new, changed", ["not read again"]) == "old"
    assert walk.back("old", []) is None
    assert walk.forward("old") == "new, changed"
    assert walk.forward("new, changed") == "draft"
    assert walk.forward("draft") is None and not walk.walking


def test_a_new_message_begins_a_new_walk() -> None:
    walk = HistoryWalk()
    walk.back("draft", ["new"])
    walk.stop()
    assert walk.back("other", ["newer", "new"]) == "newer"
    assert walk.forward("newer") == "other"


def test_an_empty_history_leads_nowhere() -> None:
    walk = HistoryWalk()
    assert walk.back("draft", []) is None and not walk.walking
