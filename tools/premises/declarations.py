"""What a compiled module declares: names, kinds, printed types and docstrings, read from its `.olean`."""

import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tools.lean.olean.format import Olean, OleanError
from tools.premises.printing import Shape, Signature, TypePrinter

_KINDS: Final = ("axiom", "def", "theorem", "opaque", "quotient", "inductive", "constructor", "recursor")
"""By the tag of Lean's `ConstantInfo`."""
_ORIGINAL_KINDS: Final = ("def", "theorem", "axiom", "opaque", "quotient", "inductive", "constructor", "recursor")
"""By the number of Lean's `ConstantKind`."""

# Environment extensions whose entries say something about declarations. Some are private to a module of Lean, which
# changes from version to version.
_PRIVATE: Final = re.compile(r"^_private\..*\.0\.")
_ORIGINALS: Final = "Lean.privateConstKindsExt"
_DOCS: Final = "Lean.docStringExt"
_CLASSES: Final = "Lean.classExtension"
_STRUCTURES: Final = "Lean.structureExt"
_DEPRECATED: Final = "Lean.Linter.deprecatedAttr"
_HIDDEN: Final = "Lean.Meta.completionBlackListExt"
_ALIASES: Final = "Lean.aliasExtension"

# What Lean makes for itself beside a declaration.
_AUXILIARY: Final = re.compile(
    r"(^|\.)(_|match_\d|proof_\d|eq_\d+$|noConfusionType$|below(\.|$)|brecOn(\.|$)|binductionOn$|ibelow$|ctorIdx$"
    r"|toCtorIdx$|ctorElim(Type)?$|casesOn$|recOn$|elim_?\d+$|sizeOf_spec$|injEq$|congr_simp$|ofNat_ctorIdx$"
    r"|ctorIdx_\w+$|induct_unfolding$|fun_cases_unfolding$|grind_\d|hcongr_\d|reducer?_\d)"
)
_HYGIENIC: Final = "._@"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration of a compiled module."""

    name: str
    kind: str
    signature: Signature
    doc: str
    is_deprecated: bool


@dataclass(frozen=True, slots=True)
class Module:
    """What a module declares; `shapes` are those of everything in it, hidden or not, that is not the plain one."""

    imports: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    shapes: tuple[tuple[str, Shape], ...]


class ModuleFile:
    """One `.olean`, with its `.olean.server` where there is one: Lean keeps docstrings there for a `module`."""

    def __init__(self, path: Path) -> None:
        """Reads the files. Raises `OleanError` and `OSError`."""
        self._olean = Olean.read(path)
        self._root = [self._olean.field(self._olean.root, index) for index in range(5)]
        self._server: Olean | None = None
        server = path.with_name(f"{path.name}.server")
        if server.is_file():
            self._server = Olean.read(server, below=self._olean)

    def imports(self) -> tuple[str, ...]:
        """The modules that this one imports, as it lists them."""
        return tuple(self._olean.name(self._olean.field(each, 0)) for each in self._olean.array(self._root[0]))

    def read(self, shapes: MutableMapping[str, Shape]) -> Module:
        """Prints every declaration.

        `shapes` must hold those of the modules that this one imports, and gets those of this one. Raises `OleanError`.
        """
        try:
            return self._read(shapes)
        except (IndexError, ValueError, RecursionError) as error:
            raise OleanError(f"damaged: {error}") from error

    def _read(self, shapes: MutableMapping[str, Shape]) -> Module:
        notes = _Notes.of(self._olean, self._server)
        printer = TypePrinter(self._olean, shapes)
        constants = list(self._constants())
        own: list[tuple[str, Shape]] = []
        for name, _, type_address in constants:
            shape = printer.shape(name, type_address, notes.aliases.get(name, ""))
            if shape.short or shape.dot >= 0 or shape.binders.strip("0"):
                own.append((name, shape))
                shapes[name] = shape
        declarations = tuple(
            Declaration(
                name, notes.kind(name, tag), printer.signature(address), notes.docs.get(name, ""),
                name in notes.deprecated,
            )
            for name, tag, address in constants
            if tag != 7 and name not in notes.hidden and is_public(name)
        )  # fmt: skip
        return Module(self.imports(), declarations, tuple(own))

    def _constants(self) -> Iterator[tuple[str, int, int]]:
        """The name, the tag and the type's address of every constant."""
        olean = self._olean
        for constant in olean.array(self._root[2]):
            value = olean.field(olean.field(constant, 0), 0)
            yield olean.name(olean.field(value, 0)), olean.tag(constant), olean.field(value, 2)


