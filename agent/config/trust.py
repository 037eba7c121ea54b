"""Which projects a person trusts. Settings name programs to run and servers to send to, and prompts steer the model:
those of a downloaded project count only after somebody has looked at them.

Trust is given to the files as they are: after a change they have to be trusted again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.config.project import FOLDER, ProjectFiles, read_project
from tools.directories import state_dir
from tools.errors import ExitCode, QedError
from tools.lean.atomic import write_atomically


class Trust(Enum):
    """What a person has said about the files of a project."""

    TRUSTED = "trusted"
    CHANGED = "changed since they were trusted"
    UNKNOWN = "not trusted"


class TrustedProject(BaseModel):
    """One decision: the folder, the digest of its files then, and when it was made (ISO 8601, UTC)."""

    model_config = ConfigDict(frozen=True)

    root: Path
    digest: str
    since: str


class _Decisions(BaseModel):
    projects: tuple[TrustedProject, ...] = ()


class TrustStore:
    """The decisions of this machine's user, in `trusted.json` of the state folder."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or state_dir() / "trusted.json"

    def status(self, files: ProjectFiles) -> Trust:
        """Whether the files of a project may be used as they are. Raises `QedError` when the store is damaged."""
        known = {project.root: project.digest for project in self.projects()}
        if files.root not in known:
            return Trust.UNKNOWN
        return Trust.TRUSTED if known[files.root] == files.digest else Trust.CHANGED

    def projects(self) -> Sequence[TrustedProject]:
        """All decisions, the newest last. Raises `QedError` when the store is damaged."""
        try:
            return _Decisions.model_validate_json(self._path.read_bytes()).projects
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            raise QedError(
                f"cannot read {self._path}, which says which projects are trusted",
                hint="Remove it and trust your projects again: `qed trust FOLDER`.",
                exit_code=ExitCode.CONFIG,
            ) from error

    def add(self, files: ProjectFiles) -> None:
        """Trusts the files of a project as they are. Raises `QedError`."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._change(files.root, TrustedProject(root=files.root, digest=files.digest, since=now))

    def remove(self, root: Path) -> bool:
        """Forgets a project; False when it was not known. Raises `QedError`."""
        return self._change(root, None)

    def _change(self, root: Path, decision: TrustedProject | None) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            before = self.projects()
            others = tuple(project for project in before if project.root != root)
            decisions = _Decisions(projects=others if decision is None else (*others, decision))
            write_atomically(self._path, decisions.model_dump_json(indent=2).encode())
        return len(others) < len(before)


def status_on_disk(project: TrustedProject) -> str:
    """How the files of a project that was trusted once stand now. Raises `QedError` when they cannot be read."""
    files = read_project(project.root)
    if files is None or files.root != project.root:
        return "gone"
    return (Trust.TRUSTED if files.digest == project.digest else Trust.CHANGED).value


def trusted_files(start: Path) -> tuple[ProjectFiles | None, str]:
    """The files of the project of `start` that may be used, and what to tell the person when they may not.

    Raises `QedError` when something cannot be read.
    """
    files = read_project(start)
    if files is None:
        return None, ""
    status = TrustStore().status(files)
    if status is Trust.TRUSTED:
        return files, ""
    names = ", ".join(sorted(files.contents))
    return None, (
        f"{files.root / FOLDER} is ignored ({names}: {status.value}); "
        f"look at it, then `qed trust {files.root}` to use it"
    )
