"""Syntax trees in the format of LeanDojo's `ExtractData.lean`, made from the text of a simple file.

A simple file consists of namespaces and of theorems `theorem NAME SIGNATURE := PROOF` up to the next blank line. The
trees hold what LeanDojo looks at when it opens a theorem; everything is an `original` syntax with byte positions.
"""

import re
from typing import Any

_COMMAND = re.compile(
    r"^(?:namespace (?P<namespace>\S+)|end (?P<end>\S+)"
    r"|theorem (?P<name>\S+)(?P<signature>.*?) (?P<assign>:=|where)(?P<space>\s+)(?P<proof>.*?))(?=\n\n|\n*\Z)",
    re.M | re.S,
)
_PARSER = "Lean.Parser."

Tree = dict[str, Any]


def ast_json(text: str, *, prelude: bool = False) -> Tree:
    """The contents of a `*.ast.json`."""
    header = node("Module.header", *([node("Module.prelude", atom(text, 0, 7))] if prelude else []))
    commands = [header, *(_command(text, found) for found in _COMMAND.finditer(text))]
    return {"commandASTs": commands, "tactics": [], "premises": []}


def node(kind: str, *args: Tree) -> Tree:
    """A node of Lean's own syntax."""
    return {"node": {"info": "none", "kind": _PARSER + kind, "args": list(args)}}


def atom(text: str, start: int, end: int) -> Tree:
    """A token, by its place in the text in code points."""
    return {"atom": {"info": _info(text, start, end), "val": text[start:end]}}


def _ident(text: str, start: int, end: int) -> Tree:
    name = text[start:end]
    return {"ident": {"info": _info(text, start, end), "rawVal": name, "val": name, "preresolved": []}}


def _info(text: str, start: int, end: int) -> Tree:
    first, last = (len(text[:offset].encode()) for offset in (start, end))
    return {"original": {"leading": "", "pos": first, "trailing": "", "endPos": last}}


def _command(text: str, found: re.Match[str]) -> Tree:
    if found["namespace"]:
        keyword = atom(text, found.start(), found.start() + len("namespace"))
        return node("Command.namespace", keyword, _ident(text, *found.span("namespace")))
    if found["end"]:
        keyword = atom(text, found.start(), found.start() + len("end"))
        name = {"node": {"info": "none", "kind": "null", "args": [_ident(text, *found.span("end"))]}}
        return node("Command.end", keyword, name)
    return _theorem(text, found)


def _theorem(text: str, found: re.Match[str]) -> Tree:
    proof = atom(text, *found.span("proof"))
    if found["proof"].startswith("by"):
        start, end = found.span("proof")
        rest = start + 2 + len(found["proof"][2:]) - len(found["proof"][2:].lstrip())
        proof = node("Term.byTactic", atom(text, start, start + 2), atom(text, rest, end))
    value = "Command.declValSimple" if found["assign"] == ":=" else "Command.whereStructInst"
    theorem = node(
        "Command.theorem",
        atom(text, found.start(), found.start() + len("theorem")),
        node("Command.declId", _ident(text, *found.span("name"))),
        node("Command.declSig", *([atom(text, *found.span("signature"))] if found["signature"].strip() else [])),
        node(value, atom(text, *found.span("assign")), proof),
    )
    return node("Command.declaration", node("Command.declModifiers"), theorem)
