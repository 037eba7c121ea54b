"""Notations that are neither infix nor prefix: numerals, lists, `∃`, `if`, `xs[i]`, pairs, subtypes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from tools.lean.olean.expressions import LAM, LIT, Expressions
from tools.premises.notations import MAX

Printed = tuple[str, int]
"""A text with its precedence."""


class Printer(Protocol):
    """What the special forms need of the printer of types."""

    @property
    def expressions(self) -> Expressions:
        """The objects."""
        ...

    def print(self, address: int, context: list[str]) -> Printed:
        """Prints an expression; `context` names the variables that it leaves open, the innermost last."""
        ...

    def at_least(self, address: int, context: list[str], level: int) -> str:
        """Prints an expression in parentheses unless its precedence suffices."""
        ...

    def fresh(self, address: int, context: Sequence[str]) -> tuple[str, bool]:
        """A name for the variable of a binder, and whether Lean would not let a person write it."""
        ...

    def note(self, constant: str) -> None:
        """Remembers that a constant occurs."""
        ...


@dataclass(frozen=True, slots=True)
class Applied:
    """An application of a constant: all its arguments, the explicit ones, and the variables around it."""

    arguments: list[int]
    explicit: list[int]
    context: list[str]


Special = Callable[[Printer, Applied], Printed | None]


def _numeral(printer: Printer, applied: Applied) -> Printed | None:
    if len(applied.arguments) != 3 or printer.expressions.tag(applied.arguments[1]) != LIT:
        return None
    printed = printer.print(applied.arguments[1], applied.context)
    if printed[0] in ("0", "1", "2"):
        printer.note(f"#{printed[0]}")
    return printed


def _list(printer: Printer, applied: Applied) -> Printed | None:
    """`[a, b]`, where the list is written to its end."""
    elements: list[int] = []
    arguments = applied.arguments
    while len(arguments) == 3:
        elements.append(arguments[1])
        rest, arguments = printer.expressions.spine(arguments[2])
        head = printer.expressions.head(rest)
        if head == "List.nil":
            return f"[{_joined(printer, elements, applied.context)}]", MAX
        if head != "List.cons":
            break
    return None


def _array(printer: Printer, applied: Applied) -> Printed | None:
    if len(applied.explicit) != 1:
        return None
    text, _ = printer.print(applied.explicit[0], applied.context)
    return (f"#{text}", MAX) if text.startswith("[") else None


def _joined(printer: Printer, elements: Sequence[int], context: list[str]) -> str:
    return ", ".join(printer.print(element, context)[0] for element in elements)


def _exists(printer: Printer, applied: Applied) -> Printed | None:
    names: list[str] = []
    context = list(applied.context)
    explicit = applied.explicit
    body = 0
    while len(explicit) == 1 and printer.expressions.tag(explicit[0]) == LAM:
        name, _ = printer.fresh(explicit[0], context)
        names.append(name)
        context.append(name)
        body = printer.expressions.sub(explicit[0], 2)
        _, arguments = printer.expressions.spine(body)
        explicit = arguments[1:] if printer.expressions.head(body) == "Exists" else []
    return (f"∃ {' '.join(names)}, {printer.print(body, context)[0]}", 0) if names else None


def _subtype(printer: Printer, applied: Applied) -> Printed | None:
    if len(applied.explicit) != 1 or printer.expressions.tag(applied.explicit[0]) != LAM:
        return None
    name, _ = printer.fresh(applied.explicit[0], applied.context)
    body = printer.expressions.sub(applied.explicit[0], 2)
    return f"{{ {name} // {printer.print(body, [*applied.context, name])[0]} }}", MAX


def _if(printer: Printer, applied: Applied) -> Printed | None:
    if len(applied.explicit) != 3:
        return None
    condition, then, otherwise = (printer.print(each, applied.context)[0] for each in applied.explicit)
    return f"if {condition} then {then} else {otherwise}", 0


def _dependent_if(printer: Printer, applied: Applied) -> Printed | None:
    if len(applied.explicit) != 3 or any(printer.expressions.tag(each) != LAM for each in applied.explicit[1:]):
        return None
    condition = printer.print(applied.explicit[0], applied.context)[0]
    name, _ = printer.fresh(applied.explicit[1], applied.context)
    branches = (
        printer.print(printer.expressions.sub(each, 2), [*applied.context, name])[0] for each in applied.explicit[1:]
    )
    return f"if {name} : {condition} then {' else '.join(branches)}", 0


def _element(mark: str) -> Special:
    def element(printer: Printer, applied: Applied) -> Printed | None:
        if len(applied.explicit) < 2:
            return None
        whole = printer.at_least(applied.explicit[0], applied.context, MAX)
        return f"{whole}[{printer.print(applied.explicit[1], applied.context)[0]}]{mark}", MAX

    return element


def _pair(printer: Printer, applied: Applied) -> Printed | None:
    if len(applied.explicit) != 2:
        return None
    first, second = (printer.print(each, applied.context)[0] for each in applied.explicit)
    nested = printer.expressions.head(applied.explicit[1]) == "Prod.mk"
    return f"({first}, {second[1:-1] if nested else second})", MAX


def _bit_vector(printer: Printer, applied: Applied) -> Printed | None:
    """`0#w`."""
    if len(applied.explicit) != 2:
        return None
    width, value = (printer.at_least(each, applied.context, MAX) for each in applied.explicit)
    return (f"{value}#{width}", MAX) if value.isdigit() else None


def _constant(text: str) -> Special:
    def constant(printer: Printer, applied: Applied) -> Printed | None:
        return None if applied.explicit else (text, MAX)

    return constant


SPECIAL_FORMS: Final = MappingProxyType(
    {
        "OfNat.ofNat": _numeral,
        "List.cons": _list,
        "List.nil": _constant("[]"),
        "List.toArray": _array,
        "Exists": _exists,
        "Subtype": _subtype,
        "ite": _if,
        "dite": _dependent_if,
        "GetElem.getElem": _element(""),
        "GetElem?.getElem?": _element("?"),
        "GetElem?.getElem!": _element("!"),
        "Prod.mk": _pair,
        "BitVec.ofNat": _bit_vector,
        "EmptyCollection.emptyCollection": _constant("∅"),
        "Unit.unit": _constant("()"),
    }
)
"""By the constant's name; a form that does not fit an application answers None."""
