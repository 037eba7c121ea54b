"""A module as Lean compiled it: its constants with their types and values, and where they stand in the source.

Read from the `.olean` that `lean -o` writes. In a `module` the constants that others may not see lie in
`.olean.private`, above `.olean.server`, above `.olean`; elsewhere there is one file (`Lean.ModuleData` and
`Lean.ConstantInfo` of Lean 4: `src/Lean/Environment.lean`, `src/Lean/Declaration.lean`).

Terms are compared by digests of their structure. Names of bound variables, metadata, the labels of `sorry` and the
names of what Lean made for itself (`foo.match_1`) do not count; universes and kinds of binders do.
"""

import contextlib
import hashlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from tools.lean.olean.expressions import APP, BVAR, CONST, FORALL, LAM, LET, LIT, MDATA, PROJ, SORT
from tools.lean.olean.format import TAG_BIG_NUMBER, TAG_STRING, Olean, OleanError
from tools.lean.olean.names import Name, is_auxiliary, split_private

AXIOM, DEFINITION, THEOREM, OPAQUE, QUOTIENT, INDUCTIVE, CONSTRUCTOR, RECURSOR = range(8)
"""The constructors of `ConstantInfo`, by their tags."""
SORRY: Final[Name] = ("sorryAx",)

_WITH_VALUE: Final = frozenset((DEFINITION, THEOREM, OPAQUE))
_RANGES: Final[Name] = ("Lean", "declRangeExt")
_ORIGINAL_KINDS: Final[Name] = ("Lean", "privateConstKindsExt")
_WAS_AXIOM: Final = 2  # of `Lean.ConstantKind`
_LABEL_MARK: Final = "_sorry"
_LABEL_NUMBERS: Final = 6  # line, column, end line, end column, and the columns in UTF-16
_LEVEL_SUCC, _LEVEL_MAX, _LEVEL_IMAX, _LEVEL_PARAM = 1, 2, 3, 4
_DIGEST_BYTES: Final = 16


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
        self._parts = tuple(parts)
        self._top = self._last = self._parts[-1]
        self._names: dict[int, Name] = {}
        self._digests: dict[Name, bytes | None] = {}

    @classmethod
    def read(cls, olean: Path) -> Self:
        """Reads `X.olean` with what lies beside it. Raises `OleanError` and `OSError`."""
        parts = [Olean.read(olean)]
        for suffix in (".server", ".private"):
            file = olean.with_name(f"{olean.name}{suffix}")
            if file.is_file():
                parts.append(Olean.read(file, below=parts[-1]))
        return cls(parts)

    def check(self) -> None:
        """Reads what there is, without the terms. Raises `OleanError` where a file is damaged."""
        with _damage():
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
        for info in self._array(self._field(self._top.root, 2)):
            kind = self._tag(info)
            if not AXIOM <= kind <= RECURSOR:
                raise OleanError("a constant of an unknown kind")
            details = self._object(self._field(info, 0))
            common = self._object(self._field(details, 0))
            levels = tuple(self._name(each) for each in self._list(self._field(common, 1)))
            value = self._object(self._field(details, 1)) if kind in _WITH_VALUE else 0
            yield Constant(
                self._name(self._field(common, 0)), kind, levels, self._object(self._field(common, 2)), value, details
            )

    def _ranges(self) -> Iterator[tuple[Name, SourceRange]]:
        for entry in self._entries(_RANGES):
            span = self._field(self._field(entry, 1), 0)  # the other one is that of the name
            start, end = self._field(span, 0), self._field(span, 2)
            numbers = [self._number(self._field(each, index)) for each in (start, end) for index in (0, 1)]
            yield self._name(self._field(entry, 0)), SourceRange(*numbers)

    def _entries(self, extension: Name) -> Iterator[int]:
        """The entries of an extension of the environment; some are private to a module of Lean."""
        for pair in self._array(self._field(self._top.root, 4)):
            if split_private(self._name(self._field(pair, 0)))[1] == extension:
                yield from self._array(self._field(pair, 1))

    def declared_axioms(self) -> frozenset[Name]:
        """The axioms that this module declares.

        Without its private parts it shows theorems and opaque constants as axioms, too; what they were is noted.
        """
        shown = {name for name, constant in self.constants.items() if constant.kind == AXIOM}
        if not shown:
            return frozenset()
        originals = {
            self._name(self._field(entry, 0)): self._field(entry, 1) >> 1 for entry in self._entries(_ORIGINAL_KINDS)
        }
        return frozenset(name for name in shown if originals.get(name, _WAS_AXIOM) == _WAS_AXIOM)

    # -- what rests on what

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

    @cached_property
    def _mentions(self) -> dict[Name, frozenset[Name]]:
        return {}

    def _mentioned(self, constant: Constant) -> set[Name]:
        roots = [constant.type]
        names = set[Name]()
        if constant.value:
            roots.append(constant.value)
        if constant.kind == INDUCTIVE:
            names.update(self._name(each) for each in self._list(self._field(constant.info, 4)))
        elif constant.kind == CONSTRUCTOR:
            names.add(self._name(self._field(constant.info, 1)))
        elif constant.kind == RECURSOR:
            for index in range(2, self._home(constant.info).field_count(constant.info)):
                field = self._field(constant.info, index)
                if not field & 1 and self._is_list(field):
                    roots += [self._object(self._field(rule, 2)) for rule in self._list(field)]
        for address in self._reachable(roots):
            tag = self._tag(address)
            if tag in (CONST, PROJ):
                names.add(self._name(self._field(address, 0)))
        return names

    def open_terms(self, parts: Iterable[Name]) -> tuple[OpenTerm, ...]:
        """The `sorry`s that stand in these constants themselves, each once; `parts` are those of a declaration."""
        return tuple(sorted({term for part in parts for term in self._open_terms(part)}))

    def _open_terms(self, name: Name) -> Iterator[OpenTerm]:
        if SORRY not in self.mentions(name):
            return
        constant = self.constants[name]
        reachable = self._reachable([constant.type, *([constant.value] if constant.value else [])])
        digests = self._hashed(reachable, constant.levels)
        labelled, bare = dict[int, tuple[int, int]](), dict[int, int]()
        for address in reachable:
            head, arguments = self._spine(address, 3)
            if head is None or self._name(self._field(head, 0)) != SORRY:
                continue
            if len(arguments) == 3:
                labelled[self._object(self._field(address, 0))] = self._label(arguments[2])
                yield OpenTerm(*labelled[self._object(self._field(address, 0))], digests[arguments[0]])
            elif len(arguments) == 2:
                bare[address] = arguments[0]
        for address in bare.keys() - labelled.keys():
            yield OpenTerm(0, 0, digests[bare[address]])
        if not labelled and not bare:
            yield OpenTerm(0, 0, b"")  # the constant itself, without its arguments

    def _spine(self, address: int, most: int) -> tuple[int | None, list[int]]:
        """The constant that an application of at most so many arguments applies, and the arguments."""
        arguments: list[int] = []
        while self._tag(address) == APP and len(arguments) <= most:
            arguments.append(self._object(self._field(address, 1)))
            address = self._object(self._field(address, 0))
        arguments.reverse()
        return (address if self._tag(address) == CONST and len(arguments) <= most else None), arguments

    def _label(self, address: int) -> tuple[int, int]:
        """Line and column of the label of a `sorry`, a quoted name that holds them; zeros where it has none."""
        parts: list[str | int] = []
        while True:
            head, arguments = self._spine(address, 2)
            if head is None or len(arguments) != 2:
                break
            last = self._name(self._field(head, 0))[-1:]
            if last not in (("num",), ("str",)):
                break
            parts.append(self._quoted(arguments[1]))
            address = arguments[0]
        parts.reverse()
        if _LABEL_MARK not in parts:
            return 0, 0
        end = parts.index(_LABEL_MARK)
        numbers = [part for part in parts[max(0, end - _LABEL_NUMBERS) : end] if isinstance(part, int)]
        return (numbers[0], numbers[1]) if len(numbers) == _LABEL_NUMBERS else (0, 0)

    def _quoted(self, address: int) -> str | int:
        """A literal, or the numeral `OfNat.ofNat Nat n _`; -1 for a number that does not matter."""
        while self._tag(address) == APP:
            head, arguments = self._spine(address, 3)
            if head is None or len(arguments) < 2:
                return -1
            address = arguments[1]
        if self._tag(address) != LIT:
            return -1
        literal = self._field(self._field(address, 0), 0)
        if literal & 1:
            return literal >> 1
        home = self._home(literal)
        return home.string(literal) if home.tag(literal) == TAG_STRING else -1

    # -- what is the same

    def type_digest(self, name: Name) -> bytes:
        """The digest of a constant's kind, universes and type."""
        constant = self.constants[name]
        return _digest(b"type", bytes([constant.kind, len(constant.levels)]), self._term(constant, constant.type))

    def digest(self, name: Name) -> bytes:
        """The digest of all that a constant says: of a theorem what it states, of a definition its value, too."""
        constant = self.constants[name]
        parts = [self.type_digest(name)]
        if constant.kind in (DEFINITION, OPAQUE):
            parts.append(self._term(constant, constant.value))
        elif constant.kind == INDUCTIVE:
            constructors = self._list(self._field(constant.info, 4))
            parts += [_name_digest(self._name(each)) for each in constructors]
        return _digest(b"constant", *parts)

    def _term(self, constant: Constant, root: int) -> bytes:
        return self._hashed(self._reachable([root]), constant.levels)[root]

    def _hashed(self, addresses: Iterable[int], levels: tuple[Name, ...]) -> dict[int, bytes]:
        """The digests of terms; `addresses` are all that they are made of, parts before what they are part of."""
        digests: dict[int, bytes] = {}
        for address in addresses:
            digests[address] = self._hash(address, digests, levels)
        return digests

    def _hash(self, address: int, digests: Mapping[int, bytes], levels: tuple[Name, ...]) -> bytes:
        tag, field = self._tag(address), self._field
        if tag == APP:
            head, arguments = self._spine(address, 3)
            if head is not None and len(arguments) == 3 and self._name(field(head, 0)) == SORRY:
                return digests[self._object(field(address, 0))]  # without the label: its line may move
            return _digest(b"app", *(digests[self._object(field(address, index))] for index in (0, 1)))
        if tag in (LAM, FORALL):
            kind = bytes([tag, self._binder_kind(address)])
            return _digest(b"binder", kind, *(digests[self._object(field(address, index))] for index in (1, 2)))
        if tag == CONST:
            universes = [self._level(each, levels) for each in self._list(field(address, 1))]
            return _digest(b"const", self._reference(self._name(field(address, 0))), *universes)
        if tag == BVAR:
            return _digest(b"bvar", self._natural(field(address, 0)))
        if tag == MDATA:
            return digests[self._object(field(address, 1))]
        if tag == SORT:
            return _digest(b"sort", self._level(field(address, 0), levels))
        if tag == LET:
            return _digest(b"let", *(digests[self._object(field(address, index))] for index in (1, 2, 3)))
        if tag == PROJ:
            of_type, structure = _name_digest(self._name(field(address, 0))), digests[self._object(field(address, 2))]
            return _digest(b"proj", of_type, self._natural(field(address, 1)), structure)
        if tag == LIT:
            value = field(field(address, 0), 0)
            if not value & 1 and self._tag(value) == TAG_STRING:
                return _digest(b"text", self._home(value).string(value).encode())
            return _digest(b"number", self._natural(value))
        raise OleanError("a term with a free variable")

    def _reference(self, name: Name) -> bytes:
        """What stands for a constant in a digest: its name, or what it says where Lean has made the name up."""
        if name in self.constants and is_auxiliary(name):
            if name not in self._digests:
                self._digests[name] = None  # whoever comes back here in the meantime takes the name
                self._digests[name] = self.digest(name)
            known = self._digests[name]
            if known is not None:
                return known
        return _name_digest(name)

    def _binder_kind(self, address: int) -> int:
        home = self._home(address)
        return home.data[address - home.base + 16 + 3 * home.width] & 3

    def _level(self, address: int, levels: tuple[Name, ...]) -> bytes:
        if address & 1:
            return b"0"
        tag = self._tag(address)
        first = self._field(address, 0)
        if tag == _LEVEL_PARAM:
            name = self._name(first)
            return _digest(b"param", str(levels.index(name)).encode() if name in levels else _name_digest(name))
        if tag == _LEVEL_SUCC:
            return _digest(b"succ", self._level(self._below(first, address), levels))
        if tag in (_LEVEL_MAX, _LEVEL_IMAX):
            sides = (self._below(self._field(address, index), address) for index in (0, 1))
            return _digest(b"max" if tag == _LEVEL_MAX else b"imax", *(self._level(side, levels) for side in sides))
        raise OleanError("a universe that is not known")

    @staticmethod
    def _below(address: int, parent: int) -> int:
        if not address & 1 and address >= parent:
            raise OleanError("a universe that holds itself")
        return address

    def _natural(self, value: int) -> bytes:
        """A natural number, small or big, in decimal digits (big ones as mpz: `src/runtime/compact.cpp`)."""
        if value & 1:
            return str(value >> 1).encode()
        home = self._home(value)
        at = value - home.base
        if home.tag(value) != TAG_BIG_NUMBER:
            raise OleanError("a number was expected")
        count = int.from_bytes(home.data[at + 12 : at + 16], "little")
        digits = at + 16 + home.width
        if self._word(home, at + 16) != home.base + digits:
            raise OleanError("a big number of an unknown format")
        return str(int.from_bytes(home.data[digits : digits + count * home.width], "little")).encode()

    @staticmethod
    def _word(home: Olean, at: int) -> int:
        return int.from_bytes(home.data[at : at + home.width], "little")

    # -- walking over objects

    def _reachable(self, roots: Iterable[int]) -> list[int]:
        """The addresses of all parts of terms, themselves included, parts before what they are part of."""
        seen, todo = set[int](), list(roots)
        last = self._last
        while todo:
            address = todo.pop()
            if address in seen:
                continue
            seen.add(address)
            if not 0 <= address - last.base < len(last.data):
                last = self._home(address)
            at = address - last.base
            tag = last.data[at + 7]
            first = at // last.width + last.lead
            words = last.words
            if tag == APP:
                children = (words[first], words[first + 1])
            elif tag in (LAM, FORALL):
                children = (words[first + 1], words[first + 2])
            elif tag == MDATA:
                children = (words[first + 1],)
            elif tag == LET:
                children = (words[first + 1], words[first + 2], words[first + 3])
            elif tag == PROJ:
                children = (words[first + 2],)
            elif tag in (CONST, SORT, BVAR, LIT):
                continue
            else:
                raise OleanError("a term of an unknown kind")
            for child in children:
                # Parts lie below what they are part of, so that a damaged file cannot lead around in a circle.
                if child & 1 or child >= address:
                    raise OleanError("a term that holds no term")
                todo.append(child)
        self._last = last
        return sorted(seen)

    def _home(self, address: int) -> Olean:
        last = self._last
        if not 0 <= address - last.base < len(last.data):
            last = self._last = self._top.home(address)
        return last

    def _tag(self, address: int) -> int:
        return self._home(address).tag(address)

    def _field(self, address: int, index: int) -> int:
        return self._home(address).field(address, index)

    def _object(self, address: int) -> int:
        if address & 1:
            raise OleanError("an object was expected")
        return address

    def _array(self, address: int) -> list[int]:
        return self._home(self._object(address)).array(address)

    def _number(self, value: int) -> int:
        if not value & 1:
            raise OleanError("a small number was expected")
        return value >> 1

    def _is_list(self, address: int) -> bool:
        home = self._home(address)
        return home.tag(address) == 1 and home.field_count(address) == 2

    def _list(self, address: int) -> Iterator[int]:
        while not address & 1:
            if not self._is_list(address):
                raise OleanError("a list was expected")
            yield self._field(address, 0)
            address = self._below(self._field(address, 1), address)

    def _name(self, address: int) -> Name:
        if address & 1:
            return ()
        known = self._names.get(address)
        if known is None:
            tag, above, part = self._tag(address), self._field(address, 0), self._field(address, 1)
            if tag not in (1, 2) or (not above & 1 and above >= address):
                raise OleanError("a name was expected")
            last = self._home(part).string(part) if tag == 1 else int(self._natural(part))
            known = self._names[address] = (*self._name(above), last)
        return known


@contextlib.contextmanager
def _damage() -> Generator[None]:
    try:
        yield
    except (IndexError, ValueError, RecursionError, OverflowError) as error:
        raise OleanError(f"damaged: {error}") from error


def _digest(*parts: bytes) -> bytes:
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(4, "little"))
        state.update(part)
    return state.digest()


def _name_digest(name: Name) -> bytes:
    is_private, own = split_private(name)
    return _digest(b"private" if is_private else b"name", *(repr(part).encode() for part in own))
