"""Screens a candidate proof before Lean sees it.

Lean runs code while it elaborates: `run_tac`, `#eval`, the value of `(config := …)`. A candidate is a text by a model
or by a stranger, so nothing in it may run code, reach beyond the proof, or switch off a check. Screening reads tokens,
as Lean does, never substrings: `by_contra` is not `by`, and a comment may speak of `sorry`.

Two properties of Lean's parser matter here. After an error it skips to the next word that begins a command, so a text
that does not parse can still run a command; and where a token itself is in error (a string with an unknown escape) it
resumes one character further on, within the string. Hence command words are refused anywhere, and strings have to be
well-formed.

Screening says nothing about whether a proof is right, or whether a user's own macro is honest: that is what Lean, and
the acceptance check after it, decide.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.lean.commands import matching_close, significant
from tools.lean.document import HoleKind
from tools.lean.layout import ProofLines
from tools.lean.screening_rules import (
    ALLOWED_OPTIONS,
    CODE_OPTIONS,
    COMMAND_PREFIXES,
    CONFIG_TACTICS,
    KNOWN_OPTIONS,
    META_PAIRS,
    META_ROOTS,
    NAME_PREFIXES,
    NAMES,
    PURE_PAIRS,
    WORDS,
    Rule,
)
from tools.lean.text import Span
from tools.lean.tokens import COMMENTS, KEYWORDS, Token, TokenKind, tokenize
from tools.lean.toolchain import Toolchain, ToolchainKind

MAX_LENGTH = 100_000
"""The longest candidate, in characters."""

_OPENERS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "‹": "›", "⟪": "⟫", "⟦": "⟧", "⌊": "⌋", "⌈": "⌉"}
_CLOSERS = frozenset(_OPENERS.values())
_ESCAPES = re.compile(r'\\(?:[\\"\'nrt]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|\n[ \n]*)')
_VALUES = frozenset({"true", "false", "none", "some"})
_PUNCTUATION = frozenset("{}[](),") | {":="}
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9'!?]*")
_HASH_COMMAND = re.compile(r"#[A-Za-z_]{3,}")
_NAME_KINDS = (TokenKind.IDENTIFIER, TokenKind.DOT_IDENTIFIER)
_COMMAND_REASON = "begins a command; a proof is a tactic block or a term"


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a candidate is refused: the rule, where (in the candidate), the offending text, a message for people."""

    rule: Rule
    span: Span
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class ScreeningPolicy:
    """What a candidate may use.

    `allow_native` lets `native_decide`, `decide +native` and `bv_decide` pass, for users who trust compiled code.

    `is_strict` serves toolchains that cannot say which axioms a proof rests on, so that screening is all there is.
    It then also refuses what no honest proof needs but a dishonest one may hide behind: compiled code in any case,
    plain names in `«…»`, interpolated strings, and options other than the two limits `maxHeartbeats` and
    `maxRecDepth`.
    """

    allow_native: bool = False
    is_strict: bool = False

    @classmethod
    def strict(cls) -> "ScreeningPolicy":
        """The policy for a toolchain that cannot say which axioms a proof rests on."""
        return cls(is_strict=True)

    @classmethod
    def of(cls, toolchain: Toolchain) -> "ScreeningPolicy":
        """The policy for a toolchain: the embedded Lean does not answer `#print axioms`."""
        return cls(is_strict=toolchain.kind is ToolchainKind.EMBEDDED)


def screen(
    candidate: str, hole_kind: HoleKind = HoleKind.TACTIC, *, policy: ScreeningPolicy | None = None
) -> list[Violation]:
    """What is wrong with a candidate, in the order of the text; empty where it may be shown to Lean.

    `candidate` is what `replace_hole` takes: a tactic block, or for a hole that is a term also a term.
    """
    policy = policy or ScreeningPolicy()
    if not candidate.strip():
        return [Violation(Rule.EMPTY, Span(0, len(candidate)), "", "there is no proof")]
    if len(candidate) > MAX_LENGTH:
        span = Span(MAX_LENGTH, len(candidate))
        return [Violation(Rule.TOO_LONG, span, "", f"longer than {MAX_LENGTH} characters")]
    text = candidate.replace("\r\n", " \n")
    if found := list(_bad_characters(text)):
        return found
    tokens = tokenize(text)
    seen = significant(tokens)
    found = [*_literals(tokens, policy), *_brackets(seen), *_layout(text, tokens, hole_kind)]
    found += _Words(seen, policy).violations()
    found += _configuration(seen, policy)
    return sorted(found, key=lambda violation: violation.span)


