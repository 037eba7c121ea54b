"""Types as Lean prints them, from the objects of an `.olean`: `(n m : Nat) : n + m = m + n`.

This follows Lean's own printer closely enough to read and to compare by text, not to the letter: notations beyond
those of `notations` and `special_forms` are written as applications, and long types are cut.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tools.lean.olean.expressions import (
    APP,
    BVAR,
    CONST,
    EXPLICIT,
    FORALL,
    IMPLICIT,
    INSTANCE,
    LAM,
    LET,
    LIT,
    MDATA,
    PROJ,
    SORT,
    STRICT,
    Expressions,
    sort_text,
)
from tools.lean.olean.format import TAG_BIG_NUMBER, Olean, OleanError
from tools.premises.notations import APPLICATION, INFIXES, MAX, NEGATION, PREFIXES
from tools.premises.patterns import tokens
from tools.premises.special_forms import SPECIAL_FORMS, Applied, Printed

_MAX_STEPS: Final = 600
_MAX_DEPTH: Final = 100
PROOF, DEFAULT = 4, 5
"""Explicit arguments that are proofs, as far as their types tell, and those that need not be given."""
_NEEDS_BRACKETS: Final = frozenset("↑-¬!")  # before a dot
_CUT: Final = ("⋯", MAX)
_ARROW: Final = 25
_OPERATIONS: Final = (
    "Prod",
    "and",
    "or",
    "Bool.and",
    "Bool.or",
    "List.cons",
    "Function.comp",
    "Functor.map",
    "bne",
    "BEq.beq",
)
_PROPOSITIONS: Final = frozenset(
    (
        "Exists", "Not", "True", "False",
        *(name for name, infix in INFIXES.items() if infix.own <= 50 and name not in _OPERATIONS),
    )
)  # fmt: skip
_NO_TYPES: Final = frozenset(("", *_PROPOSITIONS))
_BRACKETS: Final = {EXPLICIT: "()", IMPLICIT: "{}", STRICT: "⦃⦄", INSTANCE: "[]"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How the arguments of a constant are written.

    `binders` has a digit for each argument (`EXPLICIT` …, `PROOF`, `DEFAULT`); `dot` is the argument that may stand
    before the name (`xs.reverse`), or -1; `short` is the name that the library exports it as, or empty.
    """

    binders: str = ""
    dot: int = -1
    short: str = ""


_NO_SHAPE: Final = Shape()


@dataclass(frozen=True, slots=True)
class Signature:
    """A printed type, taken apart.

    `binders` are the named arguments in brackets, and `variables` their names; `hypotheses` are written as arrows
    before the `conclusion`, whose `head` is the constant that it applies, or empty. `types` are the constants that the
    arguments' types apply (`Nat`, `List`); `is_determined`: the conclusion tells all arguments that must be given.
    `of_hypotheses` (those of the arguments too) and `of_conclusion` are the constants that occur, those within
    instances left out.
    """

    binders: str
    hypotheses: tuple[str, ...]
    conclusion: str
    head: str
    variables: tuple[str, ...]
    types: frozenset[str]
    is_determined: bool
    of_hypotheses: frozenset[str]
    of_conclusion: frozenset[str]

    def text(self) -> str:
        """The type as `#check` writes it after the name."""
        arrows = " → ".join((*self.hypotheses, self.conclusion))
        return f"{self.binders} : {arrows}" if self.binders else f": {arrows}"


