"""Where no commits can be made, a person is told what to do before any work begins."""

import os
import shutil
from pathlib import Path

import pytest

from agent.prover.commits import ProofCommits
from tests.agent.prover.repository import Repository, somebody
from tools.errors import QedError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody(monkeypatch)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with a file, and a branch `other` in conflict with `main`."""
    made = Repository.make(tmp_path / "repository")
    made.add("A.lean")
    made.git("switch", "--quiet", "-c", "other")
    made.write("A.lean", "other\n")
    made.add("A.lean")
    made.git("switch", "--quiet", "main")
    made.write("A.lean", "main\n")
    made.add("A.lean")
    return made


async def _refused(root: Path, name: str | None = None) -> QedError:
    with pytest.raises(QedError) as caught:
        await ProofCommits.begin(root, name)
    assert caught.value.hint
    return caught.value


async def test_no_git(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    error = await _refused(repository.top)
    assert "git cannot be started" in error.message
    assert "git-scm.com" in error.hint


async def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    error = await _refused(tmp_path / "plain")
    assert "in no git repository" in error.message
    assert "git init" in error.hint


async def test_no_folder(tmp_path: Path) -> None:
    assert "No such file" in (await _refused(tmp_path / "nowhere")).message


async def test_a_bare_repository(tmp_path: Path) -> None:
    bare = Repository.make(tmp_path / "bare", "--bare")
    assert "is a bare repository" in (await _refused(bare.top)).message


async def test_the_folder_of_git_itself(repository: Repository) -> None:
    assert "inside the folder of git" in (await _refused(repository.top / ".git")).message


async def test_a_detached_head(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--detach", "main")
    error = await _refused(repository.top)
    assert "detached" in error.message
    assert "git switch" in error.hint


async def test_a_branch_without_a_commit(tmp_path: Path) -> None:
    empty = Repository.make(tmp_path / "empty")
    error = await _refused(empty.top)
    assert "main has no commit" in error.message


async def test_nobody(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("EMAIL", raising=False)
    repository.git("config", "user.useConfigOnly", "true")
    error = await _refused(repository.top)
    assert "who you are" in error.message
    assert "user.email" in error.hint
    repository.git("config", "user.name", "Some Body")
    repository.git("config", "user.email", "some@example.org")
    await ProofCommits.begin(repository.top)


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (("merge", "other"), "a merge"),
        (("rebase", "other"), "a rebase"),
        (("cherry-pick", "other"), "a cherry-pick"),
        (("revert", "--no-edit", "HEAD~1"), "a revert"),
    ],
)
async def test_something_is_under_way(repository: Repository, command: tuple[str, ...], what: str) -> None:
    if command[0] == "revert":
        repository.write("A.lean", "main, again\n")
        repository.add("A.lean")
    with pytest.raises(AssertionError):
        repository.git(*command)
    error = await _refused(repository.top)
    assert error.message.startswith(f"{what} is under way")
    assert "--abort" in error.hint


async def test_conflicts_that_nothing_under_way_explains(repository: Repository) -> None:
    repository.write("A.lean", "stashed\n")
    repository.git("stash", "--quiet")
    repository.write("A.lean", "again\n")
    repository.add("A.lean")
    with pytest.raises(AssertionError):
        repository.git("stash", "pop")
    assert (await _refused(repository.top)).message == "A.lean is in conflict"


@pytest.mark.parametrize("name", ["", "-x", "a b", "a..b", "a~1", "@{-1}", "x.lock", "/x"])
async def test_what_is_no_name_of_a_branch(repository: Repository, name: str) -> None:
    assert "cannot be the name" in (await _refused(repository.top, name)).message
    assert repository.branch() == "main"


async def test_a_branch_that_exists(repository: Repository) -> None:
    error = await _refused(repository.top, "other")
    assert "exists, and is not checked out" in error.message
    assert "git switch other" in error.hint


async def test_a_branch_in_the_way_of_the_name(repository: Repository) -> None:
    repository.git("branch", "qed")
    error = await _refused(repository.top)
    assert "cannot make the branch qed/" in error.message
    assert repository.branch() == "main"


async def test_a_hook_that_refuses_branches(repository: Repository) -> None:
    repository.hook("reference-transaction", "echo 'no branches here' >&2; exit 1")
    assert "no branches here" in (await _refused(repository.top)).message
    assert repository.branch() == "main"


async def test_a_hook_that_fails_after_the_switch_changes_nothing(repository: Repository) -> None:
    repository.hook("post-checkout", "exit 1")
    commits = await ProofCommits.begin(repository.top)
    assert repository.branch() == commits.branch