def _violation(rule: Rule, token: Token, message: str) -> Violation:
    text = token.text if len(token.text) <= 60 else token.text[:59] + "…"
    return Violation(rule, token.span, text, f"`{text}` {message}")


def _bad_characters(text: str) -> Iterator[Violation]:
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        blank = category in ("Zs", "Zl", "Zp") and character != " "
        # Lo: fillers that print as nothing; FE00-FE0F: variation selectors.
        hidden = category in ("Cf", "Cs", "Co", "Cn") or character in "\u115f\u1160\u3164\uffa0\u034f"
        if (category == "Cc" and character != "\n") or blank or hidden or "\ufe00" <= character <= "\ufe0f":
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            yield Violation(Rule.CHARACTER, Span(at, at + 1), character, f"a character that cannot be seen: {name}")


def _literals(tokens: Sequence[Token], policy: ScreeningPolicy) -> Iterator[Violation]:
    """Comments, strings and characters that do not end, or that Lean may read otherwise than this lexer."""
    depth = 0
    for index, token in enumerate(tokens):
        match token.kind:
            case TokenKind.UNTERMINATED:
                yield _violation(Rule.UNTERMINATED, token, "never ends")
            case TokenKind.DOC_COMMENT | TokenKind.MODULE_COMMENT:
                yield _violation(Rule.COMMAND, token, "is documentation, which belongs to a command")
            case TokenKind.LINE_COMMENT | TokenKind.BLOCK_COMMENT if _touches_symbol(tokens, index):
                # A longer symbol of a library (`<--`) would make this no comment.
                yield _violation(Rule.MALFORMED, token, "needs a space before it")
            case TokenKind.STRING:
                if token.text.startswith("r"):
                    continue
                depth += token.text.endswith("{") - token.text.startswith("}")
                yield from _string(token, nested=depth > (token.text.endswith("{")), policy=policy)
            case TokenKind.NAME_LITERAL:
                yield _violation(Rule.QUOTATION, token, "quotes syntax or a name; proofs do not need that")
            case TokenKind.SYMBOL if "`" in token.text:
                yield _violation(Rule.QUOTATION, token, "quotes syntax or a name; proofs do not need that")
            case TokenKind.SYMBOL if token.text == "'":
                yield _violation(Rule.MALFORMED, token, "begins no character literal")
            case _:
                pass


def _touches_symbol(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1] if index else None
    if before is None or before.end != tokens[index].start or before.kind is not TokenKind.SYMBOL:
        return False
    return before.text not in _CLOSERS and before.text != ","


def _string(token: Token, *, nested: bool, policy: ScreeningPolicy) -> Iterator[Violation]:
    content = token.text[1:-1]
    if "\\" in _ESCAPES.sub("", content):
        yield _violation(Rule.MALFORMED, token, "holds an escape that Lean does not know")
    is_part = token.text.startswith("}") or token.text.endswith("{")
    if (nested and token.text.startswith('"')) or (not is_part and "{" in content):
        # Plain or interpolated: where the string ends depends on what stands before it.
        yield _violation(Rule.MALFORMED, token, "holds a `{` or stands within one: it could be read in two ways")
    elif is_part and policy.is_strict:
        yield _violation(Rule.MALFORMED, token, "is an interpolated string, which a proof does not need")


def _brackets(tokens: Sequence[Token]) -> Iterator[Violation]:
    opened: list[Token] = []
    for token in tokens:
        if token.kind is not TokenKind.SYMBOL:
            continue
        if token.text[-1] in _OPENERS:
            opened.append(token)
        elif token.text in _CLOSERS:
            if not opened or _OPENERS[opened[-1].text[-1]] != token.text:
                yield _violation(Rule.BRACKETS, token, "closes what is not open: the proof would end here")
                return
            opened.pop()
    if opened:
        yield _violation(Rule.BRACKETS, opened[-1], "is never closed")


def _layout(text: str, tokens: Sequence[Token], hole_kind: HoleKind) -> Iterator[Violation]:
    """Lines that leave the block, and a comment that swallows what stands behind the hole."""
    last = tokens[-1]
    if last.kind is TokenKind.LINE_COMMENT:
        yield _violation(Rule.LAYOUT, last, "would make a comment of what follows the hole")
    if all(token.kind in COMMENTS for token in tokens):
        yield Violation(Rule.EMPTY, Span(0, len(text)), "", "there is no proof, only comments")
        return
    first_line = next(line for line in ProofLines.parse(text).lines if line.strip())
    if hole_kind is HoleKind.TACTIC and first_line.startswith(" "):
        first = next(token for token in tokens if token.kind not in COMMENTS)
        yield _violation(Rule.LAYOUT, first, "stands further right than a later line, which would leave the block")


