"""A Lean file as qed sees it before asking Lean: header, commands, declarations and holes.

Everything here comes from the text alone. What a hole's goal is, and whether a name really means what it seems to,
Lean says later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from tools.lean.commands import (
    DECLARING,
    Command,
    Header,
    matching_close,
    read_header,
    significant,
    split_commands,
)
from tools.lean.tactic_blocks import SorryToken, find_sorries
from tools.lean.text import SourceText, Span
from tools.lean.tokens import Token, TokenKind, escaped_name, name_components, tokenize

# Declarations that are statements throughout: a `sorry` in a field's type or default is never to be filled.
_ALL_STATEMENT = frozenset({"structure", "class", "inductive", "coinductive", "axiom"})
_SORRY_LENGTH = len("sorry")


class HoleKind(Enum):
    """What a `sorry` stands for."""

    TACTIC = "tactic"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Hole:
    """One `sorry` of a file.

    `declaration` is the full name, `index` counts from 0 within the declaration, `line` from 1 and `column` from 0 in
    code points, as Lean prints them. `in_statement` marks a `sorry` of the signature, which must never be filled:
    that would change what is claimed. `indentation` is the column of the first character of its
    line. `surroundings` serves the layout of a proof.
    """

    declaration: str
    index: int
    kind: HoleKind
    span: Span
    line: int
    column: int
    in_statement: bool
    indentation: int
    surroundings: SorryToken


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration of a file.

    `name` is the full name as Lean prints it, or `example@12`, `instance@12` (the line, from 1) where it has none.
    `span` begins with doc comment, attributes and modifiers; `signature` goes from the keyword to the body, `body`
    from its `:=`, `where` or `|` to the end (None without a body). `command_end` is the end of the command that must be
    kept whole around it: of the outermost `mutual` block, or its own.
    """

    kind: str
    name: str
    is_private: bool
    is_anonymous: bool
    line: int
    span: Span
    signature: Span
    body: Span | None
    command_start: int
    command_end: int
    holes: tuple[Hole, ...]


@dataclass(frozen=True)
class Document:
    """A Lean file. `Document.parse` never fails; Lean judges what is wrong with a text."""

    source: SourceText
    header: Header
    commands: tuple[Command, ...]
    declarations: tuple[Declaration, ...]

    @classmethod
    def parse(cls, text: str) -> "Document":
        """Reads a file's text."""
        source = SourceText(text)
        tokens = significant(tokenize(text))
        header, start = read_header(tokens)
        commands = split_commands(source, tokens, start)
        return cls(source, header, commands, _declarations(source, tokens, commands))

    def together_with(self, index: int) -> frozenset[int]:
        """The declarations that are declared along with one, in its `mutual` block: their proofs are one proof."""
        end = self.declarations[index].command_end
        return frozenset(at for at, each in enumerate(self.declarations) if each.command_end == end)

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text

    @cached_property
    def holes(self) -> tuple[Hole, ...]:
        """All holes of the file, in order."""
        return tuple(hole for declaration in self.declarations for hole in declaration.holes)

    @cached_property
    def newline(self) -> str:
        """The line ending of the file, that of its first line."""
        at = self.text.find("\n")
        return "\r\n" if at > 0 and self.text[at - 1] == "\r" else "\n"

    def declaration_of(self, hole: Hole) -> Declaration:
        """The declaration that holds a hole of this document."""
        return next(each for each in self.declarations if each.span.encloses(hole.span))

    def holes_at(self, line: int, column: int | None = None) -> tuple[Hole, ...]:
        """The holes that a line (from 1), and a column (from 0) within it, point at.

        With a column the hole that covers it (or ends there). Without, those of the line; where the line has none,
        those of the declaration that the line belongs to.
        """
        on_line = tuple(hole for hole in self.holes if hole.line == line)
        if column is not None:
            return tuple(hole for hole in on_line if hole.column <= column <= hole.column + _SORRY_LENGTH)
        if on_line or not 1 <= line <= self.source.line_count:
            return on_line
        span = self.source.line_span(line - 1)
        around = (each for each in self.declarations if each.span.start <= span.end and span.start <= each.span.end)
        return tuple(hole for declaration in around for hole in declaration.holes)

    def find_declarations(self, name: str) -> tuple[Declaration, ...]:
        """The declarations with this full name; where there are none, those whose name ends in these components."""
        wanted = name_components(name)
        if not wanted or "@" in name:
            return tuple(each for each in self.declarations if each.name == name)
        named = [(name_components(each.name), each) for each in self.declarations if not each.is_anonymous]
        exact = tuple(each for components, each in named if components == wanted)
        return exact or tuple(each for components, each in named if components[-len(wanted) :] == wanted)


