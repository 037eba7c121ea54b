"""What the proof pane shows, folded from events. No terminal here: the same events always give the same board."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from agent.conversation.events import (
    Event,
    ProofAccepted,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnFinished,
    TurnStarted,
    UsageUpdated,
    WriteUndone,
)
from agent.conversation.limits import TurnLimits
from agent.llm.chat import Usage
from agent.tui.proof_pane.hole_list import HoleList
from agent.tui.proof_pane.place import HoleState, Place
from agent.tui.proof_pane.search_view import SearchView
from agent.workbench.outline import FileOutline

LeanState = Literal["starting", "ready", "working", "failed", "stopped"]
Section = Literal["holes", "watch", "goal", "attempts", "search", "status"]
_KEPT_ATTEMPTS = 500
_KEPT_PLACES = 100
_KEPT_CALLS = 200
_SAYS_NOTHING = ("failed", "bad arguments", "not allowed")
"""Verdicts that are about Lean, the call or the person, and leave the hole as it was."""
_HOLE_TOOLS = ("try_tactics", "score_tactics", "search_proof", "write_proof")
_NOTHING: frozenset[Section] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that was tried at a hole, and the verdict in a word or two."""

    place: Place
    tactic: str
    verdict: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GoalsShown:
    """The goals in view. `before` is the state they are compared with; `about` says where they stand."""

    about: str
    goals: tuple[str, ...]
    before: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ElaborationShown:
    """How far Lean is in a file: the line it works on, from 1, and how many there are."""

    path: Path
    line: int
    lines: int


@dataclass
class _Call:
    """A tool call under way, and the trials that it has told already."""

    tool: str
    place: Place | None
    tactic: str = ""
    told: int = 0
    by_hand: bool = False