class _Words:
    """Judges the tokens of a candidate one by one, in the light of their neighbours."""

    def __init__(self, tokens: Sequence[Token], policy: ScreeningPolicy) -> None:
        self._tokens, self._policy = tokens, policy

    def violations(self) -> Iterator[Violation]:
        """All violations among words and names."""
        for index, token in enumerate(self._tokens):
            if token.kind is TokenKind.SYMBOL:
                yield from self._symbol(index, token)
            elif token.kind in (TokenKind.KEYWORD, *_NAME_KINDS):
                yield from self._word(index, token)
                yield from self._name(token)

    def _near(self, index: int) -> str:
        return self._tokens[index].text if 0 <= index < len(self._tokens) else ""

    def _symbol(self, index: int, token: Token) -> Iterator[Violation]:
        if token.text == "@[":
            yield _violation(Rule.COMMAND, token, "sets an attribute; a proof is a tactic block or a term")
        elif token.text == "%" and self._near(index - 1) == "eval" and self._tokens[index - 1].end == token.start:
            yield _violation(Rule.RUNS_CODE, self._tokens[index - 1], "runs code while Lean elaborates")
        elif token.text == "+" and self._near(index + 1) == "native" and not self._native_allowed:
            yield _violation(Rule.NATIVE, self._tokens[index + 1], WORDS["native_decide"][1])

    @property
    def _native_allowed(self) -> bool:
        return self._policy.allow_native and not self._policy.is_strict

    def _word(self, index: int, token: Token) -> Iterator[Violation]:
        """Words that Lean would read as tokens of their own."""
        word = self._plain_word(index, token)
        if word.startswith("#"):
            # `#s` is a cardinality; Lean needs no blank after `#eval`.
            if _HASH_COMMAND.match(word):
                yield _violation(Rule.COMMAND, token, _COMMAND_REASON)
        elif word == "open":
            yield from self._open(index, token)
        elif word == "set_option":
            yield from self._set_option(index, token)
        elif word == "scoped" and self._near(index - 1) == "open":
            return
        elif word == "unsafe":
            if not self._is_aesop_rule(index):
                yield _violation(Rule.UNSOUND, token, "lets a term bypass the kernel")
        elif word == "trace":
            # The tactic prints a text of its own, the function `trace` of a matrix does not.
            following = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
            if following is not None and (following.kind is TokenKind.STRING or following.is_symbol("[")):
                yield _violation(Rule.RUNS_CODE, token, WORDS["run_tac"][1])
        elif word == "rec" and self._near(index - 1) == "let":
            yield _violation(Rule.COMMAND, token, "declares something of its own; use `have` or `induction`")
        elif word.startswith(COMMAND_PREFIXES):
            yield _violation(Rule.COMMAND, token, _COMMAND_REASON)
        elif word in WORDS:
            rule, reason = WORDS[word]
            if rule is not Rule.NATIVE or not self._native_allowed:
                yield _violation(rule, token, reason)

    def _is_aesop_rule(self, index: int) -> bool:
        """Whether the token at an index stands in the `(add …)` of `aesop (add unsafe 50% …)`."""
        opening = next((at for at in range(index, -1, -1) if self._tokens[at].is_symbol("(")), None)
        return opening is not None and self._near(opening + 1) == "add" and _follows_tactic(self._tokens, opening)

    def _plain_word(self, index: int, token: Token) -> str:
        """The word that Lean may read here as a token of its own; empty for a component of a name."""
        if token.kind is not TokenKind.DOT_IDENTIFIER:
            return token.text
        # At the place of a tactic `.` is a bullet, so that `.sorry` is one; directly after a term it is a projection.
        before = self._tokens[index - 1] if index else None
        is_projection = (
            before is not None
            and before.end == token.start
            and (before.kind is not TokenKind.SYMBOL or before.text in _CLOSERS)
        )
        return "" if is_projection else token.text[1:]

    def _open(self, index: int, token: Token) -> Iterator[Violation]:
        """`open … in` is allowed, `open` without it is not."""
        for at in range(index + 1, len(self._tokens)):
            following = self._tokens[at]
            if following.is_word("in"):
                if at == index + 1:
                    break
                return
            is_name = following.kind is TokenKind.IDENTIFIER or following.is_word("scoped")
            if not is_name and not following.is_symbol("(", ")", "→", "->", ","):
                break
        yield _violation(Rule.COMMAND, token, "is allowed within a proof only as `open … in`")

    def _set_option(self, index: int, token: Token) -> Iterator[Violation]:
        """`set_option … in` is allowed for the options that only set limits."""
        option, value, joint = (self._near(index + offset) for offset in (1, 2, 3))
        allowed = {"maxHeartbeats", "maxRecDepth"} if self._policy.is_strict else ALLOWED_OPTIONS
        if option.replace("«", "").replace("»", "") not in allowed:
            yield _violation(Rule.OPTION, token, f"of `{option}` is not allowed in a proof")
        elif joint != "in" or not value.isdecimal():
            yield _violation(Rule.OPTION, token, f"is allowed within a proof only as `set_option {option} N in`")

    def _name(self, token: Token) -> Iterator[Violation]:
        components = token.components
        for component in components:
            rule, reason = NAMES.get(component, (None, ""))
            if rule is None and component.startswith(NAME_PREFIXES):
                rule, reason = NAMES["unsafeIO"]
            if rule is not None:
                yield _violation(rule, token, reason)
                return
        rooted = components[1:] if components[:1] == ("_root_",) else components
        if self._is_meta(rooted) and token.kind is TokenKind.IDENTIFIER:
            yield _violation(Rule.NAME, token, "belongs to Lean's metaprogramming, which a proof does not need")
        elif self._policy.is_strict and "«" in token.text and self._is_disguise(token):
            yield _violation(Rule.DISGUISE, token, "hides a plain name in `«…»`")

    @staticmethod
    def _is_meta(components: tuple[str, ...]) -> bool:
        pair = ".".join(components[:2])
        if pair in META_PAIRS or components == ("Lean",):
            return True
        return len(components) > 1 and components[0] in META_ROOTS and pair not in PURE_PAIRS

    @staticmethod
    def _is_disguise(token: Token) -> bool:
        escaped = re.findall(r"«([^»]*)»", token.text)
        return any(_PLAIN_NAME.fullmatch(part) and part not in KEYWORDS for part in escaped)


