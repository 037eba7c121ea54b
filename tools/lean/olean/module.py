"""A module as Lean compiled it: its constants with their types and values, and where they stand in the source.

Read from the `.olean` that `lean -o` writes. In a `module` the constants that others may not see lie in
`.olean.private`, above `.olean.server`, above `.olean`; elsewhere there is one file (`Lean.ModuleData` and
`Lean.ConstantInfo` of Lean 4: `src/Lean/Environment.lean`, `src/Lean/Declaration.lean`).

What it says is compared by digests of its terms (`Terms`), in which constants that Lean made up for itself
(`foo.match_1`) stand for what they say.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, ParamSpec, Self, TypeVar

from tools.lean.olean.expressions import CONST, PROJ
from tools.lean.olean.format import Olean, OleanError
from tools.lean.olean.names import Name, is_auxiliary, split_private
from tools.lean.olean.objects import Objects
from tools.lean.olean.terms import SORRY, Terms, digest_of, name_digest

P = ParamSpec("P")
R = TypeVar("R")

AXIOM, DEFINITION, THEOREM, OPAQUE, QUOTIENT, INDUCTIVE, CONSTRUCTOR, RECURSOR = range(8)
"""The constructors of `ConstantInfo`, by their tags."""

_WITH_VALUE: Final = frozenset((DEFINITION, THEOREM, OPAQUE))
_RANGES: Final[Name] = ("Lean", "declRangeExt")
_ORIGINAL_KINDS: Final[Name] = ("Lean", "privateConstKindsExt")
_WAS_AXIOM: Final = 2  # of `Lean.ConstantKind`


def _reading(method: Callable[P, R]) -> Callable[P, R]:
    """Has a method raise `OleanError` for whatever a damaged file leads it to."""

    @functools.wraps(method)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except (IndexError, KeyError, ValueError, RecursionError, OverflowError) as error:
            raise OleanError(f"damaged: {error}") from error

    return read


@dataclass(frozen=True, slots=True)
class SourceRange:
    """Where a declaration stands: lines from 1, columns from 0 in code points; the end is behind its last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant. `kind` is `AXIOM` …; `type`, `value` and `info` are addresses (`value` 0 where there is none)."""

    name: Name
    kind: int
    levels: tuple[Name, ...]
    type: int
    value: int
    info: int


@dataclass(frozen=True, order=True, slots=True)
class OpenTerm:
    """A `sorry` in a term: where it stands in the source (line from 1, column in code points), and its type's digest.

    `line` is 0 where the term does not say where it comes from.
    """

    line: int
    column: int
    type_digest: bytes


class CompiledModule:
    """The constants of one module. Methods raise `OleanError` where a file is damaged."""

    def __init__(self, parts: Iterable[Olean]) -> None:
        """Takes the files of the module, the lowest first; the last one has all constants."""
        self._objects = Objects(parts)
        self._terms = Terms(self._objects, self._reference)
        self._digests: dict[Name, bytes | None] = {}
        self._mentions: dict[Name, frozenset[Name]] = {}

    @classmethod
    def read(cls, olean: Path) -> Self:
        """Reads `X.olean` with what lies beside it. Raises `OleanError` and `OSError`."""
        parts = [Olean.read(olean)]
        for suffix in (".server", ".private"):
            file = olean.with_name(f"{olean.name}{suffix}")
            if file.is_file():
                parts.append(Olean.read(file, below=parts[-1]))
        return cls(parts)

    @_reading
    def check(self) -> None:
        """Reads what there is, without the terms. Raises `OleanError` where a file is damaged."""
        len(self.constants)
        len(self.ranges)

    # -- what there is

    @cached_property
    def constants(self) -> Mapping[Name, Constant]:
        """All constants by name."""
        return {constant.name: constant for constant in self._constants()}

    @cached_property
    def ranges(self) -> Mapping[Name, SourceRange]:
        """Where the declarations stand that somebody wrote; what Lean derived from them has no place."""
        return dict(self._ranges())

    def _constants(self) -> Iterator[Constant]:
        field, name = self._objects.field, self._objects.name
        for info in self._objects.array(field(self._objects.root, 2)):
            kind = self._objects.tag(info)
            if not AXIOM <= kind <= RECURSOR:
                raise OleanError("a constant of an unknown kind")
            details = self._objects.object(field(info, 0))
            common = self._objects.object(field(details, 0))
            levels = tuple(name(each) for each in self._objects.list(field(common, 1)))
            value = self._objects.object(field(details, 1)) if kind in _WITH_VALUE else 0
            yield Constant(name(field(common, 0)), kind, levels, self._objects.object(field(common, 2)), value, details)

    def _ranges(self) -> Iterator[tuple[Name, SourceRange]]:
        field = self._objects.field
        for entry in self._entries(_RANGES):
            span = field(field(entry, 1), 0)  # the other one is that of the name
            start, end = field(span, 0), field(span, 2)
            numbers = [self._objects.number(field(each, index)) for each in (start, end) for index in (0, 1)]
            yield self._objects.name(field(entry, 0)), SourceRange(*numbers)

    def _entries(self, extension: Name) -> Iterator[int]:
        """The entries of an extension of the environment; some are private to a module of Lean."""
        for pair in self._objects.array(self._objects.field(self._objects.root, 4)):
            if split_private(self._objects.name(self._objects.field(pair, 0)))[1] == extension:
                yield from self._objects.array(self._objects.field(pair, 1))

    @_reading
    def declared_axioms(self) -> frozenset[Name]:
        """The axioms that this module declares.

        Without its private parts it shows theorems and opaque constants as axioms, too; what they were is noted.
        """
        shown = {name for name, constant in self.constants.items() if constant.kind == AXIOM}
        if not shown:
            return frozenset()
        field = self._objects.field
        originals = {
            self._objects.name(field(entry, 0)): field(entry, 1) >> 1 for entry in self._entries(_ORIGINAL_KINDS)
        }
        return frozenset(name for name in shown if originals.get(name, _WAS_AXIOM) == _WAS_AXIOM)

    # -- what rests on what

    @_reading
    def rests_on(self, parts: Iterable[Name]) -> frozenset[Name]:
        """The axioms of this module, and the imported constants, that a declaration rests on.

        `parts` are the constants that make it up. A `sorry` that stands in one of them is left out (`open_terms` tells
        those); one behind another constant is not.
        """
        own = set(parts)
        found, seen = set[Name](), set(own)
        todo = [each for part in own for each in self.mentions(part) - {SORRY}]
        found.update(part for part in own if self.constants[part].kind == AXIOM)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            constant = self.constants.get(name)
            if constant is None or constant.kind == AXIOM:
                found.add(name)
            if constant is not None:
                todo.extend(self.mentions(name))
        return frozenset(found)

    @_reading
    def parts_of(self, names: Iterable[Name]) -> frozenset[Name]:
        """Declarations with what Lean split off them for itself (`foo._proof_1`)."""
        own = frozenset(names)
        return own | {each for name in own for each in self._split_off.get(name, ())}

    @cached_property
    def _split_off(self) -> Mapping[Name, Sequence[Name]]:
        """What Lean made for itself, by the declaration that it belongs to: the longest beginning that has a place."""
        found: dict[Name, list[Name]] = {}
        for name in self.constants:
            if name in self.ranges or not is_auxiliary(name):
                continue
            owner = next((name[:end] for end in range(len(name) - 1, 0, -1) if name[:end] in self.ranges), None)
            if owner is not None:
                found.setdefault(owner, []).append(name)
        return found

    def mentions(self, name: Name) -> frozenset[Name]:
        """The constants that a constant names, in its type, its value, its constructors or its rules."""
        known = self._mentions.get(name)
        if known is None:
            constant = self.constants[name]
            known = self._mentions[name] = frozenset(self._mentioned(constant))
        return known

    def _mentioned(self, constant: Constant) -> set[Name]:
        roots = [constant.type]
        names = set[Name]()
        if constant.value:
            roots.append(constant.value)
        if constant.kind == INDUCTIVE:
            names.update(self._objects.name(each) for each in self._objects.list(self._objects.field(constant.info, 4)))
        elif constant.kind == CONSTRUCTOR:
            names.add(self._objects.name(self._objects.field(constant.info, 1)))
        elif constant.kind == RECURSOR:
            for index in range(2, self._objects.home(constant.info).field_count(constant.info)):
                field = self._objects.field(constant.info, index)
                if not field & 1 and self._objects.is_list(field):
                    roots += [self._objects.object(self._objects.field(rule, 2)) for rule in self._objects.list(field)]
        for address in self._terms.reachable(roots):
            tag = self._objects.tag(address)
            if tag in (CONST, PROJ):
                names.add(self._objects.name(self._objects.field(address, 0)))
        return names

    @_reading
    def open_terms(self, parts: Iterable[Name]) -> tuple[OpenTerm, ...]:
        """The `sorry`s that stand in these constants themselves, each once; `parts` are those of a declaration."""
        return tuple(sorted({term for part in parts for term in self._open_terms(part)}))

    def _open_terms(self, name: Name) -> Iterator[OpenTerm]:
        if SORRY not in self.mentions(name):
            return
        constant = self.constants[name]
        reachable = self._terms.reachable([constant.type, *([constant.value] if constant.value else [])])
        digests = self._terms.digests(reachable, constant.levels)
        labelled, bare = dict[int, tuple[int, int]](), dict[int, int]()
        for address in reachable:
            head, arguments = self._terms.spine(address, 3)
            if head is None or self._objects.name(self._objects.field(head, 0)) != SORRY:
                continue
            if len(arguments) == 3:
                labelled[self._objects.object(self._objects.field(address, 0))] = self._terms.label(arguments[2])
                yield OpenTerm(*labelled[self._objects.object(self._objects.field(address, 0))], digests[arguments[0]])
            elif len(arguments) == 2:
                bare[address] = arguments[0]
        for address in bare.keys() - labelled.keys():
            yield OpenTerm(0, 0, digests[bare[address]])
        if not labelled and not bare:
            yield OpenTerm(0, 0, b"")  # the constant itself, without its arguments

    @_reading
    def type_digest(self, name: Name) -> bytes:
        """The digest of a constant's kind, universes and type."""
        constant = self.constants[name]
        return digest_of(b"type", bytes([constant.kind, len(constant.levels)]), self._term(constant, constant.type))

    @_reading
    def digest(self, name: Name) -> bytes:
        """The digest of all that a constant says: of a theorem what it states, of a definition its value, too."""
        constant = self.constants[name]
        parts = [self.type_digest(name)]
        if constant.kind in (DEFINITION, OPAQUE):
            parts.append(self._term(constant, constant.value))
        elif constant.kind == INDUCTIVE:
            constructors = self._objects.list(self._objects.field(constant.info, 4))
            parts += [name_digest(self._objects.name(each)) for each in constructors]
        return digest_of(b"constant", *parts)

    def _term(self, constant: Constant, root: int) -> bytes:
        return self._terms.digests(self._terms.reachable([root]), constant.levels)[root]

    def _reference(self, name: Name) -> bytes:
        """What stands for a constant in a digest: its name, or what it says where Lean has made the name up."""
        if name in self.constants and is_auxiliary(name):
            if name not in self._digests:
                self._digests[name] = None  # whoever comes back here in the meantime takes the name
                self._digests[name] = self.digest(name)
            known = self._digests[name]
            if known is not None:
                return known
        return name_digest(name)
