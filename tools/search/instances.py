"""Small values of the types that Lean prints, to try a statement on."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from tools.search.formula import Binder, bare, parts, shape

_BASIC: Mapping[str, tuple[str, ...]] = {
    "Nat": ("0", "1", "2", "3", "4", "5", "10"),
    "Int": ("0", "1", "-1", "2", "-2"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
    "Unit": ("()",),
    "Char": ("'a'", "'b'"),
    "String": ('""', '"a"', '"ab"', '"abcdefgh"'),
    "Fin": ("0", "1", "2"),
}
# In a statement about any type at all, these tell most.
_TYPES = ("Nat", "Empty")
_NUMBERS_TO_SELF = ("fun x => x", "fun x => x + 1", "fun _ => 0", "fun x => 2 * x")
_FACTS_OF_NUMBERS = ("fun x => x = 0", "fun _ => False", "fun _ => True", "fun x => x % 2 = 0")
_DEEP = 3
_SORT = re.compile(r"^(Type|Sort)\b")
_NAME = r"(?<![\w.'!?]){}(?![\w'!?])"


def values(kind: str, constructors: Mapping[str, Sequence[str]], depth: int = 0) -> tuple[str, ...]:
    """Values of a type, the smallest first, as Lean reads them in brackets; empty where the type is not known.

    `constructors` are those of the file's own types: the ones without arguments are values.
    """
    kind = bare(kind)
    if depth > _DEEP:
        return ()
    if shape(kind) == "→":
        return _functions(*parts(kind), constructors, depth)
    if _SORT.match(kind):
        return _TYPES
    if len(sides := kind.split(" × ", 1)) == 2:
        both = itertools.product(*(values(side, constructors, depth + 1)[:3] for side in sides))
        return tuple(f"({one}, {other})" for one, other in both)
    head, _, argument = kind.partition(" ")
    inner = values(argument, constructors, depth + 1) if argument else ()
    match head:
        case "List":
            pairs = [f"[{one}, {other}]" for one, other in itertools.permutations(inner[:2], 2)]
            return ("[]", *(f"[{each}]" for each in inner[:2]), *pairs)
        case "Array":
            return ("#[]", *(f"#[{each}]" for each in inner[:2]))
        case "Option":
            return ("none", *(f"some {_enclosed(each)}" for each in inner[:2]))
        case _:
            return _BASIC.get(head, ()) or tuple(constructors.get(head, ()))


def _enclosed(value: str) -> str:
    return f"({value})" if " " in value and value[0] not in "([" else value


def _functions(domain: str, codomain: str, constructors: Mapping[str, Sequence[str]], depth: int) -> tuple[str, ...]:
    if (domain, codomain) == ("Nat", "Nat"):
        return _NUMBERS_TO_SELF
    if (domain, codomain) == ("Nat", "Prop"):
        return _FACTS_OF_NUMBERS
    constant = tuple(f"fun _ => {each}" for each in values(codomain, constructors, depth + 1)[:3])
    return (*(["fun x => x"] if domain == codomain else []), *constant)


def instances(bound: Sequence[Binder], constructors: Mapping[str, Sequence[str]], most: int) -> list[tuple[str, ...]]:
    """Values for the leading variables of a statement as far as their types are known, at most `most` choices.

    Small values in all places come before large ones in some. A type variable is given a type, and what follows is
    about that one.
    """
    found: list[tuple[str, ...]] = []
    for types in _type_choices(bound):
        each = _choices(bound, types, constructors)
        known = list(itertools.takewhile(bool, each))
        if known:
            found += itertools.islice(_smallest_first(known), most)
    found.sort(key=lambda choice: -len(choice))  # those that settle more variables tell more
    return found[:most]


def _type_choices(bound: Sequence[Binder]) -> list[Mapping[str, str]]:
    variables = [each.name for each in bound if each.type is not None and _SORT.match(each.type)]
    return [dict.fromkeys(variables, kind) for kind in _TYPES] if variables else [{}]


def _choices(
    bound: Sequence[Binder], types: Mapping[str, str], constructors: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for each in bound:
        if each.name in types:
            found.append((types[each.name],))
        elif each.name.startswith("inst"):
            found.append(("inferInstance",))
        else:
            found.append(values(_with(each.type or "", types), constructors))
    return found


def _with(kind: str, types: Mapping[str, str]) -> str:
    for name, chosen in types.items():
        kind = re.sub(_NAME.format(re.escape(name)), chosen, kind)
    return kind


def _smallest_first(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """All combinations, by the sum of the places of their values."""
    most = sum(len(each) - 1 for each in choices)
    for total in range(most + 1):
        yield from _with_sum(choices, total)


def _with_sum(choices: Sequence[Sequence[str]], total: int) -> Iterator[tuple[str, ...]]:
    if not choices:
        if total == 0:
            yield ()
        return
    first, *rest = choices
    for at in range(min(total, len(first) - 1) + 1):
        for others in _with_sum(rest, total - at):
            yield (first[at], *others)
