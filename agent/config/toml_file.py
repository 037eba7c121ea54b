"""A TOML file and the lines that its keys stand on."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from agent.config.tables import KeyPath, Table, branches
from tools.errors import ExitCode, QedError

_LINE_OF_ERROR = re.compile(r"\(at line (\d+), column \d+\)")


def parse_toml(content: bytes, path: Path) -> tuple[Table, Mapping[KeyPath, int]]:
    """The values of a file, and the line of every table and key. Raises `QedError` that names file and line."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise QedError(f"{path}:{line}: not UTF-8", exit_code=ExitCode.CONFIG) from error
    except tomllib.TOMLDecodeError as error:
        found = _LINE_OF_ERROR.search(str(error))
        line = int(found[1]) if found else content.count(b"\n") + 1
        what = str(error).split(" (at ")[0]
        raise QedError(f"{path}:{line}: not TOML: {what}", exit_code=ExitCode.CONFIG) from error
    return values, _lines(text)


def _lines(text: str) -> Mapping[KeyPath, int]:
    """The line of every key of a text that is TOML.

    A statement is the shortest run of lines that is TOML by itself; so the library that reads the file also says
    where its statements end, whatever strings and arrays go over several lines.
    """
    rows = text.split("\n")
    lines: dict[KeyPath, int] = {}
    section: KeyPath = ()
    start = 0
    while start < len(rows):
        end, values = _statement(rows, start)
        keys = list(branches(values))
        if rows[start].lstrip().startswith("["):
            section = keys[-1]
            lines |= {key: start + 1 for key in keys if key not in lines}
        else:
            lines |= {(*section, *key): start + 1 for key in keys if (*section, *key) not in lines}
        start = end
    return lines


def _statement(rows: list[str], start: int) -> tuple[int, Table]:
    for end in range(start + 1, len(rows) + 1):
        try:
            return end, tomllib.loads("\n".join(rows[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(rows), {}
