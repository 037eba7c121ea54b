"""A git repository for a test."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree, on the branch `main`."""

    top: Path

    @classmethod
    def make(cls, top: Path, *arguments: str) -> "Repository":
        """An empty repository."""
        top.mkdir(parents=True, exist_ok=True)
        made = cls(top)
        made.git("init", "--quiet", "--initial-branch=main", *arguments)
        return made

    def git(self, *arguments: str) -> str:
        """What git says. Fails the test when git refuses."""
        done = subprocess.run(["git", *arguments], cwd=self.top, check=False, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return os.fsdecode(done.stdout).removesuffix("\n")

    def write(self, name: str, text: str) -> Path:
        """Writes a file."""
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def add(self, *names: str) -> None:
        """Commits files, made if need be."""
        for name in names:
            if not (self.top / name).exists():
                self.write(name, f"-- {name}\n")
        self.git("--literal-pathspecs", "add", "--", *names)
        self.git("commit", "--quiet", "-m", "Theirs")

    def hook(self, name: str, script: str) -> None:
        """Installs a hook."""
        folder = Path(self.git("rev-parse", "--absolute-git-dir")) / "hooks"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    def branch(self) -> str:
        """The branch that is checked out."""
        return self.git("symbolic-ref", "--short", "HEAD")

    def status(self) -> list[str]:
        """What is changed, staged and untracked."""
        return [item for item in self.git("status", "--porcelain", "-z").split("\0") if item]

    def committed(self, commit: str | None) -> list[str]:
        """The files of a commit."""
        assert commit is not None
        names = self.git("diff-tree", "--no-commit-id", "--name-only", "-r", "-z", commit)
        return [name for name in names.split("\0") if name]


def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """git works for somebody, whatever is configured on this machine."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Some Body")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "some@example.org")
