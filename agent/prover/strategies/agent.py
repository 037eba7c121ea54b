"""An agent: a conversation of its own with the model, about one hole, with the tools that look and try."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.conversation.events import ErrorHappened, Event, MessageFinished, Notice, ToolStarted, TurnEnd, TurnFinished
from agent.conversation.limits import TurnLimits
from agent.conversation.loop import Conversation
from agent.conversation.permissions import Gatekeeper, Mode
from agent.conversation.session import Session
from agent.llm.errors import ModelError, ModelErrorKind
from agent.one_line import one_line
from agent.prover.case import Case
from agent.prover.events import Working
from agent.prover.outcome import Found, Open, Outcome
from agent.prover.report import OpenReason
from agent.prover.strategy import Workshop
from tools.search.whole_proof import ProofTrial
from tools.toolbox.submit_proof import SubmitProofTool
from tools.toolbox.tool import Tool

_REPLIES = 40
_SHOWN_LENGTH = 100
_NOTHING = "- nothing"
_BUDGET = ModelError(ModelErrorKind.BUDGET, "").code
_SPENT = frozenset({TurnEnd.MAX_SECONDS, TurnEnd.MAX_TOKENS, TurnEnd.MAX_COST})


@dataclass(frozen=True)
class AgentTools:
    """What the agents at a file work with.

    `root` is the folder that the `tools` look at; they write nothing. `lean` are the words in which a model is told of
    Lean.
    """

    root: Path
    file: Path
    lean: str
    tools: Mapping[str, Tool[Any]]


@dataclass(frozen=True)
class AgentStrategy:
    """A conversation about a hole, of at most so many `replies` of the model. It ends well with `submit_proof`.

    It is had for the holes of the file alone: what its tools look at is the file on the disk.
    """

    tools: AgentTools
    replies: int = _REPLIES

    @property
    def name(self) -> str:
        """What people call it."""
        return "agent"

    @property
    def asks_model(self) -> bool:
        """Whether it needs a model."""
        return True

    async def attempt(self, case: Case, workshop: Workshop) -> Outcome:
        """Has the conversation, within the purse. What Lean refuses goes to the lessons."""
        if case.depth:
            return Open(OpenReason.EXHAUSTED, "not tried: agents work at the holes of the file itself")
        return await _Task(self, case, workshop).run()


@dataclass
class _Task:
    """The conversation about one case."""

    strategy: AgentStrategy
    case: Case
    workshop: Workshop
    _found: str | None = None
    _problem: ErrorHappened | None = None
    _end: TurnFinished | None = None
    _refused: list[str] = field(default_factory=list[str])

    async def run(self) -> Outcome:
        """The conversation, up to the proof or to its end."""
        async with self.workshop.at(self.case) as environment:
            state = environment.initial_state.pp
        conversation = self._conversation()
        async with contextlib.aclosing(conversation.act(self._prompt(state))) as events:
            async for event in events:
                self._note(event)
                if self._found is not None:
                    return Found((self._found,))
        return self._open()

    def _conversation(self) -> Conversation:
        kit, workshop = self.strategy.tools, self.workshop
        assert workshop.model is not None and workshop.prompts is not None  # only then is it on the ladder
        left = workshop.purse.seconds_left
        return Conversation(
            model=workshop.model,
            tools={**kit.tools, SubmitProofTool.name: self._submit_proof()},
            session=Session.unkept(kit.root),
            gatekeeper=Gatekeeper(Mode.READ_ONLY),
            prompts=workshop.prompts,
            system=workshop.prompts.render("system", root=str(kit.root), toolchain=kit.lean),
            # Tokens and money are the model's own affair: it is metered.
            limits=TurnLimits(self.strategy.replies, seconds=None if left == float("inf") else left),
        )

    def _submit_proof(self) -> SubmitProofTool:
        case, hole = self.case, self.case.hole
        place = {"path": str(self.strategy.tools.file), "declaration": hole.declaration, "hole": hole.index + 1}
        return SubmitProofTool(lambda: self.workshop.at(case), case.context, place, self._tried)

    def _prompt(self, state: str) -> str:
        kit, workshop, case = self.strategy.tools, self.workshop, self.case
        assert workshop.prompts is not None
        return workshop.prompts.render(
            "agent_task",
            file=_relative(kit.file, kit.root),
            declaration=case.hole.declaration,
            line=str(case.hole.line),
            state=state,
            hint=case.hint or "none",
            lessons=workshop.lessons.describe() or _NOTHING,
        )

    def _tried(self, trial: ProofTrial) -> None:
        self.workshop.effort.tactics += trial.tactics
        if trial.passes:
            self._found = trial.block
        else:
            self.workshop.lessons.learn("proof", trial.block, trial.told())

    def _note(self, event: Event) -> None:
        match event:
            case ToolStarted(tool=tool):
                self._show(f"the agent calls {tool}")
            case MessageFinished(text=text) if text.strip():
                self._show(f"the agent says: {text}")
            case Notice(text=text):
                self._show(text)
            case ErrorHappened():
                self._problem = event
            case TurnFinished():
                self._end = event
            case _:
                pass

    def _open(self) -> Open:
        if self._problem is not None:
            reason = OpenReason.BUDGET if self._problem.code == _BUDGET else OpenReason.MODEL
            return Open(reason, self._problem.message)
        assert self._end is not None  # the last event of every turn
        if self._end.reason in _SPENT:
            return Open(OpenReason.BUDGET, "not proved: out of time")
        if self._end.reason is TurnEnd.MAX_TURNS:
            return Open(OpenReason.EXHAUSTED, f"not proved after {self.strategy.replies} replies")
        said = one_line(self._end.text, _SHOWN_LENGTH)
        return Open(OpenReason.MODEL, f"the agent gave up: {said}" if said else "the agent gave up without a word")

    def _show(self, text: str) -> None:
        self.workshop.show(Working(self.case.number, one_line(text, _SHOWN_LENGTH)))


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
