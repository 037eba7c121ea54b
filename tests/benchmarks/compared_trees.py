"""The two trees that are compared, and what a scenario runs in one of them."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.measured import Cost, measured
from tools.directories import cache_dir

REPOSITORY = Path(__file__).resolve().parents[2]
SCENARIOS = Path(__file__).parent / "scenarios"
_CODE_CACHE = "QED_CODE_CACHE"
"""`use` makes nothing in the background, where it would be measured along."""
STARTS = "QED_BENCHMARK_STARTS"
_KEPT_VARIABLES = ("QED_CACHE_DIR", _CODE_CACHE)
_PREPARE = """
from tools.lean.embedded.install import ensure_installed
installation = ensure_installed()
try:
    from tools.lean.embedded import code_cache
except ImportError:  # an older tree, which has none
    raise SystemExit
if code_cache.os.environ[code_cache.VARIABLE] != "off":
    print(code_cache.build(installation) or "", end="")
"""

OnTick = Callable[[float, str], None]
"""Told every now and then how long a command has run, in seconds, and what it said last."""


@dataclass(frozen=True)
class Tree:
    """A checkout. The embedded Lean is that of the user's cache, whose folder carries its version."""

    name: str
    root: Path

    def check(self) -> None:
        """Raises `RuntimeError` when Python imports something else than this tree."""
        code = "import agent, tools; print(agent.__file__); print(tools.__file__)"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=self.root, env=self._paths(), capture_output=True, text=True, check=True
        )
        for line in done.stdout.split():
            if not Path(line).is_relative_to(self.root):
                raise RuntimeError(f"{line} is imported in place of what is in {self.root}")

    def prepare(self) -> None:
        """Installs the embedded Lean where it is not, with all that this tree's keeps between runs."""
        subprocess.run([sys.executable, "-c", _PREPARE], cwd=self.root, env=self._paths(), check=True)

    def environment(self, folder: Path) -> dict[str, str]:
        """The variables of a run whose state and settings are its own, below a folder."""
        places = {"QED_STATE_DIR": str(folder / "state"), "QED_CONFIG_DIR": str(folder / "config"), "COLUMNS": "120"}
        return {**self._paths(), **places, STARTS: str(folder / "starts")}

    def _paths(self) -> dict[str, str]:
        dropped = [name for name in os.environ if name.startswith("QED_") and name not in _KEPT_VARIABLES]
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        return {_CODE_CACHE: "use", **kept, "PYTHONPATH": str(self.root)}


def tree_of(commit: str) -> Tree:
    """The tree of a commit, made in the cache where it is not there yet. Raises `RuntimeError`."""
    full = _git(REPOSITORY, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
    root = cache_dir() / "benchmarks" / full[:12]
    if not (root / ".git").exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        _git(REPOSITORY, "worktree", "add", "--force", "--detach", str(root), full)
        subprocess.run([sys.executable, "-m", "compileall", "-q", "agent", "tools"], cwd=root, check=False)
    if _git(root, "rev-parse", "HEAD") != full or _git(root, "status", "--porcelain", "--untracked-files=no"):
        raise RuntimeError(f"{root} is not as {commit} left it: `git worktree remove --force {root}` makes room")
    return Tree("before", root)


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stderr.strip() or 'no such commit'}")
    return done.stdout.strip()


@dataclass
class Run:
    """One run of a scenario: in which tree, in which folder of its own, and what it cost in all."""

    tree: Tree
    folder: Path
    on_tick: OnTick
    costs: list[Cost] = field(default_factory=list[Cost])

    def below(self, name: str) -> "Run":
        """The same in a folder below."""
        folder = self.folder / name
        folder.mkdir()
        return Run(self.tree, folder, self.on_tick, self.costs)

    def python(
        self,
        arguments: Sequence[str],
        *,
        timeout: float,
        cwd: Path | None = None,
        variables: Mapping[str, str] | None = None,
        memory: bool = False,
    ) -> Cost:
        """Runs Python in the tree. Raises `TimeoutError` and `RuntimeError`."""
        environment = {**self.tree.environment(self.folder), **(variables or {})}
        command = [sys.executable, *arguments]
        log = self.folder / "log"
        where = cwd or self.folder
        cost = measured(
            command, cwd=where, env=environment, log=log, timeout=timeout, memory=memory, on_tick=self.on_tick
        )
        self.costs.append(cost)
        return cost

    def qed(
        self,
        arguments: Sequence[str],
        *,
        timeout: float,
        cwd: Path | None = None,
        variables: Mapping[str, str] | None = None,
        memory: bool = False,
    ) -> tuple[Cost, Mapping[str, Any]]:
        """Runs `qed`, recorded (see `recorded_qed.py`). Raises `RuntimeError` where it printed no report."""
        result = self.folder / "result.json"
        recorded = [str(SCENARIOS / "recorded_qed.py"), str(result), *arguments]
        cost = self.python(recorded, timeout=timeout, cwd=cwd, variables=variables, memory=memory)
        seen: Mapping[str, Any] = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
        if seen.get("report") is None:
            raise RuntimeError(f"qed ended with {cost.exit} and no report: {self.last_words()}")
        return cost, seen

    def last_words(self) -> str:
        """The end of what it wrote."""
        with contextlib.suppress(OSError):
            return " ".join((self.folder / "log").read_text(encoding="utf-8", errors="replace").split()[-40:])
        return ""
