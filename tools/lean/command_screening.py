"""Screens commands (statements, definitions, imports) that a model wrote, before Lean sees them.

The screening of proofs (`screening`) refuses every command; here the commands are the point, and those are let pass
that only declare, open, and print. What would run code while Lean elaborates (`#eval`, `run_cmd`, macros, notation,
elaborators, attributes that call code) is refused, and so is what nobody can tell. `sorry` is allowed: this screening
says nothing about proofs being complete.
"""

import re
from collections.abc import Iterator, Sequence

from tools.lean.commands import matching_close, read_header, significant
from tools.lean.document import HoleKind
from tools.lean.screening import ScreeningPolicy, Violation, screen
from tools.lean.screening_rules import Rule
from tools.lean.tokens import Token, TokenKind, tokenize, words

_ALLOWED_WORDS = words(
    """
    abbrev alias class def deriving end example export extends include inductive instance lemma local mutual namespace
    noncomputable nonrec omit open private protected public scoped section structure termination_by decreasing_by
    theorem universe variable where rec attribute coinductive
    #check #check_failure #print #reduce #synth
    """
)
_ATTRIBUTES = words(
    """
    simp simps grind ext norm_cast push_cast reducible irreducible refl symm trans congr gcongr elab_as_elim
    induction_eliminator cases_eliminator match_pattern inherit_doc deprecated instance class coe mono app local
    scoped default_instance inline specialize always_inline reassoc elementwise aesop safe unsafe norm unfold
    fun_prop measurability continuity positivity bound ac_rfl nolint to_additive
    """
)
_OPTION = re.compile(
    r"(?:autoImplicit|relaxedAutoImplicit|maxHeartbeats|maxRecDepth|synthInstance\.(?:maxHeartbeats|maxSize)"
    r"|exponentiation\.threshold|linter\.[\w.]+|pp\.[\w.]+)"
)
_OPTION_VALUE = re.compile(r"true|false|[0-9]+")


def screen_commands(text: str, *, policy: ScreeningPolicy | None = None) -> list[Violation]:
    """What is wrong with a text of commands, in its order; empty where it may be shown to Lean."""
    if not text.strip():
        return []
    tokens = significant(tokenize(text))
    found = [each for each in screen(text, HoleKind.TERM, policy=policy) if not _is_allowed(each)]
    found += [*_imports(tokens), *_attributes(tokens), *_options(tokens)]
    return sorted(found, key=lambda violation: violation.span)


def _is_allowed(violation: Violation) -> bool:
    """Whether the screening of proofs refused what commands may have (attributes and options are looked at here)."""
    match violation.rule:
        case Rule.COMMAND:
            word = violation.text.removeprefix(".")
            return word in _ALLOWED_WORDS or word in ("@[", "import") or word.startswith(("/--", "/-!"))
        case Rule.UNSOUND:
            return False
        case _:
            return violation.rule in (Rule.INCOMPLETE, Rule.OPTION, Rule.LAYOUT, Rule.EMPTY)


def _refused(rule: Rule, token: Token, message: str) -> Violation:
    return Violation(rule, token.span, token.text, f"`{token.text}` {message}")


def _imports(tokens: Sequence[Token]) -> Iterator[Violation]:
    _, start = read_header(tokens)
    for token in tokens[start:]:
        if token.is_word("import"):
            yield _refused(Rule.COMMAND, token, "belongs at the head of a file")
    for token in tokens[:start]:
        if token.is_word("prelude", "meta"):
            yield _refused(Rule.COMMAND, token, "is not allowed here")


def _attributes(tokens: Sequence[Token]) -> Iterator[Violation]:
    """The attributes of `@[…]` and `attribute […]`: those whose handlers are known to run nothing of the file."""
    for index, token in enumerate(tokens):
        opens = token.is_symbol("@[") or (token.is_symbol("[") and index > 0 and tokens[index - 1].is_word("attribute"))
        if not opens:
            continue
        close = matching_close(tokens, index)
        for at in range(index + 1, close):
            first = tokens[at - 1].is_symbol("@[", "[", ",", "-") or tokens[at - 1].is_word("local", "scoped")
            word = tokens[at]
            if first and not word.is_symbol("-") and word.text not in _ATTRIBUTES and not _is_nested(tokens, index, at):
                yield _refused(Rule.COMMAND, word, "is an attribute that is not allowed here")


def _is_nested(tokens: Sequence[Token], opening: int, at: int) -> bool:
    depth = sum(
        (token.text[-1] in "([{⟨") - (token.text in ")]}⟩")
        for token in tokens[opening + 1 : at]
        if token.kind is TokenKind.SYMBOL
    )
    return depth > 0


def _options(tokens: Sequence[Token]) -> Iterator[Violation]:
    for index, token in enumerate(tokens):
        if not token.is_word("set_option"):
            continue
        option, value = (tokens[at].text if at < len(tokens) else "" for at in (index + 1, index + 2))
        if not _OPTION.fullmatch(option) or not _OPTION_VALUE.fullmatch(value):
            yield _refused(Rule.OPTION, token, f"of `{option}` is not allowed here")
