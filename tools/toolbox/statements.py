"""What an edit does to the declarations of a file: which statements change, which proofs are new.

A statement is what a reader has to trust: of a theorem its signature, of everything else (a definition, a structure,
an instance) all of it, because other statements mean what their definitions say.
"""

from collections import Counter
from collections.abc import Mapping

from tools.lean.acceptance.observation import count_sorries
from tools.lean.document import Declaration, Document
from tools.lean.text import Span
from tools.lean.tokens import PROSE, tokenize

_PROVED_KINDS = frozenset({"theorem", "lemma", "example"})
_WITHOUT_PROOF = frozenset({"structure", "class", "inductive", "coinductive"})

StatementChange = tuple[str, str, str]
"""Name, before, after; after is empty for what is gone."""


def changed_commands(old: Document, new: Document) -> str:
    """The text of the commands (and of the header) that an edit changed or added."""
    known = Counter(_text(old, command.span) for command in old.commands)
    changed: list[str] = []
    for command in new.commands:
        text = _text(new, command.span)
        if known[text] > 0:
            known[text] -= 1
        else:
            changed.append(text)
    header = _text(new, new.header.span)
    return "\n".join(([header] if header != _text(old, old.header.span) else []) + changed)


def new_proofs(old: Document, new: Document) -> frozenset[int]:
    """The declarations of `new`, by index, that an edit changed or added and that are complete (no `sorry`)."""
    known = Counter(_text(old, each.span) for each in old.declarations)
    found: set[int] = set()
    for index, declaration in enumerate(new.declarations):
        text = _text(new, declaration.span)
        if known[text] > 0:
            known[text] -= 1
        elif declaration.kind not in _WITHOUT_PROOF and not count_sorries(text):
            found.add(index)
    return frozenset(found)


def changed_statements(
    old: Document, new: Document, old_types: Mapping[int, str | None], new_types: Mapping[int, str | None]
) -> tuple[StatementChange, ...]:
    """The statements that are not what they were, in text or, by the types that Lean prints, in meaning."""
    after = {each.name: index for index, each in enumerate(new.declarations) if not each.is_anonymous}
    changes: list[StatementChange] = []
    for index, declaration in enumerate(old.declarations):
        if declaration.is_anonymous:
            continue
        before = _statement(old, declaration)
        if (at := after.get(declaration.name)) is None:
            changes.append((declaration.name, before, ""))
            continue
        now = _statement(new, new.declarations[at])
        types = old_types.get(index), new_types.get(at)
        if _essence(before) != _essence(now):
            changes.append((declaration.name, before, now))
        elif None not in types and types[0] != types[1]:
            changes.append((declaration.name, before, f"{now}\n(the same text, but Lean reads it differently)"))
    return (*changes, *_anonymous_changes(old, new))


def _anonymous_changes(old: Document, new: Document) -> list[StatementChange]:
    """Examples and nameless instances are known by their statement only: those that are not there any more."""
    there = Counter(_essence(_statement(new, each)) for each in new.declarations if each.is_anonymous)
    gone: list[StatementChange] = []
    for declaration in old.declarations:
        if not declaration.is_anonymous:
            continue
        essence = _essence(_statement(old, declaration))
        if there[essence] > 0:
            there[essence] -= 1
        else:
            gone.append((declaration.name, _statement(old, declaration), ""))
    return gone


def _statement(document: Document, declaration: Declaration) -> str:
    is_proved = declaration.kind in _PROVED_KINDS
    return _text(document, declaration.signature if is_proved else declaration.span).strip()


def _essence(text: str) -> tuple[str, ...]:
    """A text without blanks, comments and documentation."""
    return tuple(token.text for token in tokenize(text) if token.kind not in PROSE)


def _text(document: Document, span: Span) -> str:
    return document.text[span.start : span.end]