class TypePrinter:
    """Prints the types of one module's constants. `shapes` are those of all constants that may occur."""

    def __init__(self, olean: Olean, shapes: Mapping[str, Shape]) -> None:
        self.expressions = Expressions(olean)
        self._shapes = shapes
        self._steps = 0
        self._depth = 0
        self._found: set[str] = set()
        self._printers: dict[int, Callable[[int, list[str]], Printed]] = {
            BVAR: self._bvar, SORT: self._sort, CONST: self._application, APP: self._application, LAM: self._lam,
            FORALL: self._forall, LET: self._let, LIT: self._lit, MDATA: self._mdata, PROJ: self._proj,
        }  # fmt: skip

    def shape(self, name: str, address: int, short: str = "") -> Shape:
        """How a constant of this type writes its arguments."""
        kinds: list[str] = []
        dot, space, looked = -1, name.rpartition(".")[0], False
        self.expressions.check(address)
        while self.expressions.tag(address) == FORALL:
            kind = self.expressions.binder_kind(address)
            if kind == EXPLICIT:
                head = self._conclusion_head(self.expressions.sub(address, 1))
                kind = DEFAULT if head == "optParam" else PROOF if head in _PROPOSITIONS else EXPLICIT
                if not looked and space and self.expressions.head(self.expressions.sub(address, 1)) == space:
                    dot = len(kinds)
                looked = True
            kinds.append(str(kind))
            address = self.expressions.sub(address, 2)
        return Shape("".join(kinds), dot, short)

    def signature(self, address: int) -> Signature:
        """Prints a type. Raises `OleanError`."""
        expressions = self.expressions
        self._steps = self._depth = 0
        self._found = set()
        expressions.check(address)
        context: list[str] = []
        groups: list[_Group] = []
        hypotheses: list[str] = []
        types: set[str] = set()
        while expressions.tag(address) == FORALL:
            kind, body = expressions.binder_kind(address), expressions.sub(address, 2)
            name, hidden = self.fresh(address, context)
            arrow = kind == EXPLICIT and (hidden or name in context or bool(hypotheses)) and not expressions.uses(body)
            if hypotheses and not arrow:
                break
            text, level = self.print(expressions.sub(address, 1), context)
            if arrow:
                hypotheses.append(_wrapped(text, level, _ARROW + 1))
            else:
                _grouped(groups, _Group(kind, text, (name,), kind == INSTANCE and hidden))
                if kind != INSTANCE:
                    types.add(expressions.head(expressions.sub(address, 1)))
            context.append(name)
            address = body
        of_hypotheses, self._found = frozenset(self._found), set()
        conclusion, _ = self.print(address, context)
        return Signature(
            binders=" ".join(group.text() for group in groups),
            hypotheses=tuple(hypotheses),
            conclusion=conclusion,
            head=self._conclusion_head(address),
            variables=tuple(name for group in groups for name in group.names),
            types=frozenset(types - _NO_TYPES),
            is_determined=not hypotheses and _tells_all(conclusion, groups),
            of_hypotheses=of_hypotheses,
            of_conclusion=frozenset(self._found),
        )

    def _conclusion_head(self, address: int) -> str:
        while self.expressions.tag(address) == FORALL:
            address = self.expressions.sub(address, 2)
        return self.expressions.head(address)

    # -- what the special forms use

    def print(self, address: int, context: list[str]) -> Printed:
        """Prints an expression; `context` names the variables that it leaves open, the innermost last."""
        self._steps += 1
        if self._steps > _MAX_STEPS or self._depth > _MAX_DEPTH:
            return _CUT
        printer = self._printers.get(self.expressions.tag(address))
        if printer is None:
            raise OleanError("an expression was expected")
        self._depth += 1
        printed = printer(address, context)
        self._depth -= 1
        return printed

    def at_least(self, address: int, context: list[str], level: int) -> str:
        """Prints an expression in parentheses unless its precedence suffices."""
        text, own = self.print(address, context)
        return _wrapped(text, own, level)

    def fresh(self, address: int, context: Sequence[str]) -> tuple[str, bool]:
        """A name for the variable of a binder, and whether Lean would not let a person write it."""
        written, hygienic, _ = self.expressions.name(address).partition("._@")
        plain = written or "x"
        name, number = plain, 1
        if name in context:
            # A name may hide another that is not used any more.
            index = context[::-1].index(name)
            if self.expressions.uses(self.expressions.sub(address, 2), index + 1):
                while name in context:
                    name, number = f"{plain}_{number}", number + 1
        return name, bool(hygienic) or not written

    def note(self, constant: str) -> None:
        """Remembers that a constant occurs."""
        self._found.add(constant)

    # -- one method for each constructor

    def _bvar(self, address: int, context: list[str]) -> Printed:
        index = self.expressions.number(address)
        return (context[-1 - index] if index < len(context) else f"#{index}"), MAX

    def _sort(self, address: int, context: list[str]) -> Printed:
        text = sort_text(self.expressions.level(self.expressions.olean.field(address, 0)))
        return text, (APPLICATION if " " in text else MAX)

    def _lit(self, address: int, context: list[str]) -> Printed:
        literal = self.expressions.sub(address, 0)
        value = self.expressions.olean.field(literal, 0)
        if value & 1:
            return str(value >> 1), MAX
        if self.expressions.tag(value) == TAG_BIG_NUMBER:
            return _CUT
        return '"' + self.expressions.olean.string(value).replace('"', '\\"').replace("\n", "\\n") + '"', MAX

    def _mdata(self, address: int, context: list[str]) -> Printed:
        return self.print(self.expressions.sub(address, 1), context)

    def _proj(self, address: int, context: list[str]) -> Printed:
        index = self.expressions.olean.field(address, 1) >> 1
        return f"{self.at_least(self.expressions.sub(address, 2), context, MAX)}.{index + 1}", MAX

    def _lam(self, address: int, context: list[str]) -> Printed:
        names, inner = list[str](), list(context)
        while self.expressions.tag(address) == LAM:
            name, _ = self.fresh(address, inner)
            names.append(name)
            inner.append(name)
            address = self.expressions.sub(address, 2)
        return f"fun {' '.join(names)} => {self.print(address, inner)[0]}", 0

    def _let(self, address: int, context: list[str]) -> Printed:
        name, _ = self.fresh(address, context)
        value = self.print(self.expressions.sub(address, 2), context)[0]
        body = self.print(self.expressions.sub(address, 3), [*context, name])[0]
        return f"let {name} := {value}; {body}", 0

    def _forall(self, address: int, context: list[str]) -> Printed:
        """`p → q` where the variable is not used, else `∀ (x y : α), …`."""
        expressions, inner = self.expressions, list(context)
        groups: list[_Group] = []
        while expressions.tag(address) == FORALL:
            kind, body = expressions.binder_kind(address), expressions.sub(address, 2)
            arrow = kind == EXPLICIT and not expressions.uses(body)
            if arrow and groups:
                break
            name, hidden = self.fresh(address, inner)
            text, level = self.print(expressions.sub(address, 1), inner)
            inner.append(name)
            if arrow:
                return f"{_wrapped(text, level, _ARROW + 1)} → {self._last(body, inner, _ARROW)}", _ARROW
            _grouped(groups, _Group(kind, text, (name,), kind == INSTANCE and hidden))
            address = body
        return f"∀ {' '.join(group.text() for group in groups)}, {self.print(address, inner)[0]}", 0

    # -- applications

    def _application(self, address: int, context: list[str]) -> Printed:
        function, arguments = self.expressions.spine(address)
        if self.expressions.tag(function) == CONST:
            return self._applied(self.expressions.name(function), arguments, context)
        if not arguments:
            return self.print(function, context)
        return " ".join((self.at_least(function, context, MAX), *self._arguments(arguments, context))), APPLICATION

    def _applied(self, name: str, arguments: list[int], context: list[str]) -> Printed:
        """A constant with its arguments: a notation, the dot notation, or an application."""
        if "._proof_" in name:
            return _CUT
        shape = self._shapes.get(name, _NO_SHAPE)
        self._found.add(name)
        binders = shape.binders
        if len(binders) < len(arguments):
            binders = binders.ljust(len(arguments), "0")
        explicit: list[int] = []
        hidden: list[int] = []  # explicit ones that are not written: proofs that are no variables or constants
        for argument, kind in zip(arguments, _without_defaults(self.expressions, arguments, binders), strict=False):
            if kind in "045":
                explicit.append(argument)
                if kind == "4" and self.expressions.tag(argument) not in (BVAR, CONST):
                    hidden.append(argument)
            elif kind in "12" and (head := self.expressions.head(argument)):
                # Types that are not written are what a goal's hypotheses show: `List` of `@Eq (List α)`.
                self._found.add(head)
        noted = None if hidden else self._noted(name, Applied(arguments, explicit, context))
        if noted is not None:
            return noted
        parts = [shape.short or name]
        if 0 <= shape.dot < len(arguments):
            target = self.at_least(explicit[0], context, MAX)
            if not target[0].isdigit():
                target = f"({target})" if target[0] in _NEEDS_BRACKETS else target
                parts = [f"{target}.{name.rpartition('.')[2]}"]
                explicit = explicit[1:]
        parts += self._arguments(explicit, context, hidden)
        return " ".join(parts), (APPLICATION if len(parts) > 1 else MAX)

    def _noted(self, name: str, applied: Applied) -> Printed | None:
        special = SPECIAL_FORMS.get(name)
        if special is not None and (printed := special(self, applied)):
            return printed
        infix = INFIXES.get(name)
        if infix is not None and len(applied.explicit) == 2:
            first, second = applied.explicit
            if name == "Membership.mem":  # the collection comes first
                first, second = second, first
            left = self.at_least(first, applied.context, infix.left)
            return f"{left} {infix.symbol} {self._last(second, applied.context, infix.right)}", infix.own
        prefix = PREFIXES.get(name)
        if prefix is not None and len(applied.explicit) == 1:
            symbol, own, wanted = prefix
            return f"{symbol}{self._last(applied.explicit[0], applied.context, wanted)}", own
        return None

    def _last(self, address: int, context: list[str], level: int) -> str:
        """What stands last needs no parentheses when it reaches to the end anyway (`fun`, `∀`, `∃`, `if`)."""
        text, own = self.print(address, context)
        return text if own in (0, NEGATION) else _wrapped(text, own, level)

    def _arguments(self, addresses: list[int], context: list[str], hidden: Sequence[int] = ()) -> list[str]:
        """Arguments of an application; `fun` at the end needs no parentheses."""
        printed = ["⋯" if address in hidden else self.at_least(address, context, MAX) for address in addresses]
        if addresses and self.expressions.tag(addresses[-1]) == LAM and printed[-1].startswith("("):
            printed[-1] = printed[-1][1:-1]
        return printed


