"""`qed prove` on a whole project, and its commits."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.agent.command import qed

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]

EASY = "theorem {name} : 1 + {number} = {number} + 1 := by\n  sorry\n"


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A Person", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with files that import nothing, one of them ignored by git, one that the person is editing."""
    root = tmp_path / "project"
    (root / "Sub").mkdir(parents=True)
    (root / ".gitignore").write_text("/Scratch.lean\n/state/\n/config/\n")
    for name, number in (("Sub/First", 1), ("Second", 2), ("Scratch", 3), ("Mine", 4)):
        (root / f"{name}.lean").write_text(EASY.format(name=name.rpartition("/")[2].lower(), number=number))
    (root / "Done.lean").write_text("theorem done : 1 = 1 := rfl\n")
    _git(root, "init", "--quiet", "--initial-branch=main")
    _git(root, "config", "user.name", "A Person")
    _git(root, "config", "user.email", "a@example.org")
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "-m", "Begin")
    with (root / "Mine.lean").open("a") as file:
        file.write("-- a thought of mine\n")
    return root


def test_every_hole_and_a_commit_for_each(project: Path) -> None:
    done = qed(project, "prove", ".", "--git", "--json")
    files = {Path(file["path"]).name: file for file in json.loads(done.out)["files"]}
    assert done.code == 0, done.err
    assert sorted(files) == ["First.lean", "Mine.lean", "Second.lean"]
    assert "sorry" in (project / "Scratch.lean").read_text()
    branch = _git(project, "branch", "--show-current").strip()
    assert branch.startswith("qed/") and branch in done.err
    subjects = _git(project, "log", "--format=%s", "main..").splitlines()
    assert sorted(subjects) == ["Prove first", "Prove second"]
    # What the person was at is proved, and theirs to commit.
    assert "sorry" not in (project / "Mine.lean").read_text()
    assert _git(project, "status", "--porcelain").split() == ["M", "Mine.lean"]
    assert "changes of yours" in done.err


def test_nothing_to_prove(project: Path) -> None:
    for name in ("Sub/First", "Second", "Mine"):
        (project / f"{name}.lean").unlink()
    done = qed(project, "prove", ".")
    assert done.code == 0
    assert "no file has a hole" in done.err


def test_no_repository_ends_it_before_any_work(tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(EASY.format(name="a", number=1))
    done = qed(tmp_path, "prove", "A.lean", "--git")
    assert done.code == 2
    assert "--git" in done.err and "Traceback" not in done.err
    assert "sorry" in file.read_text()


def test_commits_of_nothing_written(tmp_path: Path) -> None:
    done = qed(tmp_path, "prove", ".", "--git", "--dry-run")
    assert done.code == 2
    assert "--dry-run writes nothing" in done.err
