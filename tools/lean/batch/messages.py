"""What `lean --json` prints: one message a line, as JSON.

The format is the `ToJson` instance of `SerialMessage` (`src/Lean/Message.lean` of Lean 4; `--json` came with pull
request #3939 in April 2024): `severity` (`error`, `warning`, `information`), `pos` and `endPos` (or null) with `line`
from 1 and `column` from 0 in code points, `data` (the text), `caption`, `fileName` and, by version, `kind`,
`keepFullRange`, `isSilent`. What is wrong with the setup (an unknown option, a plugin) is a message about the file
`<input>`. Others may write to the same stream while the file is elaborated: `initialize` blocks of imports, native
code, a `#eval` that writes around Lean's redirection. Their output can stand on a line with a message.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from tools.lean.messages import Message, Severity
from tools.lean.text import Position, SourceText

_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "information": Severity.INFORMATION}
# The places of one line that are tried as the beginning of a message: no output makes this quadratic.
_MAX_STARTS: Final = 100
_DECODER: Final = json.JSONDecoder()
_SETUP_NAME: Final = "<input>"  # `diagnosticsOfHeaderError` of src/Lean/Language/Basic.lean


def parse_json_messages(
    stdout: bytes, source: SourceText, file_name: str | None = None
) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The messages about a text, in the order in which Lean printed them, and all other output.

    `source` is the text that Lean was given; `file_name` is the file's name as `lean` was given it: messages with
    another name are not about this file (None: the name does not matter). The second part (strays) holds every
    non-empty piece of a line that is no such message. Never raises. A message that other output was printed into is
    a stray as well, so a failed run without any error message is possible: the exit status decides. Code that runs
    while the file is elaborated can print what looks like a message, so a message is no proof of anything either.
    """
    messages: list[Message] = []
    strays: list[str] = []
    # Not `splitlines`: in JSON, `\u2028` and the like may stand unescaped within a string.
    for line in stdout.decode("utf-8", "replace").split("\n"):
        for piece in _pieces(line.rstrip("\r")):
            if isinstance(piece, str):
                if piece.strip():
                    strays.append(piece)
                continue
            about_the_file = file_name is None or piece["fileName"] in (file_name, _SETUP_NAME)
            message = _message(piece, source) if about_the_file else None
            if message is None:
                strays.append(json.dumps(piece, ensure_ascii=False))
            else:
                messages.append(message)
    return tuple(messages), tuple(strays)


def _pieces(line: str) -> Iterator[str | Mapping[str, Any]]:
    """The line cut into messages and what stands between them."""
    done = at = 0
    for _ in range(_MAX_STARTS):
        at = line.find('{"', at)
        if at < 0:
            break
        try:
            value, end = _DECODER.raw_decode(line, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if _has_the_shape(value):
            yield line[done:at]
            yield value
            done = end
        at = end
    yield line[done:]


def _has_the_shape(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(cast("dict[str, Any]", value).get("severity"), str)
        and {"pos", "data", "fileName"} <= value.keys()
    )


def _message(value: Mapping[str, Any], source: SourceText) -> Message | None:
    severity, caption, data = _SEVERITIES.get(value["severity"]), value.get("caption") or "", value["data"]
    start = _position(value["pos"], source)
    if severity is None or start is None or not isinstance(data, str):
        return None
    end = _position(value.get("endPos"), source) or start
    return Message(severity, start, end, f"{caption}:\n{data}" if caption else data)


def _position(value: Any, source: SourceText) -> Position | None:
    """Lean's position as one of the protocol's; beyond the end of a line or of the text it is that end."""
    match value:
        case {"line": int(line), "column": int(column)} if line >= 1 and column >= 0:
            if line > source.line_count:
                return source.position(len(source.text))
            span = source.line_span(line - 1)
            return source.position(min(span.start + column, span.end))
        case _:
            return None
