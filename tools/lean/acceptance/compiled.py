"""What a compiled module says about a file: its declarations by place, their statements, and what they rest on.

Nothing that is printed is read: types are compared by the structure of their terms, and axioms are found by walking
from constant to constant.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tools.lean.acceptance.axioms import SORRY, STANDARD_AXIOMS, AxiomReport, AxiomsHow
from tools.lean.acceptance.checked_text import CheckedText
from tools.lean.acceptance.observation import enclosing
from tools.lean.document import Declaration
from tools.lean.lean_document import Symbol
from tools.lean.olean.module import CompiledModule
from tools.lean.olean.names import Name, dotted, split_private
from tools.lean.text import Span
from tools.lean.tokens import name_components


@dataclass(frozen=True, slots=True)
class DeclaredConstant:
    """A constant that somebody wrote: its declaration's index (-1: outside all), and what it says, as digests.

    `type_digest` is that of the statement alone, `digest` that of all that it says, of a definition its value too.
    """

    index: int
    name: str
    kind: int
    type_digest: str
    digest: str


class CompiledFile:
    """A file with the module that Lean made of it. Raises `OleanError` for a damaged one."""

    def __init__(self, checked: CheckedText, module: CompiledModule) -> None:
        self._checked = checked
        self._module = module
        self._document = checked.document
        self._bases: dict[int, frozenset[Name]] = {}

    @cached_property
    def _places(self) -> Mapping[Name, tuple[Span, int]]:
        """The spans of what is declared, in the file's own text, and the declarations that they belong to."""
        found: dict[Name, tuple[Span, int]] = {}
        for name, place in self._module.ranges.items():
            start = self._checked.origin_of(place.line, place.column)
            end = self._checked.origin_of(place.end_line, place.end_column)
            found[name] = Span(start, max(start, end)), enclosing(self._document, start)
        return found

    @cached_property
    def _declared(self) -> Mapping[int, Name]:
        """The constant of each declaration: the outermost in it, under the name that the declaration has."""
        outermost: dict[int, tuple[tuple[int, int], Name]] = {}
        for name, (span, index) in self._places.items():
            rank = (span.start, -span.end)
            if index >= 0 and self._is_name_of(index, name) and (index not in outermost or rank < outermost[index][0]):
                outermost[index] = rank, name
        return {index: name for index, (_, name) in outermost.items()}

    def _is_name_of(self, index: int, name: Name) -> bool:
        declaration = self._document.declarations[index]
        _, own = split_private(name)
        named = dict(self._checked.named)
        if index in named:
            return own == (named[index],)
        return declaration.is_anonymous or own[-1:] == _last_component(declaration)

    @cached_property
    def outline(self) -> tuple[Symbol, ...]:
        """What Lean sees declared, in the order of the text."""
        constants = self._module.constants
        named = {name for _, name in self._checked.named}
        symbols = (
            Symbol(_shown(name), constants[name].kind if name in constants else -1, span, ())
            for name, (span, _) in self._places.items()
            if not named.intersection(name)
        )
        return tuple(sorted(symbols, key=lambda each: (each.span.start, -each.span.end, each.name)))

    @cached_property
    def types(self) -> Mapping[int, str]:
        """The digests of the statements, by declaration, of those that are there."""
        constants = self._module.constants
        return {
            index: self._module.type_digest(name).hex() for index, name in self._declared.items() if name in constants
        }

    @cached_property
    def constants(self) -> Mapping[Name, DeclaredConstant]:
        """Everything that somebody wrote, by name; `types` has the examples."""
        module = self._module
        examples = {name for _, name in self._checked.named}
        return {
            name: DeclaredConstant(
                index,
                _shown(name),
                module.constants[name].kind,
                module.type_digest(name).hex(),
                module.digest(name).hex(),
            )
            for name, (_, index) in self._places.items()
            if name in module.constants and not examples.intersection(name)
        }

    # -- what is open, and what is rested upon

    @cached_property
    def _inside(self) -> Mapping[int, Sequence[Name]]:
        """The constants that stand within each declaration."""
        found: dict[int, list[Name]] = {}
        for name, (_, index) in self._places.items():
            if name in self._module.constants:
                found.setdefault(index, []).append(name)
        return found

    def _parts(self, index: int) -> frozenset[Name]:
        """The constants that make up a declaration: what stands within it, and what Lean split off that."""
        return self._module.parts_of(self._inside.get(index, ()))

    def open_places(self, index: int) -> tuple[int, ...]:
        """Where the `sorry`s stand that a declaration is made of, as offsets in the file (-1: one does not say where).

        One of several types stands there once for each.
        """
        terms = self._module.open_terms(self._parts(index))
        return tuple(self._checked.origin_of(each.line, each.column) if each.line else -1 for each in terms)

    def imported(self, indices: Collection[int]) -> frozenset[Name]:
        """The imported constants that declarations rest on."""
        return frozenset[Name]().union(*map(self._rests_on, indices)) - self._module.constants.keys()

    def _rests_on(self, index: int) -> frozenset[Name]:
        known = self._bases.get(index)
        if known is None:
            known = self._bases[index] = self._module.rests_on(self._parts(index))
        return known

    def report(self, index: int, imports: Mapping[Name, Collection[Name]], imports_how: str) -> AxiomReport:
        """What a declaration rests on; `imports` are the axioms of imported constants, where they have any."""
        if index not in self._declared:
            return AxiomReport.unanswered("Lean has compiled nothing of that name")
        found = set[str]()
        for name in self._rests_on(index):
            if name in self._module.constants:
                found.add(_axiom_name(name))
            else:
                found.update(_axiom_name(each) for each in imports.get(name, ()))
        elsewhere = tuple(sorted(found))
        axioms = tuple(sorted(found | {SORRY})) if self.open_places(index) else elsewhere
        return AxiomReport(axioms, AxiomsHow.COMPILED, elsewhere=elsewhere, imports_how=imports_how)


def _last_component(declaration: Declaration) -> Name:
    return (name_components(declaration.name)[-1],)


def _shown(name: Name) -> str:
    return dotted(split_private(name)[1])


def _axiom_name(name: Name) -> str:
    """An axiom for people; one of this file's that is called as a standard one is told in full."""
    shown = _shown(name)
    return dotted(name) if split_private(name)[0] and shown in (*STANDARD_AXIOMS, SORRY) else shown
