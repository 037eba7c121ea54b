"""The state of a git repository, as far as it decides whether commits can be made in it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent.prover.git_process import GitAnswer, git
from tools.errors import ExitCode, QedError

_OTHERWISE = "or leave out --git"
# What stands in git's folder while something is under way, and how a person ends that.
_UNDER_WAY = {
    "MERGE_HEAD": ("a merge", "git commit, or git merge --abort"),
    "rebase-merge": ("a rebase", "git rebase --continue, or git rebase --abort"),
    "rebase-apply": ("a rebase, or patches being applied,", "git rebase --continue or --abort, or git am --abort"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --continue, or git cherry-pick --abort"),
    "REVERT_HEAD": ("a revert", "git revert --continue, or git revert --abort"),
}
_UNMERGED = frozenset({"DD", "AU", "UD", "UA", "DU", "AA", "UU"})


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A work tree in which commits can be made: its top folder, links followed, and the branch that it is on."""

    top: Path
    branch: str


async def work_tree(root: Path) -> WorkTree:
    """The work tree that holds a folder.

    Raises `QedError` with what to do where there is none, or commits of somebody else's cannot be made in it: no git,
    a bare repository, a merge or rebase half done, a detached HEAD, a branch without a commit, nobody's name to sign.
    """
    top = await _top(root)
    await _require_nothing_under_way(top)
    head = await git(top, "symbolic-ref", "--quiet", "--short", "HEAD")
    if not head.ok:
        raise _refusal(f"no branch is checked out in {top} (HEAD is detached)", "Check one out: git switch BRANCH")
    if not (await git(top, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")).ok:
        raise _refusal(f"the branch {head.line} has no commit yet", "Commit your files first: git add, git commit")
    for ident in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if not (await git(top, "var", ident)).ok:
            tell = 'git config user.name "Your Name", and git config user.email you@example.org'
            raise _refusal("git does not know who you are", f"Tell it: {tell}")
    return WorkTree(top, head.line)


async def current_branch(top: Path) -> str | None:
    """The branch that is checked out; None where HEAD is detached."""
    head = await git(top, "symbolic-ref", "--quiet", "--short", "HEAD")
    return head.line if head.ok else None


async def clean_files(top: Path) -> frozenset[str]:
    """The paths, from the top, of the files that git tracks and that are as they were committed, staged or not.

    Raises `QedError` where files are in conflict.
    """
    # `H`: tracked, and neither marked as not to be looked at nor left out of the work tree.
    listed = _require(await git(top, "ls-files", "-v", "-z"), top)
    tracked = {item[2:] for item in listed.items if item.startswith("H ")}
    arguments = ("status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames")
    changed = _require(await git(top, "--no-optional-locks", *arguments), top).items
    conflicts = sorted(item[3:] for item in changed if item[:2] in _UNMERGED)
    if conflicts:
        raise _refusal(f"{conflicts[0]} is in conflict", "Resolve the conflicts and commit")
    return frozenset(tracked.difference(item[3:] for item in changed))


async def _top(root: Path) -> Path:
    kind = _require(await git(root, "rev-parse", "--is-bare-repository", "--is-inside-work-tree"), root)
    is_bare, is_work_tree = kind.line.split()
    if is_work_tree != "true":
        what = "is a bare repository" if is_bare == "true" else "is inside the folder of git itself"
        raise _refusal(
            f"{root} {what}: there are no files to work on", "Go to a work tree: git clone, git worktree add"
        )
    top = Path(_require(await git(root, "rev-parse", "--show-toplevel"), root).line)
    return await asyncio.to_thread(top.resolve)


async def _require_nothing_under_way(top: Path) -> None:
    folder = Path(_require(await git(top, "rev-parse", "--absolute-git-dir"), top).line)
    for name, (what, end) in _UNDER_WAY.items():
        if (folder / name).exists():
            raise _refusal(f"{what} is under way in {top}", f"Finish it first: {end}")


def _require(answer: GitAnswer, folder: Path) -> GitAnswer:
    """Raises `QedError` with git's own words when it refuses to look at a folder."""
    if answer.ok:
        return answer
    if "not a git repository" in answer.last_words:
        raise _refusal(f"{folder} is in no git repository", "Make one: git init, git add, git commit")
    raise _refusal(f"git refuses to work in {folder}: {answer.last_words}", "Do what it says")


def _refusal(message: str, hint: str) -> QedError:
    return QedError(message, hint=f"{hint}, {_OTHERWISE}.", exit_code=ExitCode.USAGE)
