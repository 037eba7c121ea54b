"""Splits a Lean file into its header and its commands, as far as tokens tell, without elaborating anything.

Lean's own rule is that a word which the table of tokens reserves for a command ends whatever stands before it, at any
column; that is what the hard keywords do here. Words that also occur within terms and tactics (`open … in`,
`set_option … in`) begin a command only where a command can begin. Doc comments, attributes, modifiers and `… in`
prefixes belong to the command that follows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.lean.text import SourceText, Span
from tools.lean.tokens import COMMENTS, Token, TokenKind, words

DECLARING = words(
    "theorem lemma def abbrev example instance axiom opaque structure class inductive coinductive irreducible_def"
)
_HARD = DECLARING | words("""
    mutual namespace section end variable universe export macro macro_rules syntax notation infix infixl infixr prefix
    postfix elab elab_rules initialize builtin_initialize declare_syntax_cat run_cmd run_elab run_meta
    binder_predicate unif_hint register_option register_simp_attr include omit simproc dsimproc simproc_decl
    dsimproc_decl builtin_simproc builtin_dsimproc
    """)
# Identifiers or parts of terms elsewhere: they need the place of a command.
_SOFT = words("open set_option attribute deriving alias recall proof_wanted add_decl_doc notation3")
_MODIFIERS = words("private protected public noncomputable unsafe partial nonrec meta scoped local")
# Commands after which `in` joins the next command to them.
_PREFIXING = words("open set_option variable omit include attribute universe export")
# Commands without terms: what follows them cannot be their continuation.
_SIMPLE = words("namespace section end open universe mutual export include omit")
_EXPECTS_MORE = words(":= => ( [ { ⟨ , <| |> ; <;> · := ← → ↔ =") | {"by", "from", "then", "else", "do"}
_OPENERS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
_CLOSERS = frozenset(_OPENERS.values())


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module and where its name stands."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the first command. `span` ends with the last import (or `module`, `prelude`)."""

    span: Span
    imports: tuple[Import, ...]
    is_module: bool
    is_prelude: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its keyword, its span with everything that belongs to it, and the span of its `mutual` block.

    `first`, `head` and `last` index the token that begins it, the keyword, and the one after the end. `group` is the
    span of the outermost `mutual … end` around the command, or its own span.
    """

    keyword: str
    span: Span
    group: Span
    first: int
    head: int
    last: int


def significant(tokens: Sequence[Token]) -> list[Token]:
    """The tokens that Lean's parser sees: all but plain comments."""
    return [token for token in tokens if token.kind not in COMMENTS]


def read_header(tokens: Sequence[Token]) -> tuple[Header, int]:
    """The header of a file (its significant tokens) and the index of the first token after it."""
    imports: list[Import] = []
    is_module = is_prelude = False
    at = end = 0
    while at < len(tokens):
        token = tokens[at]
        if token.is_word("module") and not imports:
            is_module = True
        elif token.is_word("prelude") and not imports:
            is_prelude = True
        elif (found := _import_at(tokens, at)) is not None:
            name = tokens[found]
            imports.append(Import(name.text, name.span))
            at = found
        else:
            break
        end = tokens[at].end
        at += 1
    return Header(Span(0, end), tuple(imports), is_module, is_prelude), at


def _import_at(tokens: Sequence[Token], at: int) -> int | None:
    """The index of the name that the `[public] [meta] import [all]` at an index imports."""
    while at < len(tokens) and tokens[at].is_word("public", "meta"):
        at += 1
    if at >= len(tokens) or not tokens[at].is_word("import", "runtime"):
        return None
    at += 1
    while at + 1 < len(tokens) and tokens[at].is_word("all", "runtime"):
        at += 1
    return at if at < len(tokens) and tokens[at].kind is TokenKind.IDENTIFIER else None


def matching_close(tokens: Sequence[Token], opening: int) -> int:
    """The index of the bracket that closes the one at `opening`; the last index where none does."""
    depth = 0
    for index in range(opening, len(tokens)):
        token = tokens[index]
        if token.kind is not TokenKind.SYMBOL:
            continue
        if token.text[-1] in _OPENERS:
            depth += 1
        elif token.text in _CLOSERS:
            depth -= 1
            if depth == 0:
                return index
    return len(tokens) - 1


def split_commands(source: SourceText, tokens: Sequence[Token], start: int) -> tuple[Command, ...]:
    """The commands of a file, from its significant tokens and the index of the first one after the header."""
    return _Splitter(source, tokens, start).split()


@dataclass(slots=True)
class _Open:
    """A command whose end is not known yet."""

    keyword: str
    first: int
    head: int
    column: int