@dataclass
class ProofBoard:
    """All that the pane knows. `apply` says which sections have changed."""

    limits: TurnLimits = field(default_factory=TurnLimits)
    clock: Callable[[], float] = time.monotonic
    holes: HoleList = field(default_factory=HoleList)
    shown: GoalsShown | None = None
    attempts: deque[Attempt] = field(default_factory=lambda: deque[Attempt](maxlen=_KEPT_ATTEMPTS))
    attempts_made: int = 0
    search: SearchView | None = None
    elaboration: ElaborationShown | None = None
    lean: tuple[str, LeanState] | None = None
    turn: Usage = field(default_factory=Usage)
    session: Usage = field(default_factory=Usage)
    _began: float | None = None
    _turn_seconds: float = 0.0
    _goals: dict[Place, tuple[str, ...]] = field(default_factory=dict[Place, tuple[str, ...]])
    _calls: dict[str, _Call] = field(default_factory=dict[str, _Call])

    # -- what the app tells

    def restart(self) -> None:
        """Forgets all but Lean's state and the limits: another session is taken up."""
        self.holes.clear()
        self.shown = self.search = self.elaboration = self._began = None
        self.attempts.clear()
        self.attempts_made, self._turn_seconds = 0, 0.0
        self.turn, self.session = Usage(), Usage()
        self._goals.clear()
        self._calls.clear()

    def show_outline(self, files: Sequence[FileOutline]) -> None:
        """Takes the project's files as they are on the disk now."""
        self.holes.show(files)

    def show_goals(self, place: Place, goals: Sequence[str]) -> None:
        """Takes the goals at a hole; what was known of them before is what they are compared with."""
        before = self._goals.pop(place, ())
        self._goals[place] = tuple(goals)
        if len(self._goals) > _KEPT_PLACES:
            del self._goals[next(iter(self._goals))]
        self.shown = GoalsShown(self.name_of(place), tuple(goals), before, place)

    def lean_status(self, text: str, state: LeanState) -> None:
        """Takes the state that Lean is in; a Lean that works on nothing elaborates nothing."""
        self.lean = (text, state)
        if state != "working":
            self.elaboration = None

    # -- events

    def apply(self, event: Event) -> frozenset[Section]:
        """Takes one event, and gives the sections that look different now."""
        match event:
            case TurnStarted():
                self._began, self.turn = self.clock(), Usage()
                return frozenset({"status"})
            case ToolStarted():
                return self._started(event)
            case ToolProgress():
                return self._progress(event)
            case ToolFinished():
                return self._finished(event)
            case ProofAccepted():
                return self._accepted(event)
            case WriteUndone():
                self.holes.take_back(event.path, event.declarations)
                return frozenset({"holes"})
            case UsageUpdated():
                self.turn, self.session = event.turn, event.session
                return frozenset({"status"})
            case TurnFinished():
                return self._turn_finished(event)
            case _:
                return _NOTHING

    def _started(self, event: ToolStarted) -> frozenset[Section]:
        if event.tool not in _HOLE_TOOLS:
            return _NOTHING
        given = event.arguments
        place = self.holes.place_of(
            str(given.get("file", "")),
            str(given.get("declaration", "")),
            _whole(given.get("hole")),
            _whole(given.get("line")),
        )
        if len(self._calls) >= _KEPT_CALLS:
            del self._calls[next(iter(self._calls))]
        self._calls[event.call] = _Call(event.tool, place, str(given.get("proof", "")), by_hand=event.by == "person")
        if place is None:
            return _NOTHING
        self.holes.mark(place, HoleState.WORKING)
        return frozenset({"holes"})

    def _progress(self, event: ToolProgress) -> frozenset[Section]:
        data = event.data
        match data.get("kind"):
            case "search":
                return self._searching(event.call, _place(data), data)
            case "trial":
                call = self._calls.setdefault(event.call, _Call("try_tactics", _place(data)))
                call.told += 1
                return self._tried(_place(data), _mapping(data.get("trial")))
            case "elaboration":
                path, line = Path(str(data.get("path", ""))), _whole(data.get("line"))
                lines = _whole(data.get("lines"))
                self.elaboration = ElaborationShown(path, line, lines) if 0 < line < lines else None
                return frozenset({"status"})
            case _:
                return _NOTHING

    def _searching(self, call: str, place: Place, data: Mapping[str, Any]) -> frozenset[Section]:
        changed: set[Section] = {"search"}
        if self.search is None or not self.search.running or self.search.call != call:
            self.search = SearchView(place, call)
            self._calls.setdefault(call, _Call("search_proof", place)).place = place
            self.holes.mark(place, HoleState.WORKING)
            changed.add("holes")
        self.search.take(data)
        return frozenset(changed)

    def _tried(self, place: Place, trial: Mapping[str, Any]) -> frozenset[Section]:
        attempt = Attempt(place, str(trial.get("tactic", "")), str(trial.get("verdict", "")), _first(trial))
        self._add(attempt)
        goals = tuple(str(goal) for goal in trial.get("goals") or ())
        if attempt.verdict != "progress" or not goals:
            return frozenset({"attempts"})
        about = f"{self.name_of(place)} after {_one_line(attempt.tactic)}"
        self.shown = GoalsShown(about, goals, self._goals.get(place, ()), place)
        return frozenset({"attempts", "goal"})

    def _finished(self, event: ToolFinished) -> frozenset[Section]:
        call, data = self._calls.pop(event.call, None), event.data
        self.elaboration = None
        if event.tool == "goals":
            return self._looked(data)
        if event.tool not in _HOLE_TOOLS:
            return frozenset({"status"})
        place = _place(data) if "declaration" in data and "path" in data else (call.place if call else None)
        changed: set[Section] = {"holes", "status"}
        if place is None:
            return frozenset(changed)
        match event.tool:
            case "try_tactics" | "score_tactics":
                trials = [_mapping(trial) for trial in data.get("trials") or ()]
                for trial in trials[call.told if call else 0 :]:
                    changed |= self._tried(place, trial)
                led_on = any(trial.get("verdict") in ("closes", "progress") for trial in trials)
                asked = event.tool == "score_tactics"  # whoever asks for an opinion has not tried to prove anything
                self._leave(place, HoleState.OPEN if led_on or asked or not trials else HoleState.FAILED)
            case "search_proof":
                changed |= self._search_over(event, place)
            case _:
                changed |= self._written(event, place, call)
        return frozenset(changed)

    def _search_over(self, event: ToolFinished, place: Place) -> frozenset[Section]:
        data = event.data
        proof, refutation = str(data.get("proof", "")), str(data.get("refutation", ""))
        outcome = _search_outcome(event.verdict, proof, refutation)
        if self.search is not None and self.search.call == event.call:
            self.search.tactics = _whole(data.get("tactics")) or self.search.tactics
            self.search.states = _whole(data.get("states")) or self.search.states
            self.search.outcome = outcome
        self._add(Attempt(place, _one_line(proof) if proof else "proof search", outcome, refutation))
        # A proof that was found is not proved before it is written: the hole is still there.
        self._leave(place, HoleState.OPEN if proof or event.verdict in _SAYS_NOTHING else HoleState.FAILED)
        return frozenset({"attempts", "search"})

    def _written(self, event: ToolFinished, place: Place, call: _Call | None) -> frozenset[Section]:
        proof = _one_line(call.tactic if call else "") or "proof"
        if event.verdict == "ok":
            self._add(Attempt(place, proof, "accepted"))
            return frozenset({"attempts"})
        reasons = event.data.get("reasons") or [_one_line(event.text)]
        self._add(Attempt(place, proof, event.verdict, _one_line("; ".join(str(reason) for reason in reasons))))
        self._leave(place, HoleState.OPEN if event.verdict in _SAYS_NOTHING else HoleState.FAILED)
        return frozenset({"attempts"})

    def _looked(self, data: Mapping[str, Any]) -> frozenset[Section]:
        """The `goals` tool: at a hole its goals, else the last state it gave, compared with the one before."""
        states = [_mapping(state) for state in data.get("states") or ()]
        told = [(state, tuple(str(goal) for goal in state.get("goals") or ())) for state in states]
        if not told:
            return frozenset({"status"})
        # Behind a `sorry` nothing is left: what is wanted is the state before it.
        at = -1 if told[-1][1] else 0
        state, goals = told[at]
        path, line = str(data.get("path", "")), _whole(state.get("line"))
        hole = self.holes.place_of(path, "", 0, line) if line else None
        about = self.name_of(hole) if hole else f"{Path(path).name}, line {line} ({state.get('what')})"
        self.shown = GoalsShown(about, goals, told[0][1] if at and len(told) > 1 else (), hole)
        return frozenset({"goal", "status"})

    def _accepted(self, event: ProofAccepted) -> frozenset[Section]:
        place = next(
            (
                call.place
                for call in self._calls.values()
                if call.place is not None
                and (call.place.path, call.place.declaration) == (event.path, event.declaration)
            ),
            None,
        )
        self.holes.accept(event.path, event.declaration, place.number if place else None)
        # Numbers in the declaration have moved, so that what is remembered by number would mislead.
        self._goals = {
            at: goals
            for at, goals in self._goals.items()
            if (at.path, at.declaration) != (event.path, event.declaration)
        }
        if self.shown and self.shown.place and self.shown.place == place:
            self.shown = GoalsShown(f"{event.declaration}: proved", ())
        return frozenset({"holes", "goal"})

    def _turn_finished(self, event: TurnFinished) -> frozenset[Section]:
        self._began, self._turn_seconds, self.turn = None, event.seconds, event.usage
        cut_off = {name: call for name, call in self._calls.items() if not call.by_hand}
        for name, call in cut_off.items():
            if call.place is not None:
                self._leave(call.place, HoleState.OPEN)
            del self._calls[name]
        if self.search is not None and self.search.running and self.search.call in cut_off:
            self.search.outcome = "stopped"
        self.elaboration = None
        return frozenset({"holes", "search", "status"})

    def _leave(self, place: Place, state: HoleState) -> None:
        if self.holes.state(place) is HoleState.WORKING:
            self.holes.mark(place, state)

    def _add(self, attempt: Attempt) -> None:
        self.attempts.appendleft(attempt)
        self.attempts_made += 1

    # -- questions

    @property
    def turn_runs(self) -> bool:
        """Whether a turn is under way."""
        return self._began is not None

    @property
    def turn_seconds(self) -> float:
        """Seconds of the turn that runs, else of the last one."""
        return self._turn_seconds if self._began is None else self.clock() - self._began

    def name_of(self, place: Place) -> str:
        """A hole in a few words: its number only where its declaration has several."""
        file = self.holes.files.get(place.path)
        several = file is not None and sum(hole.declaration == place.declaration for hole in file.holes) > 1
        return f"{place.declaration}, hole {place.number}" if several else place.declaration


def _search_outcome(verdict: str, proof: str, refutation: str) -> str:
    if proof:
        return "proof found, not written"
    if refutation:
        return "false"
    words = {"timed out": "out of time", "Lean refused": "nothing left to try", "failed": "stopped"}
    return words.get(verdict, verdict)


def _place(data: Mapping[str, Any]) -> Place:
    return Place(Path(str(data.get("path", ""))), str(data.get("declaration", "")), _whole(data.get("hole")) or 1)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _first(trial: Mapping[str, Any]) -> str:
    """What to say of a trial beside its verdict: how many goals are left, or the first line of the complaint."""
    goals = trial.get("goals")
    if trial.get("verdict") == "progress" and goals:
        return f"{len(goals)} goal{'s' * (len(goals) != 1)} left"
    return next((line.strip() for line in str(trial.get("detail", "")).split("\n") if line.strip()), "")


def _one_line(text: str) -> str:
    first, *more = text.strip().split("\n")
    return f"{first.strip()} …" if more else first.strip()
