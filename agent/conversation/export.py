"""A session as a text that people can read and keep."""

import json
from typing import Literal

from agent.conversation.session import Session

_ROLES = {"user": "Person", "assistant": "Model", "tool": "Tool", "system": "System"}


def exported(session: Session, form: Literal["markdown", "json"]) -> str:
    """The session as Markdown, or as one JSON object."""
    return _markdown(session) if form == "markdown" else _json(session)


def _json(session: Session) -> str:
    messages = [message.model_dump(mode="json") for message in session.said]
    header = session.header.model_dump(mode="json")
    return json.dumps({**header, "messages": messages}, ensure_ascii=False, indent=2) + "\n"


def _markdown(session: Session) -> str:
    parts = [f"# {session.title}\n\n{session.header.root}, {session.header.created:%Y-%m-%d %H:%M} UTC\n"]
    for message in session.said:
        if message.content:
            body = f"```text\n{message.content}\n```" if message.role == "tool" else message.content
            parts.append(f"## {_ROLES[message.role]}\n\n{body}\n")
        parts += [f"## Call of {call.name}\n\n```json\n{call.arguments}\n```\n" for call in message.tool_calls]
    return "\n".join(parts)
