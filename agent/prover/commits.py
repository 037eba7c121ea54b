"""Proofs as commits: a branch of qed's own, and on it one commit for each proof that was written.

Nothing is pushed, stashed or configured, hooks run, and commits are signed as git is configured. A file that had
changes of somebody else's in it is never committed: its proof stays in the file.
"""

import asyncio
import shlex
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from agent.prover.commit_message import CommitMessage
from agent.prover.git_process import git
from agent.prover.git_state import clean_files, current_branch, work_tree
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.receipt import Receipt
from tools.lean.writeback import digest


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What became of a commit: its hash, in hexadecimal; or None, and in `refused` why there is none."""

    commit: str | None
    refused: str = ""


@dataclass
class ProofCommits:
    """The commits of one run. Made by `begin`.

    `top` is the top folder of the work tree, `branch` the one that is committed to, `came_from` the one that was
    checked out before (None where the run goes on with a branch that was).
    """

    top: Path
    branch: str
    came_from: str | None
    _clean: frozenset[str]
    _commits: list[str] = field(default_factory=list[str])
    # The files with proofs that are not committed.
    _left: dict[Path, None] = field(default_factory=dict[Path, None])
    # What a file was when qed wrote it last, where all that changed since its last commit is qed's.
    _ours: dict[str, str] = field(default_factory=dict[str, str])
    _committing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def begin(cls, root: Path, name: str | None = None) -> "ProofCommits":
        """Makes a branch and switches to it; no file changes, and what is staged stays so.

        `name` is that of the branch, by default `qed/` and the time; where it is checked out already, the run goes on
        with it. Raises `QedError`, before anything was done, where no commits can be made in this folder.
        """
        tree = await work_tree(root)
        clean = await clean_files(tree.top)
        if name == tree.branch:
            return cls(tree.top, tree.branch, None, clean)
        branch = name if name is not None else await _free_name(tree.top, datetime.now())
        await _switch(tree.top, branch)
        return cls(tree.top, branch, tree.branch, clean)

    def is_clean(self, path: Path) -> bool:
        """Whether a file was as it was committed when the run began. Only such files are committed."""
        real = path.resolve()
        return real.is_relative_to(self.top) and real.relative_to(self.top).as_posix() in self._clean

    async def commit(self, path: Path, subject: str, body: str, receipt: Receipt | None = None) -> CommitResult:
        """Commits this one file as it is, whatever else is changed or staged, which stays as it is.

        The receipt of the proof tells what the file was and became: with it, changes that somebody else made to the
        file during the run are noticed, and not committed. Never raises for what git or a hook refuses: the answer
        says so, and the proof stays in the file.
        """
        async with self._committing:
            try:
                refused = await self._refusal(path, receipt)
                result = CommitResult(None, refused) if refused else await self._commit(path, subject, body)
            except QedError as error:  # git itself is gone
                result = CommitResult(None, error.message)
            if result.commit is None:
                self._left[path] = None
            else:
                self._left.pop(path, None)
                self._commits.append(result.commit)
            return result

    def summary(self) -> str:
        """What was committed, what was not, and how to go on: lines for a person."""
        branch, back = shlex.quote(self.branch), shlex.quote(self.came_from or "")
        number = len(self._commits)
        lines = [f"{number} commit{'' if number == 1 else 's'} on the branch {self.branch}"]
        lines += [f"not committed, in the file only: {path}" for path in self._left]
        if self.came_from is None:
            return "\n".join(lines)
        if number:
            lines += [
                f"to see them: git log -p {back}..{branch}",
                f"to keep them: git switch {back} && git merge {branch}",
            ]
            return "\n".join([*lines, f"to go back without them: git switch {back}"])
        return "\n".join([*lines, f"to go back: git switch {back} && git branch -d {branch}"])

    async def _refusal(self, path: Path, receipt: Receipt | None) -> str:
        """Why a file must not be committed; empty where it may be."""
        if not self.is_clean(path):
            return await self._why_not_clean(path)
        name = self._name(path)
        if await current_branch(self.top) != self.branch:
            return f"the branch {self.branch} is not checked out any more"
        if receipt is not None and (foreign := await self._foreign(path, name, receipt)):
            return foreign
        changed = await git(self.top, "--no-optional-locks", "status", "--porcelain", "-z", "--", _only(name))
        return "" if changed.out or not changed.ok else "nothing has changed in it"

    async def _why_not_clean(self, path: Path) -> str:
        real = await asyncio.to_thread(path.resolve)
        if not real.is_relative_to(self.top):
            return f"it is not in {self.top}"
        tracked = await git(self.top, "ls-files", "--error-unmatch", "--", _only(self._name(path)))
        return "it had changes of yours before the run began" if tracked.ok else "git does not track it"

    async def _foreign(self, path: Path, name: str, receipt: Receipt) -> str:
        """Whether somebody else has changed the file: before the proof was written, or after it."""
        committed = await git(self.top, "cat-file", "--filters", f"HEAD:{name}")
        if receipt.file_sha256_before not in (digest(committed.out), self._ours.get(name)):
            return "somebody else changed it during the run"
        # Should this commit fail, the next proof in the file brings this one along.
        self._ours[name] = receipt.file_sha256_after
        try:
            now = digest(await asyncio.to_thread(path.read_bytes))
        except OSError as error:
            return f"it cannot be read: {error.strerror or error}"
        return "" if now == receipt.file_sha256_after else "it has changed again since the proof was written"

    async def _commit(self, path: Path, subject: str, body: str) -> CommitResult:
        # The message is UTF-8, whatever encoding the person's own messages have; `whitespace` keeps lines with `#`.
        options = ("--quiet", "--cleanup=whitespace", "--file=-", "--only", "--", _only(self._name(path)))
        message = CommitMessage(subject, body).text.encode("utf-8", "replace")
        done = await git(self.top, "-c", "i18n.commitEncoding=UTF-8", "commit", *options, stdin=message)
        if not done.ok:
            return CommitResult(None, f"git did not commit it: {done.last_words}")
        return CommitResult((await git(self.top, "rev-parse", "HEAD")).line)

    def _name(self, path: Path) -> str:
        return path.resolve().relative_to(self.top).as_posix()


def _only(name: str) -> str:
    """The pathspec for one file from the top, whatever characters its name has."""
    return f":(top,literal){name}"


async def _switch(top: Path, branch: str) -> None:
    """Makes a branch here and switches to it. Raises `QedError`."""
    another = "Name another branch"
    if branch.startswith("-") or not (await git(top, "check-ref-format", f"refs/heads/{branch}")).ok:
        raise QedError(f"{branch!r} cannot be the name of a branch", hint=f"{another}.", exit_code=ExitCode.USAGE)
    if await _exists(top, branch):
        hint = f"Go on with it (git switch {shlex.quote(branch)}), or name another."
        raise QedError(f"the branch {branch} exists, and is not checked out", hint=hint, exit_code=ExitCode.USAGE)
    made = await git(top, "switch", "--quiet", "-c", branch)
    # A hook that fails after the switch is reported as a failure too, and undoes nothing.
    if await current_branch(top) != branch:
        message = f"git cannot make the branch {branch}: {made.last_words}"
        raise QedError(message, hint=f"{another}, or leave out --git.", exit_code=ExitCode.USAGE)


async def _free_name(top: Path, now: datetime) -> str:
    name = f"qed/{now:%Y%m%d-%H%M%S}"
    taken = 1
    while await _exists(top, name if taken == 1 else f"{name}-{taken}"):
        taken += 1
    return name if taken == 1 else f"{name}-{taken}"


async def _exists(top: Path, branch: str) -> bool:
    return (await git(top, "show-ref", "--verify", "--quiet", f"refs/heads/{branch}")).ok
