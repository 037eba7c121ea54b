"""A project with a scripted Lake, for tests of the native route."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from tests.tools.lean.batch.native_programs import STARTS, install, starts
from tools.lean.batch.native import BatchCommand, native_command
from tools.lean.toolchain import Toolchain, ToolchainKind

SECONDS = 120.0  # far more than any of this takes
Plan = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class NativeProject:
    """A project's root with a saved `A.lean`, a private folder, the log of starts, and the folder of `bin/lake`."""

    root: Path
    folder: Path
    log: Path
    programs: Path

    @classmethod
    def make(cls, place: Path, monkeypatch: pytest.MonkeyPatch) -> Self:
        project = cls(place / "a project", place / "private", place / "starts", place / "programs")
        project.root.mkdir()
        project.folder.mkdir(mode=0o700)
        (project.root / "lakefile.toml").touch()
        (project.root / "A.lean").write_text("-- what is saved")
        monkeypatch.setenv(STARTS, str(project.log))
        return project

    def toolchain(self, plan: Plan | None = None) -> Toolchain:
        return Toolchain(ToolchainKind.LAKE, self.root, str(install(self.programs, plan)))

    async def command(self, text: str, name: str = "A.lean", plan: Plan | None = None) -> BatchCommand:
        return await native_command(self.toolchain(plan), self.root / name, text, self.folder, timeout=SECONDS)

    @property
    def kinds(self) -> list[str]:
        """What was started, in order."""
        return [kind for kind, _, _ in starts(self.log)]


def says(setup: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer of a Lake that prints an object."""
    return {"stdout": json.dumps(setup) + "\n"}