def is_public(name: str) -> bool:
    """Whether a name is one that a person may want to use: not private, and none of Lean's own auxiliaries."""
    return not name.startswith("_") and _HYGIENIC not in name and _AUXILIARY.search(name) is None


@dataclass(frozen=True, slots=True)
class _Notes:
    """What the environment extensions of a module say about its declarations."""

    originals: MappingProxyType[str, str]
    structures: MappingProxyType[str, str]
    docs: MappingProxyType[str, str]
    aliases: MappingProxyType[str, str]
    hidden: frozenset[str]
    deprecated: frozenset[str]

    @classmethod
    def of(cls, olean: Olean, server: Olean | None) -> "_Notes":
        entries = dict(_entries(olean))
        documented = dict(_entries(server)) if server else entries
        pairs = _Pairs(olean)
        structures = dict.fromkeys(pairs.names(entries.get(_STRUCTURES, [])), "structure")
        structures |= dict.fromkeys(pairs.names(entries.get(_CLASSES, [])), "class")
        return cls(
            MappingProxyType(dict(pairs.kinds(entries.get(_ORIGINALS, [])))),
            MappingProxyType(structures),
            MappingProxyType(dict(_Pairs(server or olean).texts(documented.get(_DOCS, [])))),
            MappingProxyType({long: short for short, long in pairs.aliases(entries.get(_ALIASES, []))}),
            frozenset(olean.name(each) for each in entries.get(_HIDDEN, [])),
            frozenset(pairs.names(entries.get(_DEPRECATED, []))),
        )

    def kind(self, name: str, tag: int) -> str:
        """A word for what a constant is; modules export theorems and hidden definitions without their bodies."""
        return self.structures.get(name) or self.originals.get(name) or _KINDS[tag]


class _Pairs:
    """Entries of extensions that are pairs (or longer tuples) which begin with a name."""

    def __init__(self, olean: Olean) -> None:
        self._olean = olean

    def names(self, entries: list[int]) -> Iterator[str]:
        """The first components."""
        for entry in entries:
            yield self._olean.name(self._olean.home(entry).field(entry, 0))

    def texts(self, entries: list[int]) -> Iterator[tuple[str, str]]:
        """Names with strings."""
        for entry in entries:
            text = self._olean.home(entry).field(entry, 1)
            yield from zip(self.names([entry]), [self._olean.home(text).string(text)], strict=True)

    def kinds(self, entries: list[int]) -> Iterator[tuple[str, str]]:
        """Names with what they are declared as."""
        for entry in entries:
            number = self._olean.field(entry, 1)
            if number & 1 and number >> 1 < len(_ORIGINAL_KINDS):
                yield from zip(self.names([entry]), [_ORIGINAL_KINDS[number >> 1]], strict=True)

    def aliases(self, entries: list[int]) -> Iterator[tuple[str, str]]:
        """Shorter names that the library exports a name as (`some` for `Option.some`)."""
        for entry in entries:
            short, long = (self._olean.name(self._olean.field(entry, index)) for index in (0, 1))
            if len(short) < len(long) and long.endswith(f".{short.rpartition('.')[2]}"):
                yield short, long


def _entries(olean: Olean) -> Iterator[tuple[str, list[int]]]:
    """The entries of each environment extension; what is stored in another way than as pairs is passed over."""
    table = olean.field(olean.root, 4)
    for pair in olean.home(table).array(table):
        home = olean.home(pair)
        listed = home.field(pair, 1)
        yield _PRIVATE.sub("", olean.name(home.field(pair, 0))), olean.home(listed).array(listed)
