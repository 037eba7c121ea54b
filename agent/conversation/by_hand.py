"""Tool calls that a person makes: the tools, the permissions and the events of a model's turn, without a model."""

import itertools
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.conversation.events import Event, WriteUndone
from agent.conversation.history import HARNESS
from agent.conversation.permissions import Gatekeeper
from agent.conversation.session import Session
from agent.conversation.shell import TOOL, shell
from agent.conversation.toolcalls import ToolCalls
from agent.conversation.turn import TurnRecord
from agent.conversation.work import Emit, Work
from agent.llm.chat import Message, ToolCall
from tools.toolbox.tool import Tool


@dataclass
class HandCalls:
    """Makes calls for a person. What came of them waits in `untold` until the model may be told."""

    tools: Mapping[str, Tool[Any]]
    gatekeeper: Gatekeeper
    session: Session
    untold: list[Message] = field(default_factory=list[Message])
    _works: set[Work] = field(default_factory=set[Work])
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def act(self, tool: str, arguments: Mapping[str, Any]) -> AsyncGenerator[Event]:
        """One call; its last event is `ToolFinished`."""
        written = json.dumps(arguments, ensure_ascii=False)
        call = ToolCall(id=f"hand-{next(self._numbers)}", name=tool, arguments=written)

        async def run(emit: Emit) -> None:
            answers: dict[str, str] = {}
            await ToolCalls(self.tools, self.gatekeeper, TurnRecord(), emit, by="person").run([call], answers)
            self.untold.append(_told(call, answers[call.id]))

        async with aclosing(self._running(run)) as events:
            async for event in events:
                yield event

    async def shell(self, command: str, root: Path) -> AsyncGenerator[Event]:
        """A command of the person's shell; its last event is `ToolFinished`."""
        call = ToolCall(id=f"shell-{next(self._numbers)}", name=TOOL, arguments=json.dumps({"command": command}))

        async def run(emit: Emit) -> None:
            self.untold.append(_told(call, await shell(command, root, call.id, emit)))

        async with aclosing(self._running(run)) as events:
            async for event in events:
                yield event

    async def _running(self, run: Callable[[Emit], Awaitable[None]]) -> AsyncGenerator[Event]:
        work = Work(lambda emit: run(self.session.recording(emit)))
        self._works.add(work)
        try:
            async with aclosing(work.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._works.discard(work)

    def took_back(self, event: WriteUndone) -> None:
        """The person took back a write: kept, and told to the model."""
        self.session.recording(lambda _: None)(event)
        about = f"The person took back what was written to {event.path.name} ({', '.join(event.declarations)}):"
        self.untold.append(Message(role="user", content=f"{HARNESS}{about}\n{event.diff}"))

    def cancel(self) -> bool:
        """Ends the calls that are under way, whose last events say so; whether there were any."""
        for work in self._works:
            work.cancel()
        return bool(self._works)

    def tell(self) -> None:
        """Puts into the history what the person did. Not while a turn is under way: a reply waits for its answers."""
        for message in self.untold:
            self.session.say(message)
        self.untold.clear()


def _told(call: ToolCall, text: str) -> Message:
    return Message(role="user", content=f"{HARNESS}The person called {call.name} {call.arguments}:\n{text}")
