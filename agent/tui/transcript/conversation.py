"""Events, turned into the blocks of a transcript. Pure: it draws nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from agent.conversation.events import (
    DiffProposed,
    ErrorHappened,
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    PermissionAnswered,
    PermissionAsked,
    ProofAccepted,
    ReasoningDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnFinished,
    TurnStarted,
    WriteUndone,
)
from agent.tui.transcript.block import Block
from agent.tui.transcript.proof import ProofBlock
from agent.tui.transcript.proposal import DiffBlock, ProposalBlock
from agent.tui.transcript.reasoning import ReasoningBlock
from agent.tui.transcript.reply import MarkdownBlock
from agent.tui.transcript.said import ErrorBlock, NoteBlock, PersonBlock, TurnEndBlock
from agent.tui.transcript.toolcall import ToolBlock

_VOID = ("retry", "fallback")
"""Notices after which what was streamed of the reply does not count."""


@dataclass
class Conversation:
    """The blocks so far. `clock` gives seconds; without `moving` nothing turns while tools run."""

    clock: Callable[[], float]
    moving: bool = True
    blocks: list[Block] = field(default_factory=list[Block])
    _places: dict[int, int] = field(default_factory=dict[int, int])
    _reply: MarkdownBlock | None = None
    _reasoning: ReasoningBlock | None = None
    _tools: dict[str, ToolBlock] = field(default_factory=dict[str, ToolBlock])
    _proposals: dict[str, ProposalBlock] = field(default_factory=dict[str, ProposalBlock])
    _changed: list[Block] = field(default_factory=list[Block])

    def apply(self, event: Event) -> list[Block]:
        """Takes an event in; gives the blocks that are new or changed."""
        self._changed = []
        match event:
            case MessageDelta() | ReasoningDelta() | MessageFinished():
                self._said(event)
            case ToolStarted() | ToolProgress() | ToolFinished():
                self._tool(event)
            case DiffProposed() | PermissionAsked() | PermissionAnswered():
                self._permission(event)
            case _:
                self._other(event)
        return self._changed

    def add(self, block: Block) -> Block:
        """Puts a block at the end."""
        self._places[id(block)] = len(self.blocks)
        self.blocks.append(block)
        self._changed.append(block)
        return block

    def place(self, block: Block) -> int:
        """Where a block stands."""
        return self._places[id(block)]

    def has(self, block: Block) -> bool:
        """Whether a block is one of these."""
        return id(block) in self._places

    def clear(self) -> None:
        """Forgets all."""
        for kept in (self.blocks, self._places, self._tools, self._proposals):
            kept.clear()
        self._reply = self._reasoning = None

    def _said(self, event: MessageDelta | ReasoningDelta | MessageFinished) -> None:
        match event:
            case ReasoningDelta(text=text):
                self._grown_reasoning().append(text)
            case MessageDelta(text=text):
                self._end_reasoning()
                self._grown_reply().append(text)
            case MessageFinished(text=text, reasoning=reasoning):
                if reasoning and self._reasoning is None:
                    self._grown_reasoning(None)
                self._end_reasoning(reasoning)
                if text.strip() or self._reply is not None:
                    self._grown_reply().replace(text if text.strip() else "")
                self._reply = self._reasoning = None

    def _grown_reasoning(self, began: float | None = -1.0) -> ReasoningBlock:
        if self._reasoning is None:
            self._reasoning = ReasoningBlock(self.clock, self.clock() if began == -1.0 else began)
            self.add(self._reasoning)
        else:
            self._changed.append(self._reasoning)
        return self._reasoning

    def _grown_reply(self) -> MarkdownBlock:
        if self._reply is None:
            self._reply = MarkdownBlock()
            self.add(self._reply)
        else:
            self._changed.append(self._reply)
        return self._reply

    def _end_reasoning(self, text: str = "") -> None:
        if self._reasoning is not None and (self._reasoning.running or text):
            self._reasoning.finish(text)
            self._changed.append(self._reasoning)

    def _tool(self, event: ToolStarted | ToolProgress | ToolFinished) -> None:
        if isinstance(event, ToolStarted):
            block = self._tools[event.call] = ToolBlock(event, self.clock, self.moving)
            self.add(block)
            return
        block = self._tools.get(event.call)
        if block is None:
            return
        if isinstance(event, ToolProgress):
            block.progress(event)
        else:
            block.finish(event)
        self._changed.append(block)

    def _permission(self, event: DiffProposed | PermissionAsked | PermissionAnswered) -> None:
        if isinstance(event, DiffProposed):
            proposal = self._proposals[event.call] = ProposalBlock(event)
            self.add(proposal)
            return
        block = self._proposals.get(event.call)
        if block is None:
            return
        if isinstance(event, PermissionAnswered):
            block.answered(event)
        else:
            block.asked()
        self._changed.append(block)

    def _other(self, event: Event) -> None:
        match event:
            case TurnStarted(prompt=prompt):
                self._end_turn()
                self.add(PersonBlock(prompt))
            case Notice(kind=kind, text=text):
                if kind in _VOID:
                    self._void()
                self.add(NoteBlock(text, "warning" if kind == "runaway" else "info", ""))
            case ProofAccepted():
                self.add(ProofBlock(event))
            case WriteUndone(path=path, declarations=names, diff=diff):
                self.add(DiffBlock(diff, f"Taken back: {path.name}" + (f" ({', '.join(names)})" if names else "")))
            case ErrorHappened(message=message, hint=hint):
                self.add(ErrorBlock(message, hint))
            case TurnFinished():
                self._end_turn()
                self.add(TurnEndBlock(event))
            case _:
                pass

    def _void(self) -> None:
        """Takes back what was streamed of the reply that is asked for again."""
        if self._reply is not None:
            self._reply.replace("")
            self._changed.append(self._reply)
        self._end_reasoning()
        self._reply = self._reasoning = None

    def _end_turn(self) -> None:
        """Nothing of a turn that is over is still at work."""
        self._end_reasoning()
        self._reply = self._reasoning = None
        ended = {call: block for call, block in self._tools.items() if not block.by_hand}
        for call, block in ended.items():
            if block.running:
                block.stop()
                self._changed.append(block)
            del self._tools[call]
            self._proposals.pop(call, None)
