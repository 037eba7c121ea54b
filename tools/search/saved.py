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
from tools.search.payoff import Account
from tools.search.tree import Edge, Node, Step, normal_form
from tools.search.watched import KeptRecord, NodeRecord


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SavedNode(_Saved):
    """A state with the way to it."""

    goals: tuple[str, ...]
    steps: tuple[Step, ...]
    cost: float
    log_probability: float
    sampled: int
    steps_remaining: float | None


class SavedCandidate(_Saved):
    """A tactic that waits to be tried: a `Candidate` of which no field may be missing."""

    tactic: str
    cost: float
    seconds: float
    origin: str
    closing: bool
    invertible: bool
    log_probability: float | None


class SavedWaiting(_Saved):
    """A state that waits to be visited, or a tactic that waits to be tried in one. `node` counts in `nodes`."""

    node: int
    candidate: SavedCandidate | None
    steps_remaining: float | None
    priority: float
    order: int


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
    payoff: dict[str, Account]
    nodes: tuple[SavedNode, ...]
    waiting: tuple[SavedWaiting, ...]
    tree: tuple[KeptRecord, ...]

    def records(self) -> tuple[NodeRecord, ...]:
        """The tree as it is shown."""
        return tuple(each.record for each in self.tree)

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
            kept.append(_saved_node(node))
        waiting.append(_saved_waiting(each, nodes[node.state.id]))
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
        payoff=search.payoff.accounts,
        nodes=tuple(kept),
        waiting=tuple(waiting),
        tree=tuple(search.watch.kept()),
    )


def _saved_node(node: Node) -> SavedNode:
    return SavedNode(
        goals=node.state.goals,
        steps=node.steps,
        cost=node.cost,
        log_probability=node.log_probability,
        sampled=node.sampled,
        steps_remaining=node.steps_remaining,
    )


def _saved_waiting(each: Waiting[Node | Edge], place: int) -> SavedWaiting:
    edge = each.item if isinstance(each.item, Edge) else None
    return SavedWaiting(
        node=place,
        candidate=SavedCandidate(**asdict(edge.candidate)) if edge else None,
        steps_remaining=edge.steps_remaining if edge else None,
        priority=each.priority,
        order=each.order,
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
        state = await environment.adopt([step.tactic for step in each.steps], each.goals)
        if isinstance(state, Crashed):
            raise QedError(f"Lean could not go back to a state of the search: {state.reason}")
        nodes.append(Node(state, each.steps, each.cost, each.log_probability, each.sampled, each.steps_remaining))
    search.take_up([_waiting(each, nodes) for each in kept.waiting], kept.reached)
    search.payoff.restore(kept.payoff)
    search.watch.restore(kept.tree)


def _waiting(each: SavedWaiting, nodes: Sequence[Node]) -> Waiting[Node | Edge]:
    node = nodes[each.node]
    if each.candidate is None:
        return Waiting(each.priority, each.order, node)
    return Waiting(each.priority, each.order, Edge(node, Candidate(**dict(each.candidate)), each.steps_remaining))


def training_lines(tree: Sequence[KeptRecord], theorem: str) -> list[str]:
    """The tree as LeanProgress' dataset reads it: a line of JSON a state, the root with the theorem's name."""
    return [_line(each, theorem) for each in tree]


def _line(kept: KeptRecord, theorem: str) -> str:
    row: dict[str, Any] = {**kept.record.plain(), "others": kept.others}
    if kept.record.parent is None:
        row["theorem"] = theorem
    return json.dumps(row, ensure_ascii=False)
