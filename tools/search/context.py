"""What the text around a hole offers to a search."""

from tools.lean.document import Document, Hole
from tools.search.generator import SearchContext, tactics_of_imports


def context_of(document: Document, hole: Hole) -> SearchContext:
    """What the file offers above the hole: definitions, and lemmas that are complete."""
    definitions: list[str] = []
    types: list[str] = []
    lemmas: list[str] = []
    for declaration in document.declarations:
        if declaration.span.end > hole.span.start:
            break
        if declaration.is_anonymous:
            continue
        if declaration.kind in ("def", "abbrev"):
            definitions.append(declaration.name)
        elif declaration.kind in ("inductive", "structure"):
            types.append(declaration.name)
        elif declaration.kind in ("theorem", "lemma") and not declaration.holes:
            lemmas.append(declaration.name)
    modules = [item.name for item in document.header.imports]
    return SearchContext(tuple(definitions), tuple(types), tuple(lemmas), tactics_of_imports(modules))
