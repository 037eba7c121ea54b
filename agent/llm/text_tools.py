"""Tools for models that have no protocol for them: described in the prompt, called in fenced blocks of the answer.

    ```tool
    {"name": "proof_state", "arguments": {"path": "Basic.lean", "line": 7}}
    ```

Results go back as messages of the user, because such models know no role `tool`.
"""

import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent.llm.chat import Message, ToolCall, ToolSpec

_FENCE = "```tool"
_BLOCK = re.compile(r"^[ \t]*```tool[ \t]*\n(.*?)(?:^[ \t]*```[ \t]*$\n?|\Z)", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r'"name"\s*:\s*"([^"\\]*)"')

Rules = Callable[[str], str]
"""Makes the part of the system prompt about tools out of the list of them."""


def listed(tools: Sequence[ToolSpec]) -> str:
    """The tools with their schemas, for a prompt."""
    parts = [
        f"## {tool.name}\n{tool.description}\n{json.dumps(dict(tool.parameters), ensure_ascii=False)}" for tool in tools
    ]
    return "\n\n".join(parts)


def as_text(messages: Sequence[Message], tools: Sequence[ToolSpec], rules: Rules) -> list[Message]:
    """The same conversation without tool calls in it; results that follow one another become one message.

    `rules` makes what is said of the tools, if there are any.
    """
    told: list[Message] = []
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    answers_before = False
    for message in messages:
        if message.role != "tool":
            told.append(_without_calls(message))
        else:
            text = f"Result of {names.get(message.tool_call_id or '', 'the tool')}:\n{message.content}"
            if answers_before:
                text = told.pop().content + "\n\n" + text
            told.append(Message(role="user", content=text))
        answers_before = message.role == "tool"
    return _with_description(told, rules(listed(tools))) if tools else told


def _without_calls(message: Message) -> Message:
    if not message.tool_calls:
        return message
    blocks = [_block(call) for call in message.tool_calls]
    return Message(role=message.role, content="\n\n".join(filter(None, [message.content, *blocks])))


def _block(call: ToolCall) -> str:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        arguments = call.arguments
    return f"{_FENCE}\n{json.dumps({'name': call.name, 'arguments': arguments}, ensure_ascii=False)}\n```"


def _with_description(messages: list[Message], text: str) -> list[Message]:
    if messages and messages[0].role == "system":
        return [Message(role="system", content=messages[0].content + "\n\n" + text), *messages[1:]]
    return [Message(role="system", content=text), *messages]


def parse(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """The answer without its blocks, and the calls that they make, in their order."""
    calls = tuple(_call(match.group(1).strip()) for match in _BLOCK.finditer(text))
    return (_BLOCK.sub("", text).strip(), calls) if calls else (text, ())


def new_call_id() -> str:
    """An id for a call that came without one."""
    return f"call_{uuid.uuid4().hex[:12]}"


def _call(body: str) -> ToolCall:
    """A block that is not JSON is still a call: whoever runs it tells the model what is wrong with its arguments."""
    identifier = new_call_id()
    try:
        value: Any = json.loads(body)
    except ValueError:
        name = _NAME.search(body)
        return ToolCall(id=identifier, name=name.group(1) if name else "", arguments=body)
    if not isinstance(value, dict):
        return ToolCall(id=identifier, name="", arguments=body)
    fields = cast(dict[str, Any], value)
    arguments = fields.get("arguments", {})
    written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(id=identifier, name=str(fields.get("name", "")), arguments=written)


@dataclass
class BlockFilter:
    """Takes the blocks out of a streaming answer, so that nobody is shown them."""

    _held: str = ""
    _inside: bool = False
    _mid_line: bool = False

    def feed(self, text: str) -> str:
        """What can be shown by now; a line that may open a block is held back."""
        self._held += text
        shown = ""
        while (end := self._held.find("\n")) != -1:
            line, self._held = self._held[: end + 1], self._held[end + 1 :]
            shown += self._line(line)
            self._mid_line = False
        if self._held and not self._inside and (self._mid_line or not _may_open(self._held)):
            shown, self._held, self._mid_line = shown + self._held, "", True
        return shown

    def end(self) -> str:
        """What was held back and is no block."""
        held, self._held = self._held, ""
        return "" if self._inside or held.strip() == _FENCE else held

    def _line(self, line: str) -> str:
        if self._inside:
            self._inside = line.strip() != "```"
            return ""
        self._inside = not self._mid_line and line.strip() == _FENCE
        return "" if self._inside else line


def _may_open(line: str) -> bool:
    start = line.lstrip(" \t")
    return _FENCE.startswith(start.rstrip(" \t"))
