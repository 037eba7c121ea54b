"""A long conversation, written to disk as qed writes one."""

import json
from datetime import UTC, datetime
from pathlib import Path

from agent.conversation.events import (
    Event,
    MessageFinished,
    ToolFinished,
    ToolStarted,
    TurnEnd,
    TurnFinished,
    TurnStarted,
    UsageUpdated,
)
from agent.conversation.session import SCHEMA_VERSION
from agent.llm.chat import Message, ToolCall, Usage

MESSAGES_A_TURN = 4
_USAGE = Usage(prompt_tokens=2000, completion_tokens=300, cost=0.001)
_REPLY = """The goal of `step_{0}` is an equation of **natural numbers**, so `omega` is worth a try.

1. First `intro n`, then
2. rewrite with `Nat.add_comm`:

```lean
theorem step_{0} (n m : Nat) (h : n ≤ m) : n + (m - n) = m := by
  have := Nat.le_antisymm h
  omega
```

That leaves nothing: all of *step {0}* is proved.
"""


def write_long_session(file: Path, root: Path, messages: int) -> None:
    """Writes a session of so many messages: turns with a tool call each. It is written whole, not line by line."""
    stem = {"schema_version": SCHEMA_VERSION, "id": file.stem, "root": str(root), "created": _now()}
    lines = [json.dumps({"kind": "session", **stem})]
    for turn in range(messages // MESSAGES_A_TURN):
        lines += _turn(turn)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def last_words(messages: int) -> str:
    """What stands at the end of it."""
    return f"step {messages // MESSAGES_A_TURN - 1}"


def _turn(number: int) -> list[str]:
    call, reply = f"call_{number}", _REPLY.format(number)
    prompt = f"Prove step_{number}, and tell me how."
    arguments = {"file": "Steps.lean", "declaration": f"step_{number}", "tactics": ["omega", "simp", "decide"]}
    tried = "omega: closes the goal\nsimp: no progress\ndecide: failed, as n is not closed"
    calls = (ToolCall(id=call, name="try_tactics", arguments=json.dumps(arguments)),)
    spoken = [
        Message(role="user", content=prompt),
        Message(role="assistant", content="Let me try.", tool_calls=calls),
        Message(role="tool", content=tried, tool_call_id=call),
        Message(role="assistant", content=reply),
    ]
    spent = UsageUpdated(reply=_USAGE, turn=_USAGE, session=_USAGE, context_tokens=2300, context_limit=128_000)
    seen: list[Event] = [
        TurnStarted(session="long", model="scripted", prompt=prompt),
        MessageFinished(text="Let me try.", reasoning="Omega decides linear arithmetic. " * 20),
        ToolStarted(call=call, tool="try_tactics", arguments=arguments),
        ToolFinished(call=call, tool="try_tactics", verdict="ok", text=tried, seconds=0.4),
        MessageFinished(text=reply),
        spent,
        TurnFinished(reason=TurnEnd.DONE, text=reply, usage=_USAGE, seconds=3.0),
    ]
    said = [{"kind": "message", "time": _now(), "message": each.model_dump(mode="json")} for each in spoken]
    happened = [{"kind": "event", "event": each.model_dump(mode="json")} for each in seen]
    return [json.dumps(line) for line in (*said, *happened)]


def _now() -> str:
    return datetime.now(UTC).isoformat()
