"""Watching beside a workbench: the Lean workers of the machine are enough for both, or it is said that they are not."""

from pathlib import Path

import pytest

from agent.assistant import workspace_of
from agent.config.schema import Config
from agent.conversation.limits import TurnLimits
from agent.conversation.permissions import Mode
from agent.conversation.session import Session
from agent.watch.ears import WatchEars
from agent.watch.watcher import Watcher
from agent.wishes import Wishes
from agent.workbench.watching import watcher_beside
from tools.errors import QedError

EARS = WatchEars(lambda _key, _suggestion: None, lambda _note: None)


def _beside(root: Path, workers: int, jobs: int) -> tuple[int, Watcher]:
    """The workers of the workspace, and the watcher beside it."""
    config = Config.model_validate(
        {
            "lean": {"toolchain": "embedded", "max_workers": workers},
            "prove": {"jobs": jobs},
            "model": {"name": "openrouter/some/model"},
        }
    )
    wishes = Wishes(root, config, Session.create(root), TurnLimits(), Mode.ASK)
    workspace = workspace_of(wishes)
    return workspace.workers, watcher_beside(workspace, wishes, None, EARS)


@pytest.mark.parametrize("workers", [4, 5, 6, 8, 16])
@pytest.mark.parametrize("jobs", [1, 2, 20])
def test_both_fit_whoever_starts_first(tmp_path: Path, workers: int, jobs: int) -> None:
    taken, watcher = _beside(tmp_path, workers, jobs)
    at_work = watcher.options.prove.jobs
    assert 1 <= at_work <= jobs
    assert taken + at_work + 1 <= workers  # one more for the acceptance check


def test_no_model_is_asked(tmp_path: Path) -> None:
    _, watcher = _beside(tmp_path, 8, 1)
    assert watcher.options.prove.agents is None
    assert len(watcher.options.prove.ladder) == 1


@pytest.mark.parametrize("workers", [2, 3])
def test_no_room_is_said(tmp_path: Path, workers: int) -> None:
    with pytest.raises(QedError, match="no Lean worker left") as raised:
        _beside(tmp_path, workers, 1)
    assert "max_workers to 4" in raised.value.hint
