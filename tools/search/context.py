"""What the text around a hole offers to a search."""

from collections.abc import Sequence

from tools.lean.document import Declaration, Document, Hole
from tools.search.formula import mentions
from tools.search.generator import Laws, SearchContext, tactics_of_imports
from tools.search.members import constructors_in, facts_in


def context_of(document: Document, hole: Hole) -> SearchContext:
    """What the file offers above the hole: definitions, and lemmas that are complete."""
    definitions: list[str] = []
    types: list[str] = []
    lemmas: list[str] = []
    constructors: dict[str, tuple[str, ...]] = {}
    notions: list[str] = []
    laws: dict[str, Laws] = {}
    for declaration in document.declarations:
        if declaration.span.end > hole.span.start:
            break
        if declaration.is_anonymous:
            continue
        if declaration.kind in ("def", "abbrev"):
            definitions.append(declaration.name)
            if _is_notion(document, declaration):
                notions.append(declaration.name)
        elif declaration.kind in ("inductive", "structure", "class"):
            types.append(declaration.name)
            whole = declaration.body or declaration.signature  # `inductive Color | red | green` has no body
            body = document.text[whole.start : whole.end]
            if declaration.kind == "inductive":
                constructors[declaration.name] = _within(declaration.name, constructors_in(body))
            else:
                facts = facts_in(body)
                lemmas += _within(declaration.name, [fact.name for fact in facts])
                unary = _within(declaration.name, [fact.name for fact in facts if fact.is_unary])
                laws[declaration.name] = Laws(unary, _within(declaration.name, [fact.name for fact in facts]))
        elif declaration.kind in ("theorem", "lemma") and not declaration.holes:
            lemmas.append(declaration.name)
    modules = [item.name for item in document.header.imports]
    return SearchContext(
        definitions=tuple(definitions),
        types=tuple(types),
        lemmas=tuple(lemmas),
        tactics=tactics_of_imports(modules),
        constructors=constructors,
        notions=tuple(notions),
        laws=laws,
    )


def _is_notion(document: Document, declaration: Declaration) -> bool:
    """Whether a definition gives a proposition a name: `def Injective (f : α → β) : Prop := ∀ x y, …`."""
    if declaration.body is None:
        return False
    signature = document.text[declaration.signature.start : declaration.signature.end].rstrip()
    body = document.text[declaration.body.start : declaration.body.end]
    is_recursive = mentions(body, declaration.name.rpartition(".")[2])
    return signature.endswith(": Prop") and body.startswith(":=") and not is_recursive


def _within(name: str, members: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}.{member}" for member in members)
