"""Which axioms a declaration rests on, asked of Lean.

`#print axioms NAME` answers on every native Lean. The embedded one refuses it, but it prints declarations in full
(`#print NAME`), so there the constants of the file are walked: everything that a proof names is printed in turn, down
to what was imported. Imported theorems come without their proofs there; they are Lean's own library.

What is not understood, not printed whole or not answered makes the whole answer "not answered", never "none".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tools.lean.acceptance.probe import Asker, printed_in_full, unlimited
from tools.lean.messages import Message, Severity
from tools.lean.olean.names import Name, dotted
from tools.lean.toolchain import ToolchainKind

STANDARD_AXIOMS = ("propext", "Classical.choice", "Quot.sound")
SORRY = "sorryAx"

# The library declares these `opaque`, and a library without its private parts shows such constants as axioms.
_LIBRARY_OPAQUE = frozenset({"Lean.opaqueId"})
_MAX_ROUNDS = 200
_SOME = re.compile(r"'[\s\S]+' depends on axioms:\s*\[([\s\S]*)\]\s*")
_NONE = re.compile(r"'[\s\S]+' does not depend on any axioms\s*")

_COMPONENT = r"(?:«[^»]*»|[^\W\d][\w'!?]*|_@)"
_NAME = rf"{_COMPONENT}(?:\.(?:{_COMPONENT}|[0-9]+))*"
# Strings and names are read in one pass: a name may contain a quote («"»), and a string anything.
_PIECE = re.compile(rf'(?P<string>"(?:[^"\\]|\\.)*")|(?P<levels>\.\{{[^{{}}]*\}})|(?P<name>{_NAME})', re.DOTALL)
# The `.1` of `x.1`; names whose own last part is a number have a macro scope before it.
_PROJECTIONS = re.compile(r"(?<!_hyg)(?<!_@)(?:\.[0-9]+)+$")
_LEVEL_NAME = re.compile(_COMPONENT)
_NAMES = re.compile(_NAME)
_BINDER = re.compile(rf"[({{\[⦃]\s*((?:{_NAME}\s+)+):(?!=)|\b(?:let|have|let_fun|fun|∀|∃)\s+({_NAME})")
_PRIVATE = re.compile(rf"_private\.((?:{_COMPONENT}|\.)*?)\.0\.({_NAME})")
_HEADER = re.compile(
    r"(?:@\[[^\]]*\]\s*)*"
    r"(?P<modifiers>(?:(?:private|protected|public|noncomputable|unsafe|partial|meta|nonrec)\s+)*)"
    rf"(?P<kind>theorem|def|abbrev|instance|axiom|opaque|inductive|structure|class|constructor|recursor)\s+(?P<name>{_NAME})"
)
_PRIMITIVE = "Quotient primitive"
# What Lean's printer writes itself in a term that `pp.all` governs.
_PRINTED_WORDS = frozenset(
    {"fun", "let", "have", "let_fun", "Prop", "Type", "Sort", "nat_lit", "max", "imax", "nondep"}
)
_WITH_VALUE = frozenset({"theorem", "def", "abbrev", "instance"})
_NOT_IMPORTED = "<not imported>"


class AxiomsHow(Enum):
    """How the axioms were found."""

    COMPILED = "read from the .olean"
    PRINT_AXIOMS = "#print axioms"
    WALKED = "walked with #print"
    NOT_ANSWERED = "not answered"


@dataclass(frozen=True, slots=True)
class AxiomReport:
    """The axioms of one declaration; None where Lean could not say, and then `reason` is why.

    `elsewhere` are the same without the `sorry`s that stand in the declaration itself, None where nobody can tell them
    apart. `imports_how` says why imported constants are believed.
    """

    axioms: tuple[str, ...] | None
    how: AxiomsHow
    reason: str = ""
    elsewhere: tuple[str, ...] | None = None
    imports_how: str = ""

    @classmethod
    def unanswered(cls, reason: str) -> "AxiomReport":
        """The report that says that there is no answer."""
        return cls(None, AxiomsHow.NOT_ANSWERED, reason)


async def ask_axioms(
    asker: Asker,
    kind: ToolchainKind,
    names: Sequence[str],
    *,
    declared: Iterable[str] = (),
    library: "LibraryKinds | None" = None,
) -> dict[str, AxiomReport]:
    """The axioms of declarations, by their full names (without `_root_`).

    `declared` are the names that the file declares; `library` remembers what was learned about imported names, for
    the next call on the same imports. Raises `NoAnswerError` when Lean does not finish.
    """
    if not names:
        return {}
    if kind is ToolchainKind.EMBEDDED:
        known = library if library is not None else LibraryKinds()
        return await _Walk(asker, known, frozenset(declared)).report(names)
    answers = await asker.ask([unlimited(f"#print axioms _root_.{name}") for name in names])
    return {name: _read_native(messages) for name, messages in zip(names, answers, strict=True)}


def _read_native(messages: Sequence[Message]) -> AxiomReport:
    if len(messages) != 1 or messages[0].severity is not Severity.INFORMATION:
        said = "; ".join(m.text for m in messages) or "Lean said nothing"
        return AxiomReport.unanswered(said)
    text = messages[0].text
    if _NONE.fullmatch(text):
        return AxiomReport((), AxiomsHow.PRINT_AXIOMS)
    if found := _SOME.fullmatch(text):
        return AxiomReport(tuple(sorted(re.findall(_NAME, found[1]))), AxiomsHow.PRINT_AXIOMS)
    return AxiomReport.unanswered(f"an answer that qed cannot read: {text}")


def read_print_axioms(asked: Name, messages: Sequence[Message]) -> tuple[Name, ...] | None:
    """The axioms of a constant, from the answer to `#print axioms`; None where it is no answer about that constant.

    Linters may have something to say at a question: exactly one piece of information counts, and no error.
    """
    told = [each.text for each in messages if each.severity is Severity.INFORMATION]
    if len(told) != 1 or any(each.is_error for each in messages):
        return None
    subject, rest = f"'{dotted(asked)}' ", ""
    if told[0].startswith(subject):
        rest = told[0][len(subject) :].strip()
    if rest == "does not depend on any axioms":
        return ()
    found = re.fullmatch(rf"depends on axioms:\s*\[({_NAME}(?:,\s*{_NAME})*)\]", rest)
    return tuple(_components(name) for name in re.findall(_NAME, found[1])) if found else None


def _components(name: str) -> Name:
    return tuple(part[1:-1] if part.startswith("«") else part for part in re.findall(_COMPONENT, name))


class LibraryKinds(dict[str, str]):
    """What imported names are (`theorem`, `axiom`, …), as far as it was asked. True for one set of imports."""


@dataclass(frozen=True, slots=True)
class PrintedConstant:
    """A declaration as `#print` shows it.

    `own` are private constants of this file that it names, `others` all other words, `bound` those among them that
    are bound somewhere in the term: they may be variables. `problem` says why the text cannot be relied upon (empty:
    it can).
    """

    name: str
    kind: str
    is_private: bool
    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    problem: str = ""


def read_printed(text: str) -> PrintedConstant:
    """Reads what `#print` answers under `pp.all`.

    Names of this file carry the prefix `_private.MODULE.0.`; they come back without it in `own`.
    """
    if text.startswith(_PRIMITIVE):
        return PrintedConstant(text[len(_PRIMITIVE) :].split()[0], "primitive", is_private=False)
    header = _HEADER.match(text)
    if header is None:
        return PrintedConstant("", "", is_private=False, problem=f"qed cannot read {text[:80]!r}")
    kind, name = header["kind"], header["name"]
    private = _PRIVATE.fullmatch(name)
    pieces = list(_PIECE.finditer(text, header.end()))
    plain = _PIECE.sub(lambda piece: piece["name"] or " ", text[header.end() :])
    problem = "Lean did not print it whole" if "⋯" in plain or "[Error pretty printing" in plain else ""
    bound = {word for groups in _BINDER.findall(plain) for group in groups for word in _NAMES.findall(group)}
    own, others = set[str](), set[str]()
    bound.update(_LEVEL_NAME.findall(pieces[0]["levels"]) if pieces and pieces[0]["levels"] else ())
    for piece in pieces:
        word = _PROJECTIONS.sub("", (piece["name"] or "").removeprefix("_root_."))
        if found := _PRIVATE.fullmatch(word):
            own.add(found[2])
        elif word and word not in _PRINTED_WORDS:
            others.add(word)
    return PrintedConstant(
        private[2] if private else name,
        kind,
        private is not None or "private" in header["modifiers"],
        frozenset(own),
        frozenset(others),
        frozenset(bound),
        problem,
    )


@dataclass
class _Walk:
    """One walk over the constants of a file, shared by all the declarations that are asked about.

    Constants of the file are private, since the embedded Lean takes every file for a module, unless they are
    declared `public`; these are the words that are, or extend, one of the `declared` names and that Lean prints
    without the private mark.
    """

    asker: Asker
    library: LibraryKinds
    declared: frozenset[str]
    known: dict[str, PrintedConstant] = field(default_factory=dict[str, PrintedConstant])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    unknown: set[str] = field(default_factory=set[str])
    retried: set[str] = field(default_factory=set[str])

    async def report(self, names: Sequence[str]) -> dict[str, AxiomReport]:
        todo = set(names)
        for _ in range(_MAX_ROUNDS):
            if not todo:
                return {name: self._collect(name) for name in names}
            todo = await self._round(sorted(todo))
        return {name: AxiomReport.unanswered("the proof goes through too many declarations") for name in names}

    async def _round(self, own: Sequence[str]) -> set[str]:
        """Asks about constants of this file, then about the other words in them; returns what to ask next."""
        answers = await self.asker.ask([printed_in_full(f"#print _root_.{name}") for name in own])
        for name, messages in zip(own, answers, strict=True):
            self._learn(name, messages)
        fresh = [self.known[name] for name in own if name in self.known]
        words = {word for constant in fresh for word in constant.others}
        if strangers := sorted(words - self.library.keys() - self.unknown - self.known.keys()):
            await self._ask_others(strangers)
        named = {name for constant in fresh for name in constant.own}
        public = {word for word in words - self.library.keys() - self.unknown if self._may_be_own(word)}
        again = self._retry(own)
        return ((named | public) - self.known.keys() - self.failed.keys()) | again

    def _retry(self, own: Sequence[str]) -> set[str]:
        """Constants that Lean did not know: some it derives on demand, and the questions since may have demanded it."""
        again = {name for name in own if name in self.failed} - self.retried
        self.retried |= again
        for name in again:
            del self.failed[name]
        return again

    def _may_be_own(self, word: str) -> bool:
        parts = re.findall(rf"{_COMPONENT}|[0-9]+", word)
        return any(".".join(parts[:length]) in self.declared for length in range(1, len(parts) + 1))

    def _learn(self, name: str, messages: Sequence[Message]) -> None:
        constant = _single(messages)
        if constant is None:
            self.failed[name] = f"Lean does not print {name}"
        elif constant.problem:
            self.failed[name] = f"{name}: {constant.problem}"
        elif constant.name != name:
            self.failed[name] = f"asked for {name}, Lean printed {constant.name}"
        elif constant.kind == "opaque":
            # Its value may rest on anything, and Lean does not show it.
            self.failed[name] = f"{name} is opaque: Lean does not show what it rests on"
        else:
            self.known[name] = constant

    async def _ask_others(self, words: Sequence[str]) -> None:
        """Finds out what words are that carry no private prefix: variables, imported names, public names."""
        answers = await self.asker.ask([unlimited(f"#print _root_.{word}") for word in words])
        for word, messages in zip(words, answers, strict=True):
            constant = _single(messages)
            if constant is None or constant.is_private:
                self.unknown.add(word)
            elif constant.kind == "theorem" and not messages[0].text.rstrip().endswith(_NOT_IMPORTED):
                # A theorem that comes with its proof is one of this file.
                self.declared |= {word}
            elif not self._may_be_own(word):
                self.library[word] = "opaque" if word in _LIBRARY_OPAQUE else constant.kind

    def _collect(self, root: str) -> AxiomReport:
        axioms, seen, todo = set[str](), set[str](), [root]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.failed:
                return AxiomReport.unanswered(self.failed[name])
            constant = self.known[name]
            if constant.kind == "axiom":
                axioms.add(name)
            todo.extend(constant.own)
            for word in constant.others:
                if word in self.unknown:
                    if constant.kind in _WITH_VALUE and word not in constant.bound:
                        return AxiomReport.unanswered(f"in {name}, Lean does not know {word}, which it printed")
                elif (kind := self.library.get(word)) is None:
                    todo.append(word)
                elif kind == "axiom":
                    axioms.add(word)
        return AxiomReport(tuple(sorted(axioms)), AxiomsHow.WALKED)


def _single(messages: Sequence[Message]) -> PrintedConstant | None:
    if len(messages) != 1 or messages[0].severity is not Severity.INFORMATION:
        return None
    return read_printed(messages[0].text)


def outside(axioms: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """The axioms that are not allowed, sorted."""
    return tuple(sorted(set(axioms) - set(allowed)))
