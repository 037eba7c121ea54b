"""A search on disk: what waits, what was reached, the tree so far. It can be printed, and gone on with another day.

The format is our own: one JSON object. States are kept with the tactics that lead to them, so that whoever opens the
search again needs an environment for the same hole and nothing else.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.environment.pool import SharingEnvironment
from tools.environment.protocol import Crashed
from tools.errors import ExitCode, QedError
from tools.lean.atomic import write_atomically
from tools.search.engine import ProofSearch
from tools.search.frontier import Waiting
from tools.search.generator import Candidate
from tools.search.tree import Edge, Node, Step, normal_form
from tools.search.watched import KeptRecord, NodeRecord, NodeStatus


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SavedNode(_Saved):
    """A state with the way to it: `steps` are tactic, number of goals before, number of goals after."""

    goals: tuple[str, ...]
    steps: tuple[tuple[str, int, int], ...]
    cost: float


class SavedCandidate(_Saved):
    """A tactic that waits to be tried, as `Candidate`."""

    tactic: str
    cost: float
    seconds: float
    origin: str
    closing: bool
    invertible: bool


class SavedWaiting(_Saved):
    """A state that waits to be visited, or a tactic that waits to be tried in one. `node` counts in `nodes`."""

    node: int
    candidate: SavedCandidate | None
    priority: float
    order: int


class SavedRecord(_Saved):
    """A state of the tree as it is shown, as `NodeRecord`; `way` are all tactics to it, `pending` is what it awaits."""

    way: tuple[str, ...]
    pending: int
    id: int
    parent: int | None
    tactic: str
    goals: int
    goal: str
    score: float
    depth: int
    status: NodeStatus


class SavedSearch(_Saved):
    """A search that can be gone on with.

    `file` and `declaration` name the hole, `goal` is what was to be proved. `tactics`, `states` and `seconds` have been
    spent. `reached` are the marks of the states that were reached.
    """

    qed_search: Literal[1] = 1
    file: str
    declaration: str
    hole: int
    goal: str
    policy: str
    tactics: int
    states: int
    seconds: float
    reached: tuple[str, ...]
    nodes: tuple[SavedNode, ...]
    waiting: tuple[SavedWaiting, ...]
    tree: tuple[SavedRecord, ...]

    def records(self) -> tuple[NodeRecord, ...]:
        """The tree as it is shown."""
        return tuple(_record(each) for each in self.tree)

    def write(self, path: Path) -> None:
        """Writes the search to a file, which is never seen half written. Raises `QedError`."""
        try:
            write_atomically(path, self.model_dump_json().encode())
        except OSError as error:
            raise QedError(
                f"cannot write {path}: {error.strerror or error}", exit_code=ExitCode.WRITE_FAILED
            ) from error

    @classmethod
    def read(cls, path: Path) -> "SavedSearch":
        """Reads a search from a file. Raises `QedError`."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            reason = error.strerror or error
            raise QedError(f"cannot read {path}: {reason}", exit_code=ExitCode.FILE_NOT_FOUND) from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise QedError(
                f"{path} is no search that qed saved: {where + ': ' if where else ''}{first['msg']}",
                hint="`qed search --save FILE` writes one.",
                exit_code=ExitCode.USAGE,
            ) from error


def _record(each: SavedRecord) -> NodeRecord:
    return NodeRecord(**each.model_dump(exclude={"way", "pending"}))


def saved(
    search: ProofSearch, *, file: str, declaration: str, hole: int, before: SavedSearch | None = None
) -> SavedSearch:
    """A search as it stands; it must not be running. `before` is the one that it went on with."""
    nodes: dict[int, int] = {}
    kept: list[SavedNode] = []
    waiting: list[SavedWaiting] = []
    for each in search.waiting():
        node = each.item.node if isinstance(each.item, Edge) else each.item
        if node.state.id not in nodes:
            nodes[node.state.id] = len(kept)
            steps = tuple((step.tactic, step.goals_before, step.goals_after) for step in node.steps)
            kept.append(SavedNode(goals=node.state.goals, steps=steps, cost=node.cost))
        candidate = _candidate(each.item.candidate) if isinstance(each.item, Edge) else None
        place = nodes[node.state.id]
        waiting.append(SavedWaiting(node=place, candidate=candidate, priority=each.priority, order=each.order))
    budget = search.budget
    return SavedSearch(
        file=file,
        declaration=declaration,
        hole=hole,
        goal=search.environment.initial_state.pp,
        policy=search.policy.name,
        tactics=budget.tactics + (before.tactics if before else 0),
        states=budget.nodes + (before.states if before else 0),
        seconds=budget.elapsed + (before.seconds if before else 0.0),
        reached=search.reached(),
        nodes=tuple(kept),
        waiting=tuple(waiting),
        tree=tuple(
            SavedRecord(**asdict(each.record), way=each.way, pending=each.pending) for each in search.watch.kept()
        ),
    )


def _candidate(candidate: Candidate) -> SavedCandidate:
    return SavedCandidate(
        tactic=candidate.tactic,
        cost=candidate.cost,
        seconds=candidate.seconds,
        origin=candidate.origin,
        closing=candidate.closing,
        invertible=candidate.invertible,
    )


async def take_up(search: ProofSearch, kept: SavedSearch, environment: SharingEnvironment) -> None:
    """Has a new search go on where a saved one stood; `environment` is the one below the search's own.

    Raises `QedError` when the hole asks for something else today.
    """
    goals = search.environment.initial_state.goals
    if normal_form(kept.goal) != normal_form("\n\n".join(goals)):
        raise QedError(
            f"{kept.declaration} in {kept.file} is not what the saved search was about: its goal was\n{kept.goal}",
            hint="Search anew.",
            exit_code=ExitCode.USAGE,
        )
    nodes: list[Node] = []
    for each in kept.nodes:
        steps = tuple(Step(*step) for step in each.steps)
        state = await environment.adopt([step.tactic for step in steps], each.goals)
        if isinstance(state, Crashed):
            raise QedError(f"Lean could not go back to a state of the search: {state.reason}")
        nodes.append(Node(state, steps, each.cost))
    search.take_up([_waiting(each, nodes) for each in kept.waiting], kept.reached)
    search.watch.restore([KeptRecord(_record(each), each.way, each.pending) for each in kept.tree])


def _waiting(each: SavedWaiting, nodes: Sequence[Node]) -> Waiting[Node | Edge]:
    node = nodes[each.node]
    item = node if each.candidate is None else Edge(node, Candidate(**dict(each.candidate)))
    return Waiting(each.priority, each.order, item)


def training_lines(records: Sequence[NodeRecord], theorem: str) -> list[str]:
    """The tree as LeanProgress' dataset reads it: a line of JSON a state, the root with the theorem's name."""
    return [_line(record, theorem) for record in records]


def _line(record: NodeRecord, theorem: str) -> str:
    row: dict[str, Any] = record.plain()
    if record.parent is None:
        row["theorem"] = theorem
    return json.dumps(row, ensure_ascii=False)
