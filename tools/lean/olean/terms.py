"""The terms of a compiled module (`Lean.Expr`): walked, and compared by digests of their structure.

Names of bound variables, metadata and the labels of `sorry` do not count; universes and kinds of binders do. What
stands for a constant is for the caller to say (`Reference`).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tools.lean.olean.expressions import APP, BVAR, CONST, FORALL, LAM, LET, LIT, MDATA, PROJ, SORT
from tools.lean.olean.format import TAG_STRING, Olean, OleanError
from tools.lean.olean.names import Name, split_private
from tools.lean.olean.objects import Objects

SORRY: Final[Name] = ("sorryAx",)
Reference = Callable[[Name], bytes]
"""What stands for a constant in a digest."""

_LABEL_MARK: Final = "_sorry"
_LABEL_NUMBERS: Final = 6  # line, column, end line, end column, and the columns in UTF-16
_LEVEL_SUCC, _LEVEL_MAX, _LEVEL_IMAX, _LEVEL_PARAM = 1, 2, 3, 4
_DIGEST_BYTES: Final = 16


class Terms:
    """Looks at terms by their addresses."""

    def __init__(self, objects: Objects, reference: Reference) -> None:
        self._objects = objects
        self._reference = reference

    def spine(self, address: int, most: int) -> tuple[int | None, list[int]]:
        """The constant that an application of at most so many arguments applies, and the arguments."""
        arguments: list[int] = []
        while self._objects.tag(address) == APP and len(arguments) <= most:
            arguments.append(self._objects.object(self._objects.field(address, 1)))
            address = self._objects.object(self._objects.field(address, 0))
        arguments.reverse()
        return (address if self._objects.tag(address) == CONST and len(arguments) <= most else None), arguments

    def label(self, address: int) -> tuple[int, int]:
        """Line and column of the label of a `sorry`, a quoted name that holds them; zeros where it has none."""
        parts: list[str | int] = []
        while True:
            head, arguments = self.spine(address, 2)
            if head is None or len(arguments) != 2:
                break
            last = self._objects.name(self._objects.field(head, 0))[-1:]
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
        while self._objects.tag(address) == APP:
            head, arguments = self.spine(address, 3)
            if head is None or len(arguments) < 2:
                return -1
            address = arguments[1]
        if self._objects.tag(address) != LIT:
            return -1
        literal = self._objects.field(self._objects.field(address, 0), 0)
        if literal & 1:
            return literal >> 1
        home = self._objects.home(literal)
        return home.string(literal) if home.tag(literal) == TAG_STRING else -1

    # -- what is the same

    def digests(self, addresses: Iterable[int], levels: tuple[Name, ...]) -> dict[int, bytes]:
        """The digests of terms; `addresses` are all that they are made of, parts before what they are part of."""
        digests: dict[int, bytes] = {}
        for address in addresses:
            digests[address] = self._hash(address, digests, levels)
        return digests

    def _hash(self, address: int, digests: Mapping[int, bytes], levels: tuple[Name, ...]) -> bytes:
        tag, field = self._objects.tag(address), self._objects.field
        if tag == APP:
            head, arguments = self.spine(address, 3)
            if head is not None and len(arguments) == 3 and self._objects.name(field(head, 0)) == SORRY:
                return digests[self._objects.object(field(address, 0))]  # without the label: its line may move
            return digest_of(b"app", *(digests[self._objects.object(field(address, index))] for index in (0, 1)))
        if tag in (LAM, FORALL):
            kind = bytes([tag, self._binder_kind(address)])
            return digest_of(
                b"binder", kind, *(digests[self._objects.object(field(address, index))] for index in (1, 2))
            )
        if tag == CONST:
            universes = [self._level(each, levels) for each in self._objects.list(field(address, 1))]
            return digest_of(b"const", self._reference(self._objects.name(field(address, 0))), *universes)
        if tag == BVAR:
            return digest_of(b"bvar", self._objects.natural(field(address, 0)))
        if tag == MDATA:
            return digests[self._objects.object(field(address, 1))]
        if tag == SORT:
            return digest_of(b"sort", self._level(field(address, 0), levels))
        if tag == LET:
            return digest_of(b"let", *(digests[self._objects.object(field(address, index))] for index in (1, 2, 3)))
        if tag == PROJ:
            of_type, structure = (
                name_digest(self._objects.name(field(address, 0))),
                digests[self._objects.object(field(address, 2))],
            )
            return digest_of(b"proj", of_type, self._objects.natural(field(address, 1)), structure)
        if tag == LIT:
            value = field(field(address, 0), 0)
            if not value & 1 and self._objects.tag(value) == TAG_STRING:
                return digest_of(b"text", self._objects.home(value).string(value).encode())
            return digest_of(b"number", self._objects.natural(value))
        raise OleanError("a term with a free variable")

    def _binder_kind(self, address: int) -> int:
        home = self._objects.home(address)
        return home.data[address - home.base + 16 + 3 * home.width] & 3

    def _level(self, address: int, levels: tuple[Name, ...]) -> bytes:
        if address & 1:
            return b"0"
        tag = self._objects.tag(address)
        first = self._objects.field(address, 0)
        if tag == _LEVEL_PARAM:
            name = self._objects.name(first)
            return digest_of(b"param", str(levels.index(name)).encode() if name in levels else name_digest(name))
        if tag == _LEVEL_SUCC:
            return digest_of(b"succ", self._level(self._objects.ordered(first, address), levels))
        if tag in (_LEVEL_MAX, _LEVEL_IMAX):
            sides = (self._objects.ordered(self._objects.field(address, index), address) for index in (0, 1))
            return digest_of(b"max" if tag == _LEVEL_MAX else b"imax", *(self._level(side, levels) for side in sides))
        raise OleanError("a universe that is not known")

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """The addresses of all parts of terms, themselves included, parts before what they are part of."""
        seen, todo = set[int](), list(roots)
        last: Olean | None = None
        while todo:
            address = todo.pop()
            if address in seen:
                continue
            seen.add(address)
            if last is None or not 0 <= address - last.base < len(last.data):
                last = self._objects.home(address)
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
        return sorted(seen)


def digest_of(*parts: bytes) -> bytes:
    """The digest of some parts, each told apart from the next."""
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(4, "little"))
        state.update(part)
    return state.digest()


def name_digest(name: Name) -> bytes:
    """The digest of a name; of a private one without the module that it is private to."""
    is_private, own = split_private(name)
    return digest_of(b"private" if is_private else b"name", *(repr(part).encode() for part in own))
