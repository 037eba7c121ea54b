"""The arguments of a tool call: in a few words, and in full."""

import json
from collections.abc import Mapping
from typing import Any, cast

from textual.content import Content

from agent.figures import counted
from agent.one_line import shortened
from agent.tui.transcript.code import code_lines
from agent.tui.transcript.rows import Line, clean, literal
from agent.tui.transcript.styles import MUTED

_PLACES = ("file", "declaration", "hole", "line", "query", "name", "path")
_CODE = ("tactics", "after", "proof", "code", "old", "new", "old_text", "new_text", "text")
_FEW = 60  # characters of one value in the line
_QUIET = {"hole": (0, 1, None), "seconds": (0, None)}


def argument_words(arguments: Mapping[str, Any]) -> str:
    """What matters of the arguments, in one line."""
    words = [_word(name, arguments[name]) for name in _PLACES if _speaks(name, arguments.get(name))]
    counts: list[str] = []
    tactics = arguments.get("tactics")
    if isinstance(tactics, list):
        only = cast("list[Any]", tactics)
        counts.append(_flat(only[0]) if len(only) == 1 else counted(len(only), "tactic"))
    if not words:
        rest = [name for name, value in arguments.items() if value not in ("", None, []) and name != "tactics"]
        words = [_flat(arguments[name]) for name in rest[:2]]
    return " · ".join([" ".join(words), *counts] if words else counts)


def argument_lines(arguments: Mapping[str, Any]) -> list[Line]:
    """Every argument with its name: the short ones in one line, code as code."""
    lines: list[Line] = []
    short = Content("")
    for name, value in arguments.items():
        if value in ("", None, []):
            continue
        parts = cast("list[Any]", value) if isinstance(value, list) else [value]
        if name in _CODE:
            lines.append(Line(literal(f"{name}:", MUTED)))
            for part in parts:
                lines += code_lines(part if isinstance(part, str) else _json(part))
        else:
            between = literal(" · " if short else "", MUTED)
            short += between + literal(f"{name}: ", MUTED) + literal(_flat(value, 400))
    return [Line(short, hang="  "), *lines] if short else lines


def _speaks(name: str, value: Any) -> bool:
    return value not in ("", None, [], -1) and value not in _QUIET.get(name, ())


def _word(name: str, value: Any) -> str:
    return f"{name} {value}" if name in ("hole", "line") else _flat(value)


def _flat(value: Any, limit: int = _FEW) -> str:
    text = value if isinstance(value, str) else _json(value)
    return shortened(clean(" ".join(text.split())), limit)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
