"""Reading Lean's `.olean` files: the objects of a compiled module, without Lean.

An `.olean` is a header and a picture of Lean's heap (`src/runtime/compact.cpp` and `src/library/module.cpp` of Lean 4).
The header: `olean`, a version byte, in version 2 a byte of flags and Lean's version (33 bytes), the git hash (40 bytes;
42 in version 1), and the address that the file wants to be mapped at. Newer Leans put the address of the root object
next; older ones put it last. Objects follow one another; each has 8 bytes (reference count, size, number of object
fields, tag) and then its fields; a field is an address, or a small number times two plus one. Addresses have 8 bytes,
in files that were made for WebAssembly 4.

Children are written before their parents, so every address in a file is below that of the object that holds it:
what does not keep to that is damaged, and following addresses always ends.
"""

from pathlib import Path
from typing import Final

_MAGIC: Final = b"olean"
_BASE_AT: Final = {1: 48, 2: 80}  # where the base address stands, by version
_HEADER_BYTES: Final = 8
TAG_ARRAY: Final = 246
TAG_STRING: Final = 249
TAG_BIG_NUMBER: Final = 250
_ROOT_FIELDS: Final = (5, 6)  # of `Lean.ModuleData`
MAX_BYTES: Final = 1 << 30


class OleanError(Exception):
    """A file is no `.olean` that can be read: cut short, damaged, or of a format that is not known."""


class Olean:
    """One `.olean` in memory. Objects are named by their addresses; odd ones are small numbers.

    Methods raise `OleanError` where the file is damaged.
    """

    def __init__(self, data: bytes, *, below: "Olean | None" = None) -> None:
        """Takes the bytes of a file; those of `.olean.server` lie above their `.olean`, which they refer to."""
        self.data = data
        self._below = below
        self._names: dict[int, str] = {}
        self.width, self.base, self.root = _layout(data)
        self.words = memoryview(data)[: len(data) // self.width * self.width].cast("Q" if self.width == 8 else "I")
        self.lead = _HEADER_BYTES // self.width

    @classmethod
    def read(cls, path: Path, *, below: "Olean | None" = None) -> "Olean":
        """Reads a file. Raises `OleanError` and `OSError`."""
        if path.stat().st_size > MAX_BYTES:
            raise OleanError(f"{path} is too large")
        return cls(path.read_bytes(), below=below)

    def home(self, address: int) -> "Olean":
        """The file that an address lies in: this one, or the one below it."""
        if 0 <= address - self.base < len(self.data):
            return self
        if self._below is None:
            raise OleanError("an address outside the file")
        return self._below.home(address)

    def tag(self, address: int) -> int:
        """The tag of an object: for a constructor its number among its type's."""
        return self.data[self._at(address) + 7]

    def field_count(self, address: int) -> int:
        """How many fields of a constructor are objects (or small numbers)."""
        return self.data[self._at(address) + 6]

    def field(self, address: int, index: int) -> int:
        """A field of a constructor."""
        at = address - self.base
        if address & 1 or at < 0:
            raise OleanError("an address outside the file")
        return self.words[at // self.width + self.lead + index]

    def byte(self, address: int, offset: int) -> int:
        """A byte of a constructor's fields that are no objects, counted from the end of those that are."""
        return self.data[self._at(address) + _HEADER_BYTES + self.field_count(address) * self.width + offset]

    def array(self, address: int) -> list[int]:
        """The elements of an array."""
        at = self._at(address)
        if self.data[at + 7] != TAG_ARRAY:
            raise OleanError("an array was expected")
        size = self.words[at // self.width + self.lead]
        first = at // self.width + self.lead + 2
        if first + size > len(self.words):
            raise OleanError("an array that reaches beyond the file")
        return self.words[first : first + size].tolist()

    def string(self, address: int) -> str:
        """A string."""
        at = self._at(address)
        if self.data[at + 7] != TAG_STRING:
            raise OleanError("a string was expected")
        size = self.words[at // self.width + self.lead]  # with the zero byte at its end
        first = at + _HEADER_BYTES + 3 * self.width
        if not 0 < size <= len(self.data) - first:
            raise OleanError("a string that reaches beyond the file")
        return self.data[first : first + size - 1].decode("utf-8", "replace")

    def name(self, address: int) -> str:
        """A hierarchical name, its parts joined by dots; the anonymous name is empty."""
        known = self._names.get(address)
        if known is not None:
            return known
        if address & 1:
            return ""
        home = self.home(address)
        if home is not self:
            return home.name(address)
        above, part = self.field(address, 0), self.field(address, 1)
        if (above & 1 == 0 and above >= address) or self.tag(address) not in (1, 2):
            raise OleanError("a name was expected")
        prefix = self.name(above)
        text = self._name_part(part)
        name = self._names[address] = f"{prefix}.{text}" if prefix else text
        return name

    def _name_part(self, part: int) -> str:
        if part & 1:
            return str(part >> 1)
        home = self.home(part)
        # Numbers that need more than a word are hashes within names that nobody writes.
        return "#" if home.tag(part) == TAG_BIG_NUMBER else home.string(part)

    def _at(self, address: int) -> int:
        at = address - self.base
        if address & 1 or not 0 <= at <= len(self.data) - _HEADER_BYTES:
            raise OleanError("an address outside the file")
        return at


def _layout(data: bytes) -> tuple[int, int, int]:
    """The bytes of an address, the base address and the root's address."""
    start = _BASE_AT.get(data[5]) if len(data) > 5 else None
    if data[:5] != _MAGIC or start is None:
        raise OleanError("this is no .olean of a known version")
    for width in (8, 4):
        base = int.from_bytes(data[start : start + width], "little")
        for at in (start + width, len(data) - width):
            root = int.from_bytes(data[at : at + width], "little")
            if _is_root(data, root - base, width):
                return width, base, root
    raise OleanError("the root object is not where it should be: the file is cut short or of an unknown format")


def _is_root(data: bytes, at: int, width: int) -> bool:
    if at % width or not 0 < at <= len(data) - _HEADER_BYTES:
        return False
    fields = data[at + 6]
    return (
        data[at : at + 4] == bytes(4)
        and data[at + 7] == 0
        and fields in _ROOT_FIELDS
        and _HEADER_BYTES + fields * width <= int.from_bytes(data[at + 4 : at + 6], "little") <= len(data) - at
    )
