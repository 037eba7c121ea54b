"""What has to hold of a history, and what can be read off it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.llm.chat import Message, ToolCall

CANCELLED = "cancelled before it was done"
HARNESS = "[qed] "
"""How messages begin that have the person's role and are the harness's: corrections, and summaries."""
_GOAL_TOOLS = frozenset({"goals", "outline"})
_TRYING_TOOLS = frozenset({"try_tactics", "score_tactics", "search_proof", "write_proof", "submit_proof", "check"})
_MAX_GOALS = 3
_MAX_TRIES = 20
_TRY_LENGTH = 400
_CHARACTERS_PER_TOKEN = 3


def unanswered(history: Sequence[Message]) -> list[ToolCall]:
    """The calls of the last reply that have no answer; a provider refuses a history in which there are any.

    Answers belong to the reply before them: some providers count calls anew in every reply, so ids repeat.
    """
    waiting: dict[str, ToolCall] = {}
    for message in history:
        if message.role == "assistant":
            waiting = {call.id: call for call in message.tool_calls}
        elif message.role == "tool":
            waiting.pop(message.tool_call_id or "", None)
    return list(waiting.values())


def answer(call: ToolCall, text: str) -> Message:
    """The answer to a call."""
    return Message(role="tool", content=text, tool_call_id=call.id)


def estimated_tokens(messages: Sequence[Message]) -> int:
    """About how many tokens messages have; Lean's symbols make it more than the usual four characters each."""
    characters = sum(
        len(message.content) + sum(len(call.name) + len(call.arguments) for call in message.tool_calls)
        for message in messages
    )
    return characters // _CHARACTERS_PER_TOKEN


@dataclass(frozen=True, slots=True)
class Facts:
    """What a history tells without a model: what the person said, the last goals, what was tried and came of it."""

    said: tuple[str, ...]
    goals: tuple[str, ...]
    tried: tuple[str, ...]


def facts(history: Sequence[Message]) -> Facts:
    """Reads the facts off a history, the oldest first."""
    calls: dict[str, ToolCall] = {}
    goals: dict[str, str] = {}
    tried: list[str] = []
    for message in history:
        calls |= {call.id: call for call in message.tool_calls}
        call = calls.get(message.tool_call_id or "")
        if call is None:
            continue
        if call.name in _GOAL_TOOLS:
            goals.pop(call.arguments, None)  # the newest last
            goals[call.arguments] = f"{call.name} {call.arguments}\n{message.content}"
        elif call.name in _TRYING_TOOLS:
            text = message.content
            cut = text if len(text) <= _TRY_LENGTH else text[:_TRY_LENGTH] + " …"
            tried.append(f"{call.name} {call.arguments}\n{cut}")
    said = tuple(message.content for message in history if is_of_the_person(message))
    return Facts(said, tuple(goals.values())[-_MAX_GOALS:], tuple(dict.fromkeys(tried))[-_MAX_TRIES:])


def is_of_the_person(message: Message) -> bool:
    """Whether the person said it."""
    return message.role == "user" and not message.content.startswith(HARNESS)


def last_exchange(history: Sequence[Message]) -> int:
    """The index of the last thing the person said: from there on everything belongs to the turn at work."""
    return max((at for at, message in enumerate(history) if is_of_the_person(message)), default=0)
