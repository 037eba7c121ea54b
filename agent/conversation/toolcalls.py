"""The tool calls of one reply, made side by side."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from agent.conversation.events import (
    DiffProposed,
    PermissionAnswered,
    PermissionAsked,
    ProofAccepted,
    ToolFinished,
    ToolProgress,
    ToolStarted,
)
from agent.conversation.history import CANCELLED
from agent.conversation.permissions import Gatekeeper
from agent.conversation.turn import TurnRecord
from agent.conversation.work import Emit
from agent.llm.chat import ToolCall
from tools.toolbox.registry import call as call_tool
from tools.toolbox.tool import (
    AcceptedProof,
    Decision,
    Proposal,
    Tool,
    ToolContext,
    ToolResult,
    ToolVerdict,
)


@dataclass
class ToolCalls:
    """Makes calls, tells what happens, and keeps the answers."""

    tools: Mapping[str, Tool[Any]]
    gatekeeper: Gatekeeper
    record: TurnRecord
    emit: Emit
    by: Literal["model", "person"] = "model"
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waited: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds that a call has waited for the person: they are not the tool's."""

    async def run(self, calls: Sequence[ToolCall], answers: dict[str, str]) -> None:
        """Makes the calls; `answers` is filled as they finish, also when this is cancelled in the middle."""
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(self._run(call, answers))

    async def _run(self, call: ToolCall, answers: dict[str, str]) -> None:
        self.emit(ToolStarted(call=call.id, tool=call.name, arguments=parsed(call.arguments), by=self.by))
        began = time.monotonic()
        try:
            result = await self._result(call)
        except asyncio.CancelledError:
            self._finished(call, ToolResult(ToolVerdict.FAILED, CANCELLED), began)
            raise
        answers[call.id] = result.text
        self._finished(call, result, began)

    def _finished(self, call: ToolCall, result: ToolResult, began: float) -> None:
        self.record.note(call.name, result.data)
        self.emit(
            ToolFinished(
                call=call.id,
                tool=call.name,
                verdict=result.verdict.value,
                text=result.text,
                data=dict(result.data),
                seconds=time.monotonic() - began - self._waited.pop(call.id, 0.0),
            )
        )

    async def _result(self, call: ToolCall) -> ToolResult:
        tool = self.tools.get(call.name)
        if tool is None:
            names = ", ".join(sorted(self.tools))
            return ToolResult(ToolVerdict.BAD_ARGUMENTS, f"there is no tool {call.name!r}; there are: {names}")
        return await call_tool(tool, call.arguments, self._context(call))

    def _context(self, call: ToolCall) -> ToolContext:
        def report(text: str, data: Mapping[str, Any] | None = None) -> None:
            self.emit(ToolProgress(call=call.id, text=text, data=dict(data or {})))

        async def approve(proposal: Proposal) -> Decision:
            return await self._approve(call, proposal)

        def accepted(proof: AcceptedProof) -> None:
            spent = self.record.accept(proof)
            name, text = proof.declaration, proof.proof
            self.emit(ProofAccepted(path=proof.path, declaration=name, proof=text, axioms=proof.axioms, usage=spent))

        return ToolContext(report, approve, accepted)

    async def _approve(self, call: ToolCall, proposal: Proposal) -> Decision:
        self.emit(
            DiffProposed(
                call=call.id,
                permission=proposal.permission.value,
                path=proposal.path,
                summary=proposal.summary,
                diff=proposal.diff,
                statements=proposal.statements,
            )
        )
        began = time.monotonic()
        async with self._asking:  # one question at a time
            ruling = self.gatekeeper.standing(proposal)
            if ruling is None:
                self.emit(PermissionAsked(call=call.id, permission=proposal.permission.value))
                ruling = await self.gatekeeper.ask(proposal)
        self._waited[call.id] = self._waited.get(call.id, 0.0) + time.monotonic() - began
        decision = ruling.decision
        if not decision.allowed:
            self.record.refused += 1
        self.emit(PermissionAnswered(call=call.id, allowed=decision.allowed, by=ruling.by, reason=decision.reason))
        return decision


def parsed(arguments: str) -> dict[str, Any]:
    """Arguments for people to see: the object that the model wrote, or its text where that is none."""
    try:
        value = json.loads(arguments or "{}")
        json.dumps(value, ensure_ascii=False).encode()  # a half of a character, written as an escape, is no text
    except ValueError:
        return {"unreadable": arguments}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {"unreadable": arguments}
