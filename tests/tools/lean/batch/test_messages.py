"""Reading what `lean --json` prints. The lines are those of Lean 4.35, if not said otherwise."""

import json
from typing import Any

import pytest

from tools.lean.batch.messages import parse_json_messages
from tools.lean.messages import Message, Severity
from tools.lean.text import Position, SourceText

SOURCE = SourceText("prelude\n/- 𝕜𝕜 -/ #check t\n  next\r\nlast")


def _line(**changes: Any) -> str:
    message: dict[str, Any] = {
        "caption": "",
        "data": "t : p",
        "endPos": {"column": 15, "line": 2},
        "fileName": "/x/A.lean",
        "isSilent": False,
        "keepFullRange": False,
        "kind": "[anonymous]",
        "pos": {"column": 9, "line": 2},
        "severity": "information",
    } | changes
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _parse(*lines: str) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    return parse_json_messages("".join(f"{line}\n" for line in lines).encode(), SOURCE, "/x/A.lean")


def test_columns_are_code_points_and_become_utf16() -> None:
    (message,), strays = _parse(_line())
    assert message == Message(Severity.INFORMATION, Position(1, 11), Position(1, 17), "t : p")
    assert not strays
    assert SOURCE.text[SOURCE.offset(message.start) : SOURCE.offset(message.end)] == "#check"


@pytest.mark.parametrize(
    ("name", "severity"),
    [("error", Severity.ERROR), ("warning", Severity.WARNING), ("information", Severity.INFORMATION)],
)
def test_severities(name: str, severity: Severity) -> None:
    assert _parse(_line(severity=name))[0][0].severity is severity


def test_an_end_may_be_missing() -> None:
    for end in (None, {"line": None}):
        (message,), _ = _parse(_line(endPos=end))
        assert message.start == message.end == Position(1, 11)


@pytest.mark.parametrize(
    ("line", "column", "position"),
    [(3, 2, (2, 2)), (3, 99, (2, 7)), (4, 4, (3, 4)), (5, 0, (3, 4)), (9, 9, (3, 4))],
)
def test_places_beyond_an_end_are_the_end(line: int, column: int, position: tuple[int, int]) -> None:
    assert _parse(_line(pos={"line": line, "column": column}))[0][0].start == Position(*position)


def test_the_fields_of_older_versions_are_enough_and_others_are_no_harm() -> None:
    old = {"severity": "error", "pos": {"line": 1, "column": 0}, "data": "x", "fileName": "/x/A.lean", "caption": "c"}
    (message,), _ = _parse(json.dumps(old))
    assert message.text == "c:\nx"
    assert _parse(_line(somethingNew={"a": [1]}))[0]


def test_a_message_about_the_setup_is_about_the_file() -> None:
    (message,), strays = _parse(_line(fileName="<input>", severity="error"))
    assert message.is_error
    assert not strays


@pytest.mark.parametrize(
    "line",
    [
        "PANIC at f Foo:1:2: unreachable",
        '{"a": 1}',
        "[]",
        "{" * 10_000,
        '{"' * 10_000,
        '{"a":' * 10_000,
        '{"severity":"error","pos":null',
        _line(fileName="/x/B.lean"),
        _line(severity="fatal"),
        _line(pos={"line": 0, "column": 0}),
        _line(pos={"line": "1", "column": 0}),
        _line(pos=None),
        _line(data={"text": "t"}),
    ],
)
def test_what_is_no_message_of_the_file_is_kept_as_a_stray(line: str) -> None:
    messages, strays = _parse("", line, _line())
    assert len(messages) == 1
    assert [stray.replace('": ', '":').replace(', "', ',"') for stray in strays] == [
        line.replace('": ', '":').replace(', "', ',"')
    ]


def test_output_on_the_line_of_a_message() -> None:
    messages, strays = _parse(f'no newline {{"a": 1}}{_line(data="one")}{_line(data="two")} after', _line(data="three"))
    assert [message.text for message in messages] == ["one", "two", "three"]
    assert strays == ('no newline {"a": 1}', " after")


def test_a_message_that_was_printed_into_is_a_stray() -> None:
    line = _line(severity="error")
    messages, strays = _parse(line[:30] + "\n" + line[30:])
    assert not messages
    assert "".join(strays) == line


def test_bytes_of_any_kind() -> None:
    output = b"\xff\xfe\r\n" + _line(data="a\u2028b\x85c").encode() + b"\r\n\xf0"
    (message,), strays = parse_json_messages(output, SOURCE, "/x/A.lean")
    assert message.text == "a\u2028b\x85c"
    assert strays == ("��", "�")


def test_any_name_when_none_is_given() -> None:
    assert len(parse_json_messages(_line(fileName="other").encode(), SOURCE)[0]) == 1
