"""Making the index: what is read again and what is not, what cannot be read, and who else is at it."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.premises.build import BuildInterruptedError, BuildReport, IndexBuilder
from tools.premises.index import PremiseIndex
from tools.premises.modules import LibraryRoots
from tools.premises.store import Store, store_path

BOTH = """
import sys
from pathlib import Path
from tools.premises.build import IndexBuilder
from tools.premises.modules import LibraryRoots

print("ready", flush=True)
sys.stdin.readline()
report = IndexBuilder(LibraryRoots((Path(sys.argv[1]),)), path=Path(sys.argv[2])).update(["Upper"])
print(report.read, [module.name for module in report.modules])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index.sqlite"


def _update(native: LibraryRoots, path: Path) -> BuildReport:
    return IndexBuilder(native, path=path).update(["Upper"])


def _names(report: BuildReport, path: Path) -> list[str]:
    index = PremiseIndex(path, report.modules)
    found = index.for_words("Same", 50)
    index.close()
    return sorted(premise.name for premise in found)


def test_only_what_has_changed_is_read_again(native: LibraryRoots, path: Path) -> None:
    first = _update(native, path)
    assert first.read == 2 and [module.name for module in first.modules] == ["Base", "Upper"]
    names = _names(first, path)
    assert "Same.symm" in names and "Same.trans" in names
    second = _update(native, path)
    assert second.read == 0 and second.modules == first.modules
    upper = native.folders[0] / "Upper.olean"
    os.utime(upper, ns=(1, 1))
    third = _update(native, path)
    assert third.read == 1 and third.modules[0] == first.modules[0] and third.modules[1] != first.modules[1]
    assert _names(third, path) == names


def test_a_module_whose_file_is_gone_or_cannot_be_read(native: LibraryRoots, path: Path) -> None:
    names = _names(_update(native, path), path)
    base = native.folders[0] / "Base.olean"
    data = base.read_bytes()
    base.write_bytes(data[:4000])
    damaged = _update(native, path)
    assert [name for name, _ in damaged.unreadable] == ["Base"] and damaged.read == 1
    assert "Same.symm" not in _names(damaged, path) and "Same.trans" in _names(damaged, path)
    assert _update(native, path).read == 0  # the damaged file has not changed since
    base.unlink()
    gone = _update(native, path)
    assert gone.missing == ("Base",) and [module.name for module in gone.modules] == ["Upper"]
    base.write_bytes(data)
    assert _names(_update(native, path), path) == names


@pytest.mark.parametrize("damage", ["text", "empty", "cut", "version"])
def test_a_damaged_index_is_made_again(native: LibraryRoots, path: Path, damage: str) -> None:
    names = _names(_update(native, path), path)
    data = path.read_bytes()
    if damage == "version":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 999")
        connection.close()
    else:
        path.write_bytes({"text": b"no index\n" * 999, "empty": b"", "cut": data[: len(data) // 2]}[damage])
    report = _update(native, path)
    assert report.read == 2 and _names(report, path) == names


def test_an_interrupted_build_goes_on_where_it_was(native: LibraryRoots, path: Path) -> None:
    stop = threading.Event()

    def stop_after_one(done: int, total: int) -> None:
        assert total == 2
        if done == 0:
            stop.set()  # the module at hand is still written

    with pytest.raises(BuildInterruptedError):
        IndexBuilder(native, path=path, stop=stop).update(["Upper"], stop_after_one)
    with Store.opened(path) as store:
        assert list(store.modules()) == ["Base"]
    assert _update(native, path).read == 1


def test_two_processes_at_once(native: LibraryRoots, path: Path) -> None:
    command = [sys.executable, "-c", BOTH, str(native.folders[0]), str(path)]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in processes]
    assert [error for _, error in said] == ["", "", ""]
    assert sorted(output.split(" ", 1)[0] for output, _ in said) == ["0", "0", "2"]
    assert {output.split(" ", 1)[1] for output, _ in said} == {"['Base', 'Upper']\n"}


def test_where_it_cannot_be_kept(native: LibraryRoots, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(QedError) as caught:
        _update(native, tmp_path / "file" / "index.sqlite")
    assert caught.value.exit_code is ExitCode.WRITE_FAILED and "QED_CACHE_DIR" in caught.value.hint


def test_each_set_of_folders_has_its_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QED_CACHE_DIR", str(tmp_path))
    one, two = store_path([Path("/a")]), store_path([Path("/a"), Path("/b")])
    assert one != two and one.parent == tmp_path / "premises" and store_path([Path("/a")]) == one
