"""Which holes of a file are which, from one save to the next: by what a proof of them depends on."""

import hashlib
from collections.abc import Collection, Mapping

from agent.prover.targets import failing_hole
from tools.lean.document import Declaration, Document, Hole

_PROVED = frozenset({"theorem", "lemma", "example"})


def identities(document: Document, failing: Collection[str] = ()) -> Mapping[str, Hole]:
    """The holes that can be filled by their identity: it stays the same while the hole asks for the same.

    Of the declarations that are `failing`, by name, the whole proof is a hole.

    It is made from the declaration around the hole and from all that stands above it but the proofs of theorems: no
    proof depends on those. Holes that nothing tells apart are counted.
    """
    found: dict[str, Hole] = {}
    above = hashlib.sha256(document.text[document.header.span.start : document.header.span.end].encode())
    at = document.header.span.end
    for declaration in document.declarations:
        above.update(document.text[at : declaration.span.start].encode())
        start, end = declaration.span.start, declaration.span.end
        fails = failing_hole(document, declaration) if declaration.name in failing else None
        for hole in (*declaration.holes, *([fails] if fails and not declaration.holes else [])):
            if not hole.in_statement:
                own = hashlib.sha256(f"{document.text[start:end]}\0{hole.index}".encode())
                own.update(above.digest())
                found[_unused(own.hexdigest()[:24], found)] = hole
        above.update(_stated(document, declaration).encode())
        at = end
    return found


def _stated(document: Document, declaration: Declaration) -> str:
    whole = declaration.kind not in _PROVED
    span = declaration.span if whole else declaration.signature
    return document.text[span.start : span.end]


def _unused(name: str, found: Mapping[str, Hole]) -> str:
    while name in found:
        name += "'"
    return name
