"""Proofs as commits, in real repositories."""

import asyncio
import os
import re
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.prover.commits import ProofCommits
from tests.agent.prover.repository import Repository, somebody
from tools.lean.acceptance.receipt import Receipt, ToolchainNote
from tools.lean.writeback import digest

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody(monkeypatch)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with two files."""
    made = Repository.make(tmp_path / "work tree")
    made.add("A.lean", "B.lean")
    return made


def _receipt(path: Path, before: str, after: str) -> Receipt:
    return Receipt(
        time=datetime.now(UTC),
        file=path,
        declaration="t",
        statement_sha256="",
        proof_sha256="",
        file_sha256_before=digest(before.encode()),
        file_sha256_after=digest(after.encode()),
        toolchain=ToolchainNote(kind="lean", name="Lean", version="4"),
        axioms=(),
        axioms_how="#print axioms",
        screening="standard",
        checks=(),
        recheck="not asked",
        seconds=0,
    )


async def test_a_proof_is_committed_on_a_branch_of_its_own(repository: Repository) -> None:
    main = repository.git("rev-parse", "main")
    commits = await ProofCommits.begin(repository.top)
    assert re.fullmatch(r"qed/\d{8}-\d{6}", commits.branch)
    assert repository.branch() == commits.branch
    path = repository.write("A.lean", "proved\n")
    result = await commits.commit(path, "Prove t", "Found by: search\n# not a comment\n\n    ∀ x, 𝕜 ü")
    assert repository.git("rev-parse", "HEAD") == result.commit
    assert repository.committed(result.commit) == ["A.lean"]
    message = repository.git("log", "-1", "--format=%B").strip()
    assert message == "Prove t\n\nFound by: search\n# not a comment\n\n    ∀ x, 𝕜 ü"
    assert repository.git("rev-parse", "main") == main
    assert repository.status() == []


async def test_what_is_dirty_or_staged_stays_as_it_is(repository: Repository) -> None:
    repository.add("C.lean", "D.lean")
    repository.write("B.lean", "staged\n")
    repository.git("add", "B.lean")
    repository.write("B.lean", "staged and changed\n")
    repository.write("C.lean", "changed\n")
    repository.git("rm", "--quiet", "--cached", "D.lean")
    repository.write("New.lean", "untracked\n")
    before, staged = repository.status(), repository.git("ls-files", "--stage", "B.lean", "C.lean", "D.lean")
    commits = await ProofCommits.begin(repository.top)
    assert repository.status() == before
    result = await commits.commit(repository.write("A.lean", "proved\n"), "Prove t", "")
    assert repository.committed(result.commit) == ["A.lean"]
    assert repository.status() == before
    assert repository.git("ls-files", "--stage", "B.lean", "C.lean", "D.lean") == staged


async def test_a_file_with_changes_of_somebody_else_is_never_committed(repository: Repository) -> None:
    repository.add("C.lean", "D.lean")
    changed = repository.write("A.lean", "theirs\n")
    staged = repository.write("B.lean", "theirs\n")
    repository.git("add", "B.lean")
    hidden = repository.write("C.lean", "theirs\n")
    repository.git("update-index", "--assume-unchanged", "C.lean")
    untracked, ignored = repository.write("New.lean", ""), repository.write("Ignored.lean", "")
    repository.write(".git/info/exclude", "Ignored.lean\n")
    outside = repository.top.parent / "Outside.lean"
    head = repository.git("rev-parse", "HEAD")
    commits = await ProofCommits.begin(repository.top)
    assert commits.is_clean(repository.top / "D.lean")
    for path, why in (
        (changed, "changes of yours"),
        (staged, "changes of yours"),
        (hidden, "changes of yours"),
        (untracked, "does not track"),
        (ignored, "does not track"),
        (outside, "is not in"),
    ):
        assert not commits.is_clean(path)
        path.write_text("theirs\nproved\n")
        result = await commits.commit(path, "Prove t", "")
        assert result.commit is None
        assert why in result.refused
        assert path.read_text() == "theirs\nproved\n"
    assert repository.git("rev-parse", "HEAD") == head
    assert "A.lean" in commits.summary()


async def test_changes_during_the_run_are_told_from_proofs_by_their_receipts(repository: Repository) -> None:
    commits = await ProofCommits.begin(repository.top)
    theirs = repository.write("A.lean", "theirs\nproved\n")
    early = await commits.commit(theirs, "Prove t", "", _receipt(theirs, "theirs\n", "theirs\nproved\n"))
    assert "somebody else changed it" in early.refused
    path = repository.write("B.lean", "proved\ntheirs\n")
    late = await commits.commit(path, "Prove t", "", _receipt(path, "-- B.lean\n", "proved\n"))
    assert "changed again" in late.refused
    assert repository.git("rev-parse", "HEAD") == repository.git("rev-parse", "main")


async def test_a_proof_that_could_not_be_committed_comes_with_the_next_in_its_file(repository: Repository) -> None:
    repository.hook("pre-commit", "echo 'no, \033[1mnever\033[0m' >&2; exit 1")
    commits = await ProofCommits.begin(repository.top)
    path = repository.write("A.lean", "one\n")
    first = await commits.commit(path, "Prove one", "", _receipt(path, "-- A.lean\n", "one\n"))
    assert first.commit is None
    assert "no, " in first.refused
    assert path.read_text() == "one\n"
    assert repository.status() == [" M A.lean"]
    assert "not committed" in commits.summary()
    repository.hook("pre-commit", "exit 0")
    path.write_text("one\ntwo\n")
    second = await commits.commit(path, "Prove two", "", _receipt(path, "one\n", "one\ntwo\n"))
    assert repository.committed(second.commit) == ["A.lean"]
    path.write_text("one\ntwo\nthree\n")
    third = await commits.commit(path, "Prove three", "", _receipt(path, "one\ntwo\n", "one\ntwo\nthree\n"))
    assert repository.committed(third.commit) == ["A.lean"]
    assert "not committed" not in commits.summary()


async def test_receipts_know_the_file_as_it_is_in_the_work_tree(repository: Repository) -> None:
    repository.write(".gitattributes", "*.lean eol=crlf\n")
    (repository.top / "A.lean").write_bytes(b"theirs\r\n")
    repository.add(".gitattributes", "A.lean")
    commits = await ProofCommits.begin(repository.top)
    path = repository.top / "A.lean"
    path.write_bytes(b"proved\r\n")
    result = await commits.commit(path, "Prove t", "", _receipt(path, "theirs\r\n", "proved\r\n"))
    assert repository.committed(result.commit) == ["A.lean"]


async def test_hooks_run_and_what_they_leave_running_is_not_waited_for(repository: Repository) -> None:
    repository.hook("commit-msg", 'echo "Checked: yes" >> "$1"; sleep 600 & echo $! > background')
    commits = await ProofCommits.begin(repository.top)
    result = await commits.commit(repository.write("A.lean", "proved\n"), "Prove t", "Body")
    assert result.commit is not None
    assert "Checked: yes" in repository.git("log", "-1", "--format=%B")
    os.kill(int((repository.top / "background").read_text()), signal.SIGTERM)  # it is there


async def test_a_commit_that_is_interrupted_leaves_no_lock(repository: Repository) -> None:
    told = repository.top.parent / "told"
    os.mkfifo(told)
    repository.hook("pre-commit", f"echo $$ > '{told}'; exec sleep 600")
    commits = await ProofCommits.begin(repository.top)
    committing = asyncio.create_task(commits.commit(repository.write("A.lean", "proved\n"), "Prove t", ""))
    hook = int(await asyncio.to_thread(told.read_text))
    committing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await committing
    os.kill(hook, signal.SIGTERM)
    repository.hook("pre-commit", "exit 0")
    assert repository.status() == [" M A.lean"]
    result = await commits.commit(repository.top / "A.lean", "Prove t", "")
    assert repository.committed(result.commit) == ["A.lean"]


async def test_a_branch_that_the_person_left_is_not_committed_to(repository: Repository) -> None:
    commits = await ProofCommits.begin(repository.top)
    repository.git("switch", "--quiet", "main")
    result = await commits.commit(repository.write("A.lean", "proved\n"), "Prove t", "")
    assert result.commit is None
    assert "not checked out any more" in result.refused
    assert repository.git("rev-parse", "main") == repository.git("rev-parse", commits.branch)


async def test_nothing_changed(repository: Repository) -> None:
    commits = await ProofCommits.begin(repository.top)
    assert (await commits.commit(repository.top / "A.lean", "Prove t", "")).refused == "nothing has changed in it"


async def test_a_merge_that_began_during_the_run(repository: Repository) -> None:
    repository.git("switch", "--quiet", "-c", "other")
    repository.add("C.lean")
    repository.git("switch", "--quiet", "main")
    commits = await ProofCommits.begin(repository.top)
    repository.git("merge", "--quiet", "--no-commit", "--no-ff", "other")
    result = await commits.commit(repository.write("A.lean", "proved\n"), "Prove t", "")
    assert result.commit is None
    assert "merge" in result.refused


@pytest.mark.parametrize(
    "name", ["-rf.lean", "a b/ü 𝕜.lean", ":(top)A.lean", "*.lean", "new\nline.lean", '"quoted".lean', "[A].lean"]
)
async def test_any_name_of_a_file(repository: Repository, name: str) -> None:
    repository.add(name)
    commits = await ProofCommits.begin(repository.top)
    repository.write("A.lean", "not to be committed\n")
    path = repository.write(name, "proved\n")
    result = await commits.commit(path, "Prove t", "", _receipt(path, f"-- {name}\n", "proved\n"))
    assert repository.committed(result.commit) == [name]
    assert repository.status() == [" M A.lean"]


async def test_a_link_stands_for_the_file_behind_it(repository: Repository) -> None:
    (repository.top / "Link.lean").symlink_to("A.lean")
    (repository.top.parent / "elsewhere").symlink_to(repository.top)
    repository.add("Link.lean")
    commits = await ProofCommits.begin(repository.top.parent / "elsewhere")
    repository.write("A.lean", "proved\n")
    result = await commits.commit(repository.top.parent / "elsewhere/Link.lean", "Prove t", "")
    assert repository.committed(result.commit) == ["A.lean"]


async def test_a_project_below_the_top(repository: Repository) -> None:
    repository.add("project/src/C.lean")
    commits = await ProofCommits.begin(repository.top / "project")
    result = await commits.commit(repository.write("project/src/C.lean", "proved\n"), "Prove t", "")
    assert repository.committed(result.commit) == ["project/src/C.lean"]


async def test_a_linked_work_tree(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    side = Repository(tmp_path / "side")
    commits = await ProofCommits.begin(side.top)
    result = await commits.commit(side.write("A.lean", "proved\n"), "Prove t", "")
    assert side.committed(result.commit) == ["A.lean"]
    assert commits.came_from == "side"
    assert repository.branch() == "main"


async def test_a_submodule_is_a_repository_of_its_own(repository: Repository, tmp_path: Path) -> None:
    outer = Repository.make(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository.top), "sub")
    outer.git("commit", "--quiet", "-m", "Theirs")
    path = outer.write("sub/A.lean", "proved\n")
    from_outside = await ProofCommits.begin(outer.top)
    assert not from_outside.is_clean(path)
    assert (await from_outside.commit(path, "Prove t", "")).commit is None
    path.write_text("-- A.lean\n")
    commits = await ProofCommits.begin(outer.top / "sub")
    path.write_text("proved\n")
    result = await commits.commit(path, "Prove t", "")
    assert Repository(outer.top / "sub").committed(result.commit) == ["A.lean"]


async def test_a_run_goes_on_with_its_branch(repository: Repository) -> None:
    first = await ProofCommits.begin(repository.top, "proofs")
    assert (first.branch, first.came_from) == ("proofs", "main")
    again = await ProofCommits.begin(repository.top, "proofs")
    assert (again.branch, again.came_from) == ("proofs", None)
    assert repository.branch() == "proofs"


async def test_two_runs_within_a_second(repository: Repository) -> None:
    names: set[str] = set()
    for _ in range(3):
        names.add((await ProofCommits.begin(repository.top)).branch)
        repository.git("switch", "--quiet", "main")
    assert len(names) == 3


async def test_a_signing_program_that_fails_is_told(repository: Repository) -> None:
    repository.git("config", "commit.gpgSign", "true")
    repository.git("config", "gpg.program", "false")
    commits = await ProofCommits.begin(repository.top)
    result = await commits.commit(repository.write("A.lean", "proved\n"), "Prove t", "")
    assert result.commit is None
    assert "sign" in result.refused


async def test_the_summary_says_how_to_go_on(repository: Repository) -> None:
    commits = await ProofCommits.begin(repository.top, "qed/it's")
    assert "git switch main && git branch -d 'qed/it'\"'\"'s'" in commits.summary()
    await commits.commit(repository.write("A.lean", "proved\n"), "Prove t", "")
    assert commits.summary().splitlines()[0] == "1 commit on the branch qed/it's"
    assert "git switch main && git merge 'qed/it'" in commits.summary()


async def test_messages_are_utf8_whatever_the_persons_are(repository: Repository) -> None:
    repository.git("config", "i18n.commitEncoding", "ISO-8859-1")
    commits = await ProofCommits.begin(repository.top)
    result = await commits.commit(repository.write("A.lean", "proved\n"), "Prove ∀ü", "")
    assert result.commit is not None
    raw = repository.git("cat-file", "commit", result.commit)
    assert raw.endswith("\n\nProve ∀ü")
    assert "encoding" not in raw
