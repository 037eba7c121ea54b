"""The loop: a person's words in, events out. It knows no UI, no litellm and no Lean."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.conversation.compaction import Compactor
from agent.conversation.events import (
    ErrorHappened,
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    ProofState,
    ReasoningDelta,
    TurnEnd,
    TurnFinished,
    TurnStarted,
    UsageUpdated,
)
from agent.conversation.history import CANCELLED, HARNESS, answer, estimated_tokens, unanswered
from agent.conversation.limits import Spending, TurnLimits
from agent.conversation.permissions import Gatekeeper
from agent.conversation.session import Session
from agent.conversation.toolcalls import ToolCalls
from agent.conversation.turn import TurnRecord
from agent.conversation.work import Emit, Work
from agent.llm import chat
from agent.llm.chat import ChatModel, FinishReason, Message, ReplyFinished, ToolSpec, Usage
from agent.llm.errors import ModelError, ModelErrorKind
from agent.prompts import PromptLibrary
from tools.errors import QedError
from tools.toolbox.schema import schema_of
from tools.toolbox.tool import Tool

_MAX_CORRECTIONS = 2


@dataclass
class Conversation:
    """A model, its tools, and what was said so far.

    `act` is one turn: an async generator of events, the last of which is always `TurnFinished`. One turn at a time.
    Closing the generator, or cancelling whoever reads it, ends the turn at once; `cancel` ends it with an event. In
    either case the history can be gone on with.
    """

    model: ChatModel
    tools: Mapping[str, Tool[Any]]
    session: Session
    gatekeeper: Gatekeeper
    prompts: PromptLibrary
    system: str
    limits: TurnLimits = field(default_factory=TurnLimits)
    context_used: int = 0
    """Tokens of the last request and its reply, as the provider counted them; 0: not known."""
    _work: Work | None = None

    async def act(self, prompt: str) -> AsyncGenerator[Event]:
        """One turn."""
        async with contextlib.aclosing(self._running(lambda emit: _Turn(self, emit).run(prompt))) as events:
            async for event in events:
                yield event

    def cancel(self) -> None:
        """Ends the turn that is under way, if there is one; its last event says so."""
        if self._work is not None:
            self._work.cancel()

    @property
    def is_at_work(self) -> bool:
        """Whether a turn is under way."""
        return self._work is not None

    @property
    def was_cancelled(self) -> bool:
        """Whether `cancel` was called in this turn."""
        return self._work is not None and self._work.was_cancelled

    async def compact(self) -> AsyncGenerator[Event]:
        """Shortens the history now, because the person wants it. Not while a turn is under way."""

        async def run(emit: Emit) -> None:
            notice, _ = await self.shorten()
            emit(notice)

        async with contextlib.aclosing(self._running(run)) as events:
            async for event in events:
                yield event

    async def _running(self, run: Callable[[Emit], Awaitable[None]]) -> AsyncGenerator[Event]:
        if self._work is not None:
            raise RuntimeError("a turn is under way")
        work = self._work = Work(lambda emit: run(self.session.recording(emit)))
        try:
            async with contextlib.aclosing(work.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._work = None

    @property
    def is_full(self) -> bool:
        """Whether the history is to be shortened before the next request."""
        return Compactor(self.model, self.prompts).is_due(self._used())

    def _used(self) -> int:
        return max(self.context_used, estimated_tokens(self.request()))

    async def shorten(self) -> tuple[Notice, Usage | None]:
        """Replaces the history by a shorter one; what to tell the person, and what the summary cost."""
        used = self._used()
        shorter, usage = await Compactor(self.model, self.prompts).compact(self.session.history, self.session.said)
        if usage is not None:
            self.session.spend(usage, self.model.name)
        self.session.compact(shorter)
        self.context_used = 0
        text = f"the conversation was summarised: about {used} tokens became {estimated_tokens(shorter)}"
        return Notice(kind="compaction", text=text), usage

    def request(self) -> list[Message]:
        """What the model is sent."""
        return [Message(role="system", content=self.system), *self.session.history]

    def tool_specs(self) -> list[ToolSpec]:
        """The tools as the model is told about them."""
        return [
            ToolSpec(name=tool.name, description=tool.description, parameters=schema_of(tool.arguments))
            for tool in self.tools.values()
        ]


class _Turn:
    """One turn of a conversation."""

    def __init__(self, conversation: Conversation, emit: Emit) -> None:
        self._conversation = conversation
        self._session = conversation.session
        self._emit = emit
        self._spending = Spending(conversation.limits)
        self._record = TurnRecord()
        self._calls = ToolCalls(conversation.tools, conversation.gatekeeper, self._record, emit)
        self._answers: dict[str, str] = {}
        self._partial = ""
        self._last_text = ""

    async def run(self, prompt: str) -> None:
        """The turn, from what the person said to its last event."""
        name = self._conversation.model.name
        self._emit(TurnStarted(session=self._session.id, model=name, prompt=prompt))
        try:
            end = await self._until_end(prompt)
        except QedError as error:
            code, exit_code = error.code, int(error.exit_code)
            self._emit(ErrorHappened(code=code, message=error.message, hint=error.hint, exit_code=exit_code))
            end = TurnEnd.ERROR
        states = await asyncio.to_thread(self._record.states)
        self._emit(
            TurnFinished(
                reason=end,
                text=self._last_text,
                files=states,
                refused=self._record.refused,
                usage=self._spending.usage,
                seconds=self._spending.seconds,
            )
        )

    async def _until_end(self, prompt: str) -> TurnEnd:
        try:
            self._session.say(Message(role="user", content=prompt))
            async with asyncio.timeout(self._conversation.limits.seconds):
                return await self._steps()
        except TimeoutError:
            return TurnEnd.MAX_SECONDS
        except asyncio.CancelledError:
            if self._conversation.was_cancelled:
                return TurnEnd.CANCELLED
            raise
        finally:
            self._settle()

    async def _steps(self) -> TurnEnd:
        corrections = 0
        while True:
            if (end := self._spending.exceeded()) is not None:
                return end
            reply = await self._reply_that_fits()
            if reply.message.tool_calls:
                await self._calls.run(reply.message.tool_calls, self._answers)
                self._settle()
                continue
            wrong = await asyncio.to_thread(self._record.contradicts, reply.message.content)
            if not wrong or corrections == _MAX_CORRECTIONS:
                return TurnEnd.DONE
            corrections += 1
            self._correct(wrong)

    async def _reply_that_fits(self) -> ReplyFinished:
        """One reply; the history is shortened before it is too long, or when the provider says that it is."""
        await self._compact()
        try:
            return await self._reply()
        except ModelError as error:
            if error.kind is not ModelErrorKind.CONTEXT_TOO_LONG:
                raise
        await self._compact(refused=True)
        return await self._reply()

    async def _reply(self) -> ReplyFinished:
        """One reply of the model, streamed; it is in the history when this returns."""
        conversation = self._conversation
        finished: ReplyFinished | None = None
        reply = conversation.model.reply(conversation.request(), conversation.tool_specs())
        async with contextlib.aclosing(reply):
            async for part in reply:
                match part:
                    case chat.TextDelta(text=text):
                        self._partial += text
                        self._emit(MessageDelta(text=text))
                    case chat.ReasoningDelta(text=text):
                        self._emit(ReasoningDelta(text=text))
                    case chat.Retrying():
                        self._partial = ""
                        self._emit(_retry_notice(part, conversation.model.name))
                    case ReplyFinished():
                        finished = part
        assert finished is not None  # the last part of every stream
        self._take(finished)
        return finished

    def _take(self, reply: ReplyFinished) -> None:
        self._partial = ""
        self._session.say(reply.message)
        self._session.spend(reply.usage, reply.model)
        self._spending.add(reply.usage)
        self._record.since_proof += reply.usage
        self._last_text = reply.message.content
        self._conversation.context_used = reply.usage.total_tokens or estimated_tokens(self._conversation.request())
        if reply.finish is FinishReason.RUNAWAY:
            self._emit(Notice(kind="runaway", text="the model repeated itself; the rest of its answer was cut off"))
        self._emit(MessageFinished(text=reply.message.content, reasoning=reply.message.reasoning))
        self._emit(
            UsageUpdated(
                reply=reply.usage,
                turn=self._spending.usage,
                session=self._session.usage,
                context_tokens=self._conversation.context_used,
                context_limit=self._conversation.model.context_tokens,
            )
        )

    async def _compact(self, *, refused: bool = False) -> None:
        if not refused and not self._conversation.is_full:
            return
        notice, usage = await self._conversation.shorten()
        if usage is not None:
            self._spending.add(usage)
        self._emit(notice)

    def _correct(self, wrong: Sequence[ProofState]) -> None:
        """Tells the model, and the person, that what it worked at is not proved."""
        proved = "\n".join(f"- {name} ({state.path})" for state in wrong for name in state.proved) or "- nothing"
        still = "\n".join(f"- {name} ({state.path})" for state in wrong for name in state.open)
        text = self._conversation.prompts.render("correction", proved=proved, open=still)
        self._session.say(Message(role="user", content=HARNESS + text))
        names = ", ".join(name for state in wrong for name in state.open)
        self._emit(Notice(kind="correction", text=f"not proved: {names}; the model was told so"))

    def _settle(self) -> None:
        """Leaves a history that can go on: what was streamed of a reply is kept, and every call has its answer."""
        if self._partial:
            self._last_text = self._partial
            self._session.say(Message(role="assistant", content=self._partial))
            self._emit(MessageFinished(text=self._partial))
            self._partial = ""
        for call in unanswered(self._session.history):
            self._session.say(answer(call, self._answers.get(call.id, CANCELLED)))
        self._answers.clear()


def _retry_notice(part: chat.Retrying, name: str) -> Notice:
    if part.model != name:
        return Notice(kind="fallback", text=f"{part.reason}; asking {part.model} instead")
    return Notice(kind="retry", text=f"{part.reason}; trying {part.model} again in {part.seconds:.0f} s")
