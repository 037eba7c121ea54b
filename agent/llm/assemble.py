"""Makes a reply out of its chunks: answer and reasoning apart, calls from fragments, endless text cut off."""

from dataclasses import dataclass, field

from agent.llm.chat import FinishReason, LogProbability, Message, ReasoningDelta, TextDelta, ToolCall, Usage
from agent.llm.chunks import CallFragment, Chunk
from agent.llm.likelihood import Token, of_answer
from agent.llm.reasoning import Piece, ThinkSplitter
from agent.llm.runaway import RunawayWatch
from agent.llm.text_tools import BlockFilter, new_call_id, parse

Delta = TextDelta | ReasoningDelta

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English; Lean's text has more tokens."""
_MOST_CHARACTERS_PER_TOKEN = 8
"""A model that has written more than this per allowed token does not keep to the limit that it was given."""

_FINISH = {"length": FinishReason.LENGTH, "max_tokens": FinishReason.LENGTH}


@dataclass
class _CallInMaking:
    id: str = ""
    name: str = ""
    arguments: RunawayWatch = field(default_factory=RunawayWatch)


@dataclass
class Assembler:
    """Feed it the chunks of one reply in order; stop when `over` is set.

    `most_tokens` is the limit after which a reply is cut off even if the provider goes on; `text_tools` says that
    calls are written as blocks in the text.
    """

    most_tokens: int
    text_tools: bool = False
    over: FinishReason | None = None
    """Set when the reply has to be cut off: it repeats itself, or it is too long."""
    finish: str | None = None
    usage: Usage | None = None
    _splitter: ThinkSplitter = field(default_factory=ThinkSplitter)
    _blocks: BlockFilter = field(default_factory=BlockFilter)
    _text: RunawayWatch = field(default_factory=RunawayWatch)
    _reasoning: RunawayWatch = field(default_factory=RunawayWatch)
    _calls: list[_CallInMaking] = field(default_factory=list["_CallInMaking"])
    _open: dict[int, _CallInMaking] = field(default_factory=dict[int, "_CallInMaking"])
    _tokens: list[Token] = field(default_factory=list[Token])
    _answer_from: int = 0
    _characters: int = 0

    def feed(self, chunk: Chunk) -> list[Delta]:
        """What there is to show of a chunk."""
        self.finish = chunk.finish or self.finish
        self.usage = chunk.usage or self.usage
        self._tokens.extend(chunk.tokens)
        deltas = self._take([Piece(chunk.reasoning, reasoning=True)] if chunk.reasoning else [])
        pieces = self._splitter.feed(chunk.text) if chunk.text else []
        deltas += self._take(pieces)
        for fragment in chunk.calls:
            self._take_fragment(fragment)
        if self._characters > self.most_tokens * _MOST_CHARACTERS_PER_TOKEN:
            self.over = self.over or FinishReason.LENGTH
        return deltas

    def end(self) -> list[Delta]:
        """What was held back and can be shown now that the reply is complete."""
        deltas = self._take(self._splitter.end())
        rest = self._blocks.end() if self.text_tools else ""
        return [*deltas, TextDelta(text=rest)] if rest else deltas

    @property
    def characters(self) -> int:
        """How much the model has written, reasoning and arguments included."""
        return self._characters

    def message(self) -> Message:
        """The reply as a message."""
        before, text = self._text.text[: self._answer_from], self._text.text[self._answer_from :]
        calls = tuple(
            ToolCall(id=call.id or new_call_id(), name=call.name, arguments=call.arguments.text) for call in self._calls
        )
        if self.text_tools:
            text, calls = parse(text)
        return Message(
            role="assistant",
            content=text.lstrip("\n"),
            reasoning=(before + self._reasoning.text).strip(),
            tool_calls=calls,
        )

    def log_probability(self, message: Message) -> LogProbability | None:
        """How likely the model held the answer of the message; None where it was not told."""
        return of_answer(self._tokens, message.content)

    def reason(self, message: Message) -> FinishReason:
        """Why the reply ended."""
        if self.over is not None:
            return self.over
        if self.finish in _FINISH:
            return _FINISH[self.finish]
        return FinishReason.TOOL_CALLS if message.tool_calls else FinishReason.STOP

    def _take(self, pieces: list[Piece]) -> list[Delta]:
        deltas: list[Delta] = []
        for piece in pieces:
            if self.over is not None:
                break
            if piece.turns_all:
                self._answer_from = len(self._text.text)
            self._watch(self._reasoning if piece.reasoning else self._text, piece.text)
            if piece.reasoning:
                deltas.append(ReasoningDelta(text=piece.text))
            elif shown := self._blocks.feed(piece.text) if self.text_tools else piece.text:
                deltas.append(TextDelta(text=shown))
        return deltas

    def _watch(self, watch: RunawayWatch, text: str) -> None:
        self._characters += len(text)
        cut = watch.feed(text)
        if cut is not None:
            watch.text = watch.text[:cut]
            self.over = FinishReason.RUNAWAY

    def _take_fragment(self, fragment: CallFragment) -> None:
        call = self._open.get(fragment.index)
        # Some providers number all their calls 0; a new name under a new id is a new call.
        if call is None or (fragment.name and fragment.id not in ("", call.id)):
            call = self._open[fragment.index] = _CallInMaking(fragment.id, fragment.name)
            self._calls.append(call)
        call.id, call.name = call.id or fragment.id, call.name or fragment.name
        self._watch(call.arguments, fragment.arguments)
        if self.over is FinishReason.RUNAWAY and call in self._calls:
            self._calls.remove(call)  # half a call cannot be made
