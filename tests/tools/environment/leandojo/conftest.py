"""A git repository that LeanDojo has traced, and a `lake` that replays what its REPL says.

Real: git, the worker process, and the package's `LeanGitRepo`, `Theorem`, `TracedFile`, `Dojo`, with pexpect between
`Dojo` and a process. Not real: Lean, its `Lean4Repl.lean`, and the tracing; these two seams are `lake` on PATH and the
cache folder, which the package reads from `CACHE_DIR`.
"""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.tools.environment.leandojo.traced import ast_json
from tools.environment.guards import screen_tactic
from tools.environment.leandojo.environment import LeanDojoEnvironment
from tools.environment.leandojo.repository import TheoremAt

LEAN = """/-! Facts. -/

theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

namespace Deep

theorem ℕ_one : 1 = 1 := sorry

end Deep
"""
FIRST = "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
START = {"sid": 0, "tacticState": FIRST}
SPLIT = "2 goals\ncase left\np q : Prop\nhp : p\nhq : q\n⊢ p\n\ncase right\np q : Prop\nhp : p\nhq : q\n⊢ q"
_LAKE = Path(__file__).with_name("lake.py")


def answer(cmd: str, *say: Any, sid: int | None = None, **more: Any) -> dict[str, Any]:
    """An entry of a recording: what the `lake` of the tests does when it is sent `cmd` (a regular expression)."""
    return {"cmd": cmd, "say": list(say), **({} if sid is None else {"sid": sid}), **more}


def gone(pid: int) -> bool:
    """Whether a process has ended, be it that nobody has asked for its status yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@dataclass
class Traced:
    """A traced repository, and the recording that its `lake` replays."""

    root: Path
    cache: Path
    recording: Path
    log: Path
    commit: str = ""

    @property
    def file(self) -> Path:
        return self.root / "Facts.lean"

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@t")
        return subprocess.run(
            ["git", "-C", self.root, *who, *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit_all(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "facts")
        self.commit = self.git("rev-parse", "HEAD")

    @property
    def traced_root(self) -> Path:
        return self.cache / f"gitpython-{self.root.name}-{self.commit}" / self.root.name

    def trace(self, text: str = LEAN, **options: bool) -> None:
        """What LeanDojo's tracing leaves in its cache, as far as `Dojo` looks at it."""
        ir = self.traced_root / ".lake" / "build" / "ir"
        ir.mkdir(parents=True)
        (self.traced_root / "Lean4Repl.lean").write_text("-- never compiled here\n")
        (self.traced_root / "Facts.lean").write_text(text, encoding="utf-8")
        (ir / "Facts.ast.json").write_text(json.dumps(ast_json(text, **options)))
        (ir / "Facts.dep_paths").write_text("")

    def replay(self, *answers: dict[str, Any], start: Sequence[Any] = (START,), **more: Any) -> None:
        self.recording.write_text(json.dumps({"start": list(start), "answers": list(answers), **more}))

    def requests(self) -> list[tuple[int, str]]:
        """What was sent to the REPL so far: ids and tactics."""
        sent = (json.loads(line) for line in self.log_lines() if line.startswith("{"))
        return [(request["sid"], request["cmd"]) for request in sent]

    def starts(self) -> list[tuple[int, Path]]:
        """The Leans started so far: process ids, and the files that LeanDojo wrote for them."""
        found = (line.split(" ", 2) for line in self.log_lines() if line.startswith("lean "))
        return [(int(pid), Path(file)) for _, pid, file in found]

    def log_lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def leftovers(self) -> list[Path]:
        """The files that LeanDojo wrote beside the traced ones and did not remove."""
        return [path for path in self.traced_root.glob("Facts*.lean") if path.name != "Facts.lean"]

    @asynccontextmanager
    async def opened(self, theorem: str = "both", **options: float) -> AsyncGenerator[LeanDojoEnvironment]:
        at = TheoremAt(str(self.root), self.commit, "Facts.lean", theorem)
        environment = await LeanDojoEnvironment.open(at, screen=screen_tactic, **({"timeout": 60.0} | options))
        try:
            yield environment
        finally:
            await environment.close()


@pytest.fixture
def traced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Traced:
    """A repository with two theorems, traced, and a `lake` on PATH that says the start state and refuses all else."""
    root, folder = tmp_path / "facts", tmp_path / "bin"
    root.mkdir()
    folder.mkdir()
    made = Traced(root, tmp_path / "cache", tmp_path / "recording.json", tmp_path / "requests.log")
    lake = folder / "lake"
    lake.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{_LAKE}" "{made.recording}" "{made.log}" "$@"\n')
    lake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CACHE_DIR", str(made.cache))
    (root / "lean-toolchain").write_text("leanprover/lean4:v4.20.0\n")
    (root / "lakefile.toml").write_text('name = "facts"\n')
    made.file.write_text(LEAN, encoding="utf-8")
    made.git("init", "-q", ".")
    made.commit_all()
    made.trace()
    made.replay()
    return made