class _Splitter:
    def __init__(self, source: SourceText, tokens: Sequence[Token], start: int) -> None:
        self._source, self._tokens, self._start = source, tokens, start
        self._done: list[Command] = []
        self._current: _Open | None = None
        # The first of the doc comments, attributes and modifiers read last, which may belong to the next command.
        self._prefix: int | None = None

    def split(self) -> tuple[Command, ...]:
        at = self._start
        while at < len(self._tokens):
            at = self._read(at)
        self._close(len(self._tokens))
        return _with_groups(self._done)

    def _read(self, at: int) -> int:
        """Reads the token (or the bracket group) at an index and returns the next index."""
        token = self._tokens[at]
        if token.kind is TokenKind.MODULE_COMMENT:
            self._close(at)
            span = token.span
            self._done.append(Command("/-!", span, span, at, at, at + 1))
            return at + 1
        if token.kind is TokenKind.DOC_COMMENT or token.is_word(*_MODIFIERS):
            self._prefix = at if self._prefix is None else self._prefix
            return at + 1
        if token.is_symbol("@["):
            self._prefix = at if self._prefix is None else self._prefix
            return matching_close(self._tokens, at) + 1
        if self._begins_command(at):
            self._begin(at)
            if token.is_word("attribute") and at + 1 < len(self._tokens) and self._tokens[at + 1].is_symbol("["):
                return matching_close(self._tokens, at + 1) + 1
            return at + 1
        self._prefix = None
        if self._current is None:
            self._current = _Open("", at, at, self._source.column_of(token.start))
        if token.kind is TokenKind.SYMBOL and token.text.startswith("`") and token.text[-1] in _OPENERS:
            return matching_close(self._tokens, at) + 1
        return at + 1

    def _begins_command(self, at: int) -> bool:
        token = self._tokens[at]
        if token.kind not in (TokenKind.KEYWORD, TokenKind.IDENTIFIER):
            return False
        if token.text in _HARD:
            return not self._continues_keyword(at)
        if token.text.startswith("#"):
            return self._is_first_on_line(at) and self._source.column_of(token.start) <= self._column
        return token.text in _SOFT and self._is_command_position(at)

    def _continues_keyword(self, at: int) -> bool:
        """Whether a hard keyword belongs to the one before it: `class inductive`, `deriving instance`."""
        if at == 0:
            return False
        before, word = self._tokens[at - 1], self._tokens[at].text
        if before.is_word("class"):
            return word in ("inductive", "abbrev")
        return before.is_word("deriving") and word == "instance"

    def _is_command_position(self, at: int) -> bool:
        token, current = self._tokens[at], self._current
        if token.text == "deriving":
            following = self._tokens[at + 1 : at + 2]
            return any(word.is_word("instance") for word in following)
        if current is None or current.keyword in _SIMPLE or self._prefix is not None:
            return True
        before = self._tokens[at - 1]
        if before.is_word("in") and self._is_prefix_command(current):
            return True
        if not self._is_first_on_line(at) or before.text in _EXPECTS_MORE:
            return False
        return self._source.column_of(token.start) <= current.column and not before.is_word("in")

    @property
    def _column(self) -> int:
        return self._current.column if self._current else 10**9

    def _is_first_on_line(self, at: int) -> bool:
        start = self._tokens[at].start
        line_start = start - self._source.column_of(start)
        return not self._source.text[line_start:start].strip() or (at > 0 and self._tokens[at - 1].end <= line_start)

    @staticmethod
    def _is_prefix_command(command: _Open) -> bool:
        return command.keyword in _PREFIXING or command.keyword.startswith("#")

    def _begin(self, at: int) -> None:
        first = at if self._prefix is None else self._prefix
        current = self._current
        word = self._tokens[at].text
        self._prefix = None
        joined = current and first > 0 and self._tokens[first - 1].is_word("in") and self._is_prefix_command(current)
        if current is not None and joined:
            self._current = _Open(word, current.first, at, current.column)
            return
        self._close(first)
        self._current = _Open(word, first, at, self._source.column_of(self._tokens[first].start))

    def _close(self, end: int) -> None:
        """Ends the current command before the token at index `end`; a prefix without a command joins it."""
        current, self._current, self._prefix = self._current, None, None
        if current is None:
            return
        last = max(end, current.head + 1)
        span = Span(self._tokens[current.first].start, self._tokens[last - 1].end)
        self._done.append(Command(current.keyword, span, span, current.first, current.head, last))


def _with_groups(commands: list[Command]) -> tuple[Command, ...]:
    """The commands with the span of the `mutual … end` around them, if any."""
    result: list[Command] = []
    opened: int | None = None
    for command in commands:
        if command.keyword == "mutual" and opened is None:
            opened = len(result)
        result.append(command)
        if opened is not None and command.keyword == "end":
            _set_group(result, opened)
            opened = None
    if opened is not None:
        _set_group(result, opened)
    return tuple(result)


def _set_group(commands: list[Command], opened: int) -> None:
    group = Span(commands[opened].span.start, commands[-1].span.end)
    for index in range(opened, len(commands)):
        each = commands[index]
        commands[index] = Command(each.keyword, each.span, group, each.first, each.head, each.last)
