"""What git says about the file that is worked on: LeanDojo sees commits, never the work tree."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.errors import ExitCode, QedError
from tools.lean.commands import significant
from tools.lean.document import Declaration, Document, Hole
from tools.lean.tokens import tokenize

_PROVABLE = ("theorem", "lemma")
_OTHERWISE = "`--environment language-server`, or in the settings `[lean] environment`"
_COMMIT = f"Commit it, have LeanDojo trace the commit, or try tactics elsewhere ({_OTHERWISE})."


@dataclass(frozen=True, slots=True)
class TheoremAt:
    """A theorem as LeanDojo knows it.

    `repository` is a path or a URL, `commit` a hash or tag, `file` relative to the repository's root (with `/`).
    """

    repository: str
    commit: str
    file: str
    full_name: str


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """A file in a git checkout: the checkout's root, its HEAD, the path in it (with `/`), and the text at HEAD."""

    root: Path
    commit: str
    path: str
    text: str

    @classmethod
    def of(cls, file: Path) -> Self:
        """Asks git, and waits for it. Raises `QedError` where git, a repository, or the file in it is missing."""
        real = file.resolve()
        root = Path(_git(real.parent, "rev-parse", "--show-toplevel", otherwise=_NO_REPOSITORY).strip())
        commit = _git(root, "rev-parse", "HEAD", otherwise="this git repository has no commit yet").strip()
        path = real.relative_to(root.resolve()).as_posix()
        text = _git(root, "show", f"{commit}:{path}", otherwise=f"{path} is not in the last commit")
        return cls(root, commit, path, text)

    def theorem(self, document: Document, hole: Hole) -> TheoremAt:
        """The theorem whose proof a hole is. Raises `QedError` where LeanDojo cannot work on this hole.

        LeanDojo works on whole proofs of theorems, with the statement as it was committed.
        """
        declaration = document.declaration_of(hole)
        if (obstacle := _obstacle(document, declaration, hole)) is not None:
            raise QedError(
                f"LeanDojo cannot work on this hole: {obstacle}", hint=f"Try tactics elsewhere: {_OTHERWISE}."
            )
        committed = Document.parse(self.text)
        before = [each for each in committed.declarations if each.name == declaration.name]
        if not before:
            raise QedError(f"{declaration.name} is not in the last commit of {self.path}", hint=_COMMIT)
        if not any(_statement(committed, each) == _statement(document, declaration) for each in before):
            raise QedError(f"{declaration.name} is stated otherwise in the last commit of {self.path}", hint=_COMMIT)
        return TheoremAt(str(self.root), self.commit, self.path, declaration.name)

    def edited(self, document: Document) -> bool:
        """Whether the file has edits, other than in proofs of theorems, that LeanDojo does not see."""
        return _without_proofs(document) != _without_proofs(Document.parse(self.text))


def _statement(document: Document, declaration: Declaration) -> str:
    return document.text[declaration.signature.start : declaration.signature.end].strip()


def _without_proofs(document: Document) -> str:
    bodies = [each.body for each in document.declarations if each.kind in _PROVABLE and each.body is not None]
    parts: list[str] = []
    at = 0
    for body in bodies:
        parts.append(document.text[at : body.start])
        at = body.end
    return "\n".join(part.strip() for part in (*parts, document.text[at:]))


def _obstacle(document: Document, declaration: Declaration, hole: Hole) -> str | None:
    body = declaration.body
    if declaration.kind not in _PROVABLE:
        return f"it stands in a declaration by `{declaration.kind}`, and only theorems are traced"
    if document.header.is_prelude:
        return "the file is a prelude"
    if hole.in_statement or body is None:
        return "it is not a proof"
    above = [token.text for token in significant(tokenize(document.text[body.start : hole.span.start]))]
    below = significant(tokenize(document.text[hole.span.end : body.end]))
    if above[:1] != [":="]:
        return "the theorem has no `:=`"
    return "it is only a part of the theorem's proof" if below or above not in ([":="], [":=", "by"]) else None


_NO_REPOSITORY = "LeanDojo works on git repositories only, and this file is in none"


def _git(folder: Path, *arguments: str, otherwise: str) -> str:
    """What git prints; raises `QedError` with the text `otherwise` when it refuses."""
    try:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        raise missing("git") from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace")
    detail = done.stderr.decode("utf-8", "replace").strip().splitlines()
    raise QedError(f"{otherwise}{f' ({detail[-1]})' if detail else ''}", hint=_COMMIT, exit_code=ExitCode.USAGE)


def missing(program: str) -> QedError:
    """The error for a program that LeanDojo needs and that is not there."""
    return QedError(
        f"LeanDojo needs {program}, which is not on PATH",
        hint=f"Install elan (https://github.com/leanprover/elan) and git, or try tactics elsewhere ({_OTHERWISE}).",
        exit_code=ExitCode.TOOLCHAIN_NOT_FOUND,
    )