@dataclass(frozen=True, slots=True)
class _Group:
    """Arguments of one type in one pair of brackets; an instance need not be named."""

    kind: int
    type: str
    names: tuple[str, ...]
    anonymous: bool

    def text(self) -> str:
        opening, closing = _BRACKETS[self.kind]
        inside = self.type if self.anonymous else f"{' '.join(self.names)} : {self.type}"
        return f"{opening}{inside}{closing}"


def _grouped(groups: list[_Group], one: _Group) -> None:
    """Adds an argument to the last group where it belongs there."""
    if groups and not one.anonymous and not groups[-1].anonymous:
        last = groups[-1]
        if (last.kind, last.type) == (one.kind, one.type):
            groups[-1] = _Group(last.kind, last.type, (*last.names, *one.names), False)
            return
    groups.append(one)


def _without_defaults(expressions: Expressions, arguments: Sequence[int], binders: str) -> str:
    """The binders without the arguments at the end that have a default and are, by their looks, given that."""
    kinds = list(binders[: len(arguments)])
    for place in reversed(range(len(kinds))):
        argument = arguments[place]
        if kinds[place] != "5" or expressions.tag(argument) == BVAR or expressions.head(argument) in INFIXES:
            break
        kinds[place] = " "
    return "".join(kinds)


def _tells_all(conclusion: str, groups: Sequence[_Group]) -> bool:
    """Whether all explicit arguments occur in a conclusion."""
    words = tokens(conclusion)
    return all(name in words for group in groups if group.kind == EXPLICIT for name in group.names)


def _wrapped(text: str, own: int, level: int) -> str:
    return text if own >= level or (own == NEGATION and level == MAX) else f"({text})"
