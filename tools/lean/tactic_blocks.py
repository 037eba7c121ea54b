"""Finds where a declaration holds `sorry`, and whether each stands for a tactic or for a term.

Lean decides that by its grammar, which every `syntax` extends; here the layout decides: one pass over the tokens keeps
a stack of what is open (tactic blocks with their columns, brackets, alternatives that await `=>`, …), as Lean's
`withPosition`/`colGe`/`colEq` checks do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tools.lean.tactic_spans import TacticSpan, TacticTracker
from tools.lean.text import SourceText
from tools.lean.tokens import Token, TokenKind, words

_OPENING = frozenset("([{⟨‹⟪⟦⌊⌈")
_CLOSING = frozenset(")]}⟩›⟫⟧⌋⌉")
# Tactics whose argument is a tactic sequence, directly.
_COMBINATORS = words("""
    try all_goals any_goals focus repeat repeat' repeat1 repeat1' iterate fail_if_success success_if_fail show_term
    unhygienic checkpoint without_recover
    """)
_WITH_ARROW = words("case case' next conv conv_lhs conv_rhs on_goal")
_WITH_ALTERNATIVES = words("cases induction fun_cases fun_induction")
_PATTERN_TACTICS = words("rcases obtain rintro rcases' cases' induction' intro ext")
_TERM_LETS = words("let have letI haveI let_fun suffices")
# A token that continues the tactic before it even at the column of the block.
_CONTINUING = words("| else then with <;> |>. at using from := , ) ] } ⟩ where")
_BINDERS = words("∀ ∃ ∃! ∑ ∏ ∫ Σ Π ⋃ ⋂ ⨆ ⨅ ⨁ ⨂")
_NOT_AN_ARROW = words(":= ; <;> by |")


class _Open(Enum):
    TACTICS = auto()
    BRACKET = auto()
    ALTERNATIVES = auto()
    """What `| pattern =>` belongs to."""
    FIRST = auto()
    """`first | … | …`"""
    ARROW = auto()
    """Something that awaits its `=>`."""
    MATCH = auto()
    IF = auto()
    LET = auto()
    ITEMS = auto()
    """Lines aligned with each other in a term: fields, `calc` steps, `do`."""


@dataclass(slots=True)
class _Frame:
    kind: _Open
    column: int = -1
    tactic: bool = False
    head: str = ""
    binders: int = 0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class SorryToken:
    """A `sorry` and what surrounds it.

    `opener` is the text of the token before it, `opens_block` whether it is the first of a tactic block,
    `block_column` the largest column of the tactic blocks and aligned lines around it, other than the one it opens
    (-1: none), and `follower` the token after it.
    """

    start: int
    is_tactic: bool
    opener: str
    opens_block: bool
    block_column: int
    follower: Token | None


def find_sorries(source: SourceText, tokens: Sequence[Token], first: int, last: int, body: int) -> list[SorryToken]:
    """The `sorry` tokens among `tokens[first:last]`, a declaration; `body` is the index at which its body begins.

    `tokens` are the significant tokens of the whole file.
    """
    return _Pass(source, tokens, last, body).run(first)


def find_tactics(source: SourceText, tokens: Sequence[Token], first: int, last: int, body: int) -> list[TacticSpan]:
    """The tactics among `tokens[first:last]`, in order, each before those inside it; arguments as above."""
    layout = _Pass(source, tokens, last, body)
    layout.run(first)
    return layout.tactics.found(last)


class _Pass:
    def __init__(self, source: SourceText, tokens: Sequence[Token], last: int, body: int) -> None:
        self._source, self._tokens, self._last, self._body = source, tokens, last, body
        self._stack: list[_Frame] = []
        self._pending: _Frame | None = None
        self._at_tactic = False
        self._opened = False
        self._found: list[SorryToken] = []
        self.tactics = TacticTracker()

    def run(self, first: int) -> list[SorryToken]:
        for at in range(first, self._last):
            token = self._tokens[at]
            if token.kind is TokenKind.DOC_COMMENT:
                continue
            if at == self._body:
                self._stack, self._pending, self._at_tactic = [], None, False
                if token.is_symbol("|"):
                    self._stack.append(_Frame(_Open.ALTERNATIVES))
            self._layout(at)
            self.tactics.settle(at, self._stack)
            self._token(at)
            self.tactics.settle(at, self._stack)
        return self._found

    # Layout

    def _layout(self, at: int) -> None:
        """Closes what a new line ends, and opens the block that the token before announced."""
        token = self._tokens[at]
        column = self._source.column_of(token.start)
        if self._is_first_on_line(at):
            self._new_line(token, column)
        self._opened = False
        if self._pending is not None and not self._at_tactic:
            closes = token.kind is TokenKind.SYMBOL and token.text in _CLOSING
            if not closes:
                self._pending.column = column
                self._opened = self._at_tactic = self._pending.kind is _Open.TACTICS
                self._stack.append(self._pending)
        self._pending = None

    def _is_first_on_line(self, at: int) -> bool:
        start = self._tokens[at].start
        line_start = start - self._source.column_of(start)
        return at == 0 or self._tokens[at - 1].end <= line_start

    def _new_line(self, token: Token, column: int) -> None:
        floor = self._floor()
        layout = (_Open.TACTICS, _Open.ITEMS, _Open.LET)
        for index in range(floor, len(self._stack)):
            frame = self._stack[index]
            if frame.kind in layout and (column < frame.column or (frame.kind is _Open.LET and column == frame.column)):
                del self._stack[index:]
                break
        if self._pending is not None and self._pending.kind is _Open.TACTICS:
            return  # after `next h =>` a block may begin at the very column of the one around it
        block = self._innermost(_Open.TACTICS)
        if block is not None and column == self._stack[block].column and token.text not in _CONTINUING:
            del self._stack[block + 1 :]
            self._at_tactic = True

    def _floor(self) -> int:
        """The index above the innermost open bracket."""
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index].kind is _Open.BRACKET:
                return index + 1
        return 0

    def _innermost(self, *kinds: _Open) -> int | None:
        """The index of the innermost frame of these kinds, within the innermost bracket."""
        for index in range(len(self._stack) - 1, self._floor() - 1, -1):
            if self._stack[index].kind in kinds:
                return index
        return None

    # Tokens

    def _token(self, at: int) -> None:
        token, at_tactic = self._tokens[at], self._at_tactic
        self._at_tactic = False
        if at_tactic:
            self.tactics.begin(at, self._tokens[at - 1].text, self._stack[-1])
        word = token.text if token.kind in (TokenKind.KEYWORD, TokenKind.IDENTIFIER, TokenKind.SYMBOL) else ""
        if word == "sorry":
            self._sorry(at, token.start, is_tactic=at_tactic)
        elif token.kind is TokenKind.NUMBER and self._stack and self._stack[-1].head == "iterate":
            self._pending = _Frame(_Open.TACTICS)
        elif token.text == ".sorry" and at_tactic:
            # A `.` at the place of a tactic is a bullet.
            self._opened = True
            self._sorry(at, token.start + 1, is_tactic=True, opener=".")
        elif at_tactic and self._tactic_head(at, word):
            return
        elif token.kind is TokenKind.SYMBOL:
            self._symbol(at, word)
        elif token.kind is TokenKind.KEYWORD or word in _TERM_LETS:
            self._keyword(at, word)

    def _sorry(self, at: int, start: int, *, is_tactic: bool, opener: str | None = None) -> None:
        before = self._tokens[at - 1].text if at else ""
        if before == "|>." or any(frame.quoted for frame in self._stack):
            return
        outer = self._stack[:-1] if self._opened else self._stack
        column = max((frame.column for frame in outer), default=-1)
        follower = self._tokens[at + 1] if at + 1 < self._last else None
        self._found.append(
            SorryToken(start, is_tactic, before if opener is None else opener, self._opened, column, follower)
        )

    def _tactic_head(self, at: int, word: str) -> bool:
        """Reads a token at the place of a tactic; False where it means the same as in a term."""
        self._stack[-1].head = word
        if word in ("·", "."):
            self._pending = _Frame(_Open.TACTICS)
        elif word in ("(", "{"):
            self._stack.append(_Frame(_Open.BRACKET))
            self._pending = _Frame(_Open.TACTICS)
        elif word in ("first", "solve"):
            self._stack.append(_Frame(_Open.FIRST))
        elif word in _COMBINATORS:
            self._pending = _Frame(_Open.TACTICS)
            if word == "iterate" and at + 1 < self._last and self._tokens[at + 1].kind is TokenKind.NUMBER:
                self._pending = None
        elif word in _WITH_ARROW:
            self._stack.append(_Frame(_Open.ARROW, tactic=True, head=word))
        elif word == "match":
            self._stack.append(_Frame(_Open.MATCH, tactic=True))
        elif word == "if":
            self._stack.append(_Frame(_Open.IF, tactic=True))
        elif word not in _TERM_LETS and not (word == "intro" and self._followed_by(at, "|")):
            return False
        elif word == "intro":
            self._stack.append(_Frame(_Open.ALTERNATIVES, tactic=True))
        return True

    def _followed_by(self, at: int, symbol: str) -> bool:
        return at + 1 < self._last and self._tokens[at + 1].is_symbol(symbol)

    def _keyword(self, at: int, word: str) -> None:
        match word:
            case "by":
                self._pending = _Frame(_Open.TACTICS)
            case "decreasing_by":
                self._stack, self._pending = [], _Frame(_Open.TACTICS)
            case "termination_by":
                self._stack = []
            case "fun":
                alternatives = self._followed_by(at, "|")
                self._stack.append(_Frame(_Open.ALTERNATIVES if alternatives else _Open.ARROW))
            case "match":
                self._stack.append(_Frame(_Open.MATCH))
            case "with":
                self._with()
            case "if":
                self._stack.append(_Frame(_Open.IF))
            case "then" | "else":
                self._branch(word)
            case "where":
                del self._stack[self._floor() :]
                self._pending = _Frame(_Open.ITEMS)
            case "do" | "calc":
                self._pending = _Frame(_Open.ITEMS)
            case "in":
                block = self._innermost(_Open.TACTICS)
                if block is not None and self._stack[block].head in ("open", "set_option"):
                    del self._stack[block + 1 :]
                    self._at_tactic = True
            case _ if word in _TERM_LETS:
                self._stack.append(_Frame(_Open.LET, column=self._source.column_of(self._tokens[at].start)))
            case _:
                pass

    def _with(self) -> None:
        """`match … with` and `cases … with` open alternatives; other `with` do not."""
        index = self._innermost(_Open.MATCH, _Open.TACTICS)
        if index is None:
            return
        frame = self._stack[index]
        if frame.kind is _Open.MATCH:
            self._stack[index:] = [_Frame(_Open.ALTERNATIVES, tactic=frame.tactic)]
        elif frame.head in _WITH_ALTERNATIVES:
            self._stack[index + 1 :] = [_Frame(_Open.ALTERNATIVES, tactic=True)]

    def _branch(self, word: str) -> None:
        index = self._innermost(_Open.IF)
        if index is None:
            return
        if self._stack[index].tactic:
            self._pending = _Frame(_Open.TACTICS)
        del self._stack[index + (word == "then") :]

    def _symbol(self, at: int, word: str) -> None:
        if word[-1] in _OPENING:
            self._open_bracket(at, word)
        elif word in _CLOSING:
            floor = self._floor()
            if floor:
                del self._stack[floor - 1 :]
        elif word == ",":
            self._comma()
        elif word in _BINDERS:
            if self._stack:
                self._stack[-1].binders += 1
        elif word == "λ":
            self._stack.append(_Frame(_Open.ARROW))
        elif word in (";", "<;>"):
            self._separator(word)
        elif word == "=>":
            self._arrow()
        elif word == "|":
            self._bar(at)

    def _open_bracket(self, at: int, word: str) -> None:
        tactics = word == "[" and at > 0 and self._tokens[at - 1].is_symbol("<;>")
        self._stack.append(_Frame(_Open.BRACKET, tactic=tactics, quoted=word.startswith("`")))
        if tactics:
            self._pending = _Frame(_Open.TACTICS)
        elif word == "{":
            self._pending = _Frame(_Open.ITEMS)

    def _comma(self) -> None:
        floor = self._floor()
        for index in range(len(self._stack) - 1, max(floor - 2, -1), -1):
            if self._stack[index].binders:
                self._stack[index].binders -= 1
                return
        if floor:
            items = [f for f in self._stack[floor : floor + 1] if f.kind is _Open.ITEMS]
            self._stack[floor:] = items
            if self._stack[floor - 1].tactic:
                self._pending = _Frame(_Open.TACTICS)

    def _separator(self, word: str) -> None:
        kinds = (_Open.TACTICS,) if word == "<;>" else (_Open.TACTICS, _Open.LET, _Open.ITEMS)
        index = self._innermost(*kinds)
        if index is None:
            return
        if self._stack[index].kind is _Open.TACTICS:
            del self._stack[index + 1 :]
            self._at_tactic = True
        elif self._stack[index].kind is _Open.LET:
            del self._stack[index:]

    def _arrow(self) -> None:
        index = self._innermost(_Open.ARROW)
        if index is None:
            return
        if self._stack[index].tactic:
            self._pending = _Frame(_Open.TACTICS)
        del self._stack[index:]

    def _bar(self, at: int) -> None:
        starts_line = self._is_first_on_line(at)
        column = self._source.column_of(self._tokens[at].start)
        for index in range(len(self._stack) - 1, self._floor() - 1, -1):
            frame = self._stack[index]
            if frame.kind is _Open.FIRST:
                del self._stack[index + 1 :]
                self._pending = _Frame(_Open.TACTICS)
                return
            if frame.kind is _Open.ARROW and frame.head in _WITH_ARROW:
                return
            if frame.kind is _Open.ALTERNATIVES:
                if starts_line or self._stack[-1].kind is not _Open.TACTICS or self._has_arrow(at):
                    self._stack[index + 1 :] = [_Frame(_Open.ARROW, tactic=frame.tactic)]
                    # Lean aligns alternatives with the first one.
                    frame.column = column if frame.column < 0 else frame.column
                return
            if frame.kind is _Open.TACTICS:
                if not starts_line and frame.head in _PATTERN_TACTICS:
                    return
                if starts_line and frame.column <= column:
                    break
        if self._has_arrow(at) and (not self._stack or self._stack[-1].kind is not _Open.BRACKET):
            self._stack += [_Frame(_Open.ALTERNATIVES, column=column), _Frame(_Open.ARROW)]

    def _has_arrow(self, at: int) -> bool:
        """Whether `=>` follows the `|` at an index, before anything that a pattern cannot hold."""
        depth = 0
        for index in range(at + 1, self._last):
            token = self._tokens[index]
            if token.kind is TokenKind.SYMBOL and token.text[-1] in _OPENING:
                depth += 1
            elif token.kind is TokenKind.SYMBOL and token.text in _CLOSING:
                depth -= 1
                if depth < 0:
                    return False
            elif depth == 0 and token.text == "=>":
                return True
            elif depth == 0 and token.text in _NOT_AN_ARROW:
                return False
        return False