def _declarations(source: SourceText, tokens: Sequence[Token], commands: Sequence[Command]) -> tuple[Declaration, ...]:
    result: list[Declaration] = []
    scopes = _Scopes()
    for command in commands:
        head = tokens[command.head]
        if command.keyword in ("namespace", "section", "mutual", "end"):
            following = tokens[command.head + 1] if command.head + 1 < command.last else None
            scopes.enter_or_leave(command.keyword, following.components if following else ())
        elif command.keyword in DECLARING and head.is_word(command.keyword):
            result.append(_declaration(source, tokens, command, scopes.namespace))
    return tuple(result)


class _Scopes:
    """The open namespaces and sections: one entry a component, with the component where it is a namespace."""

    def __init__(self) -> None:
        self._open: list[str | None] = []

    @property
    def namespace(self) -> tuple[str, ...]:
        return tuple(part for part in self._open if part is not None)

    def enter_or_leave(self, keyword: str, components: tuple[str, ...]) -> None:
        """Follows one of the commands `namespace`, `section`, `mutual`, `end`."""
        if keyword == "end":
            del self._open[max(len(self._open) - max(len(components), 1), 0) :]
        elif keyword == "namespace":
            self._open += components
        else:
            self._open += [None] * (max(len(components), 1) if keyword == "section" else 1)


def _declaration(
    source: SourceText, tokens: Sequence[Token], command: Command, namespace: tuple[str, ...]
) -> Declaration:
    head = tokens[command.head]
    line = source.line_of(head.start) + 1
    at, kind = command.head + 1, command.keyword
    while at < command.last and tokens[at].is_word("inductive", "abbrev"):
        at += 1
    if kind == "instance" and at + 1 < command.last and tokens[at].is_symbol("(") and tokens[at + 1].text == "priority":
        at = matching_close(tokens, at) + 1
    named = at < command.last and tokens[at].kind is TokenKind.IDENTIFIER and kind != "example"
    name = _full_name(namespace, tokens[at].components) if named else f"{kind}@{line}"
    body = _body_start(source, tokens, at, command.last)
    span = command.span
    signature_end = tokens[body - 1].end if body is not None else span.end
    sorries = find_sorries(source, tokens, command.head, command.last, command.last if body is None else body)
    all_statement = kind in _ALL_STATEMENT or body is None
    holes = tuple(
        _hole(source, name, index, sorry, all_statement or sorry.start < signature_end)
        for index, sorry in enumerate(sorries)
    )
    return Declaration(
        kind=kind,
        name=name,
        is_private=any(token.is_word("private") for token in tokens[command.first : command.head]),
        is_anonymous=not named,
        line=line,
        span=span,
        signature=Span(head.start, signature_end),
        body=None if body is None else Span(tokens[body].start, span.end),
        command_start=command.group.start,
        command_end=command.group.end,
        holes=holes,
    )


def _full_name(namespace: tuple[str, ...], components: tuple[str, ...]) -> str:
    if components[0] == "_root_" and len(components) > 1:
        return escaped_name(components[1:])
    return escaped_name(namespace + components)


def _hole(source: SourceText, name: str, index: int, sorry: SorryToken, in_statement: bool) -> Hole:
    span = Span(sorry.start, sorry.start + _SORRY_LENGTH)
    line = source.line_of(span.start)
    line_span = source.line_span(line)
    content = source.text[line_span.start : line_span.end]
    return Hole(
        declaration=name,
        index=index,
        kind=HoleKind.TACTIC if sorry.is_tactic else HoleKind.TERM,
        span=span,
        line=line + 1,
        column=span.start - line_span.start,
        in_statement=in_statement,
        indentation=len(content) - len(content.lstrip()),
        surroundings=sorry,
    )


def _body_start(source: SourceText, tokens: Sequence[Token], first: int, last: int) -> int | None:
    """The index of the token that begins the body: `:=`, `where`, the `|` of the first alternative; None without.

    A `:=` within brackets is a default value, and one after `let` or `have` belongs to the statement.
    """
    depth = lets = 0
    takes_alternatives = False
    at = first
    while at < last:
        token = tokens[at]
        if token.kind is TokenKind.SYMBOL:
            if token.text == "|" and depth == 0 and not takes_alternatives and _is_alternative(tokens, at, last):
                return at
            if token.text == ":=" and depth == 0:
                if lets == 0:
                    return at
                lets -= 1
            depth += (token.text[-1] in "([{⟨") - (token.text in ")]}⟩")
        elif depth == 0 and token.is_word("where"):
            return at
        elif depth == 0 and token.is_word("let", "have", "letI", "haveI"):
            lets += 1
        elif depth == 0 and token.is_word("match", "fun"):
            takes_alternatives = True
        at += 1
    return None


def _is_alternative(tokens: Sequence[Token], at: int, last: int) -> bool:
    """Whether the `|` at an index begins `| pattern =>` rather than `|x|`: the arrow comes before any `:=`."""
    depth = 0
    for index in range(at + 1, last):
        token = tokens[index]
        if token.kind is TokenKind.SYMBOL:
            depth += (token.text[-1] in "([{⟨") - (token.text in ")]}⟩")
            if depth == 0 and token.text in ("=>", ":="):
                return token.text == "=>"
    return False
