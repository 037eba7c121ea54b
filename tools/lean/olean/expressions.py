"""Lean's expressions (`Lean.Expr`) as they lie in an `.olean`, named by their addresses."""

from typing import Final

from tools.lean.olean.format import Olean, OleanError

BVAR, FVAR, MVAR, SORT, CONST, APP, LAM, FORALL, LET, LIT, MDATA, PROJ = range(12)
"""The constructors of `Expr`, by their tags."""
EXPLICIT, IMPLICIT, STRICT, INSTANCE = range(4)
"""Lean's `BinderInfo`."""

_MAX_LEVELS: Final = 20
_LEAVES: Final = frozenset((SORT, CONST, LIT, FVAR, MVAR))


class Expressions:
    """The expressions of one file.

    Millions of objects are looked at: the addresses that come in are checked where they come from (`check`, `sub`),
    not at each look. Methods raise `OleanError`, or `IndexError`, where the file is damaged.
    """

    def __init__(self, olean: Olean) -> None:
        self.olean = olean
        self._data = olean.data
        self._words, self._width, self._base, self._lead = olean.words, olean.width, olean.base, olean.lead
        self._kind_at = 8 + 3 * olean.width + 8  # after the header, three fields, and the hash with its flags
        # The upper 20 of the 64 bits that follow the fields say how many variables an expression leaves open.
        self._range_word, self._range_shift = (1, 12) if olean.width == 4 else (0, 44)

    def check(self, address: int) -> int:
        """The address, if it is one of this file's."""
        self.olean.tag(address)
        return address

    def tag(self, address: int) -> int:
        """The constructor."""
        return self._data[address - self._base + 7]

    def sub(self, address: int, index: int) -> int:
        """A field that must be an object; it lies below its parent, so that following fields ends."""
        field = self._words[(address - self._base) // self._width + self._lead + index]
        if field & 1 or not self._base < field < address:
            raise OleanError("an expression that holds no expression")
        return field

    def name(self, address: int, index: int = 0) -> str:
        """A field that is a name."""
        return self.olean.name(self._words[(address - self._base) // self._width + self._lead + index])

    def number(self, address: int) -> int:
        """The first field, a small number."""
        return self._words[(address - self._base) // self._width + self._lead] >> 1

    def binder_kind(self, address: int) -> int:
        """Of a `∀` or `fun`: `EXPLICIT` …"""
        return self._data[address - self._base + self._kind_at] & 3

    def spine(self, address: int) -> tuple[int, list[int]]:
        """What an application applies, and its arguments."""
        arguments: list[int] = []
        while True:
            tag = self.tag(address)
            if tag == APP:
                arguments.append(self.sub(address, 1))
                address = self.sub(address, 0)
            elif tag == MDATA:
                address = self.sub(address, 1)
            else:
                arguments.reverse()
                return address, arguments

    def head(self, address: int) -> str:
        """The name of the constant that an application applies, or empty."""
        while (tag := self.tag(address)) in (APP, MDATA):
            address = self.sub(address, 0 if tag == APP else 1)
        return self.name(address) if tag == CONST else ""

    def uses(self, address: int, index: int = 0) -> bool:
        """Whether an expression mentions the variable of an index (0: that of the innermost binder around it)."""
        todo, seen = [(address, index)], set[tuple[int, int]]()
        while todo:
            pair = todo.pop()
            if pair in seen:
                continue
            seen.add(pair)
            address, index = pair
            tag = self.tag(address)
            if tag == BVAR:
                if self.number(address) == index:
                    return True
            elif tag not in _LEAVES:
                todo += self._open_parts(address, tag, index)
        return False

    def _open_parts(self, address: int, tag: int, index: int) -> list[tuple[int, int]]:
        """The parts of an expression in which a variable may stand, with its index there."""
        count = self.olean.field_count(address)
        at = (address - self._base) // self._width + self._lead + count + self._range_word
        if self._words[at] >> self._range_shift <= index:
            return []
        sub = self.sub
        if tag == APP:
            return [(sub(address, 0), index), (sub(address, 1), index)]
        if tag in (LAM, FORALL):
            return [(sub(address, 1), index), (sub(address, 2), index + 1)]
        if tag == LET:
            return [(sub(address, 1), index), (sub(address, 2), index), (sub(address, 3), index + 1)]
        return [(sub(address, count - 1), index)]

    def level(self, address: int, depth: int = 0) -> str:
        """A universe level, printed: a number, a name, `u + 1`, `max u v`."""
        if address & 1:
            return "0"
        tag = self.tag(address)
        if depth > _MAX_LEVELS or tag > 4:
            return "_"
        first = self.olean.field(address, 0)
        if tag == 4:
            return self.olean.name(first)
        inner = self.level(first, depth + 1)
        if tag == 1:
            return _successor(inner)
        other = self.level(self.olean.field(address, 1), depth + 1)
        sides = (f"({side})" if " " in side else side for side in (inner, other))
        return " ".join(("max" if tag == 2 else "imax", *sides))


def _successor(level: str) -> str:
    if level.isdigit():
        return str(int(level) + 1)
    base, plus, more = level.rpartition(" + ")
    if plus and more.isdigit() and " " not in base:
        return f"{base} + {int(more) + 1}"
    return f"({level}) + 1" if " " in level else f"{level} + 1"


def sort_text(level: str) -> str:
    """`Prop`, `Type`, `Type u`, `Sort u`, from a printed level."""
    if level.isdigit():
        number = int(level)
        return "Prop" if number == 0 else "Type" if number == 1 else f"Type {number - 1}"
    base, plus, more = level.rpartition(" + ")
    if plus and more.isdigit():
        less = base if more == "1" else f"({base} + {int(more) - 1})"
        return f"Type {less}"
    return f"Sort ({level})" if " " in level else f"Sort {level}"
