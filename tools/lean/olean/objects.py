"""The objects of a compiled module, in all the files that it lies in.

Addresses of one file lead into it and into those below it. What is damaged raises `OleanError`.
"""

from collections.abc import Iterable, Iterator

from tools.lean.olean.format import TAG_BIG_NUMBER, Olean, OleanError
from tools.lean.olean.names import Name


class Objects:
    """Looks at objects by their addresses; odd ones are small numbers."""

    def __init__(self, parts: Iterable[Olean]) -> None:
        """Takes the files of the module, the lowest first; the last one has its root."""
        self._top = self._last = tuple(parts)[-1]
        self._names: dict[int, Name] = {}

    @property
    def root(self) -> int:
        """The address of the module's data."""
        return self._top.root

    def natural(self, value: int) -> bytes:
        """A natural number, small or big, in decimal digits (big ones as mpz: `src/runtime/compact.cpp`)."""
        if value & 1:
            return str(value >> 1).encode()
        home = self.home(value)
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

    def home(self, address: int) -> Olean:
        """The file that an address lies in."""
        last = self._last
        if not 0 <= address - last.base < len(last.data):
            last = self._last = self._top.home(address)
        return last

    def tag(self, address: int) -> int:
        """The tag of an object."""
        return self.home(address).tag(address)

    def field(self, address: int, index: int) -> int:
        """A field of a constructor."""
        return self.home(address).field(address, index)

    def object(self, address: int) -> int:
        """The address, which must be that of an object."""
        if address & 1:
            raise OleanError("an object was expected")
        return address

    def array(self, address: int) -> list[int]:
        """The elements of an array."""
        return self.home(self.object(address)).array(address)

    def number(self, value: int) -> int:
        """The value of a small number."""
        if not value & 1:
            raise OleanError("a small number was expected")
        return value >> 1

    def is_list(self, address: int) -> bool:
        """Whether an object is a list that is not empty."""
        home = self.home(address)
        return home.tag(address) == 1 and home.field_count(address) == 2

    def list(self, address: int) -> Iterator[int]:
        """The elements of a list."""
        while not address & 1:
            if not self.is_list(address):
                raise OleanError("a list was expected")
            yield self.field(address, 0)
            address = self.ordered(self.field(address, 1), address)

    def name(self, address: int) -> Name:
        """A hierarchical name."""
        if address & 1:
            return ()
        known = self._names.get(address)
        if known is None:
            tag, above, part = self.tag(address), self.field(address, 0), self.field(address, 1)
            if tag not in (1, 2) or (not above & 1 and above >= address):
                raise OleanError("a name was expected")
            last = self.home(part).string(part) if tag == 1 else int(self.natural(part))
            known = self._names[address] = (*self.name(above), last)
        return known

    def ordered(self, address: int, parent: int) -> int:
        """An address, if it lies below that of its parent, as every part does: so following addresses ends."""
        if not address & 1 and address >= parent:
            raise OleanError("an object that holds itself")
        return address