def _configuration(tokens: Sequence[Token], policy: ScreeningPolicy) -> Iterator[Violation]:
    """Options of tactics: Lean evaluates their values as code, so they have to be literals."""
    native_allowed = policy.allow_native and not policy.is_strict
    for index in range(len(tokens) - 2):
        opening, name, assign = tokens[index : index + 3]
        if not assign.is_symbol(":="):
            continue
        if name.components == ("native",) and not native_allowed and _value_is_not_false(tokens, index + 3):
            yield _violation(Rule.NATIVE, name, WORDS["native_decide"][1])
        if not opening.is_symbol("(") or not _is_option(tokens, index, name):
            continue
        close = matching_close(tokens, index)
        for at in range(index + 3, close):
            if not _is_literal(tokens, at):
                message = f"is no literal; Lean would run the value of `{name.text}` as code"
                yield _violation(Rule.CONFIGURATION, tokens[at], message)
                break


def _value_is_not_false(tokens: Sequence[Token], index: int) -> bool:
    return index >= len(tokens) or not tokens[index].is_word("false")


def _is_option(tokens: Sequence[Token], opening: int, name: Token) -> bool:
    components = name.components
    if not components or (len(components) == 1 and components[0] in CODE_OPTIONS):
        return False
    if components[0] in KNOWN_OPTIONS:
        return True
    return _follows_tactic(tokens, opening)


def _follows_tactic(tokens: Sequence[Token], at: int) -> bool:
    """Whether only options stand between an index and the name of a tactic before it."""
    while at > 0:
        before = tokens[at - 1]
        if before.is_word(*CONFIG_TACTICS):
            return True
        if at >= 2 and tokens[at - 2].is_symbol("+", "-"):
            at -= 2
        elif before.is_symbol(")"):
            at = _matching_open(tokens, at - 1)
        else:
            return False
    return False


def _matching_open(tokens: Sequence[Token], closing: int) -> int:
    depth = 0
    for index in range(closing, -1, -1):
        if tokens[index].kind is TokenKind.SYMBOL:
            depth += tokens[index].text in _CLOSERS
            depth -= tokens[index].text[-1] in _OPENERS
        if depth == 0:
            return index
    return 0


def _is_literal(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if token.kind in (TokenKind.NUMBER, TokenKind.STRING, TokenKind.DOT_IDENTIFIER):
        return True
    if token.kind is TokenKind.SYMBOL:
        return token.text in _PUNCTUATION
    is_field = token.kind is TokenKind.IDENTIFIER and tokens[index + 1].is_symbol(":=")
    return is_field or token.is_word(*_VALUES)
