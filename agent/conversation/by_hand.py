"""Tool calls that a person makes: the tools, the permissions and the events of a model's turn, without a model."""

import itertools
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from agent.conversation.events import Event, ToolFinished, ToolStarted, WriteUndone
from agent.conversation.history import HARNESS
from agent.conversation.permissions import Gatekeeper
from agent.conversation.session import Session
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
    _begun: dict[str, ToolCall] = field(default_factory=dict[str, ToolCall])
    _works: set[Work] = field(default_factory=set[Work])
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def act(self, tool: str, arguments: Mapping[str, Any]) -> AsyncGenerator[Event]:
        """One call; its last event is `ToolFinished`."""
        call = ToolCall(
            id=f"hand-{next(self._numbers)}", name=tool, arguments=json.dumps(arguments, ensure_ascii=False)
        )

        async def run(emit: Emit) -> None:
            answers: dict[str, str] = {}
            record = self.session.recording(emit)
            await ToolCalls(self.tools, self.gatekeeper, TurnRecord(), record, by="person").run([call], answers)
            self.untold.append(_told(call, answers[call.id]))

        work = Work(run)
        self._works.add(work)
        try:
            async with aclosing(work.events()) as events:
                async for event in events:
                    yield event
        finally:
            self._works.discard(work)

    def note(self, event: Event) -> None:
        """Keeps what was seen of something else that the person did, and tells the model of it when it is over."""
        self.session.recording(lambda _: None)(event)
        match event:
            case ToolStarted(call=call, tool=tool, arguments=arguments):
                self._begun[call] = ToolCall(id=call, name=tool, arguments=json.dumps(arguments, ensure_ascii=False))
            case ToolFinished(call=call, text=text):
                self.untold.append(_told(self._begun.pop(call), text))
            case WriteUndone(path=path, declarations=names, diff=diff):
                about = f"The person took back what was written to {path.name} ({', '.join(names)}):"
                self.untold.append(Message(role="user", content=f"{HARNESS}{about}\n{diff}"))
            case _:
                pass

    def cancel(self) -> None:
        """Ends the calls that are under way; their last events say so."""
        for work in self._works:
            work.cancel()

    def tell(self) -> None:
        """Puts into the history what the person did. Not while a turn is under way: a reply waits for its answers."""
        for message in self.untold:
            self.session.say(message)
        self.untold.clear()


def _told(call: ToolCall, text: str) -> Message:
    return Message(role="user", content=f"{HARNESS}The person called {call.name} {call.arguments}:\n{text}")
