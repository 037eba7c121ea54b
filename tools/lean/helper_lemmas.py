"""Helper lemmas that a model wrote for a theorem, and the theorem proved from them: read strictly, and named afresh.

    theorem step_one (n : Nat) : n ≤ n * n + 1 := by sorry

    theorem t (n : Nat) : n < n * n + 2 := by
      have := step_one n
      omega

Only the statements and the proofs are taken, each screened as a proof is: everything around them (`theorem`, the name,
`:=`) is written by qed. What is no theorem is refused before Lean sees any of it.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tools.lean.acceptance.observation import count_sorries
from tools.lean.commands import Command, significant
from tools.lean.document import Declaration, Document, HoleKind
from tools.lean.layout import ProofLines, as_tactics
from tools.lean.screening import ScreeningPolicy, screen
from tools.lean.tokens import Token, TokenKind, escaped_name, name_components, tokenize

MAX_LEMMAS = 8
_KINDS = ("theorem", "lemma")
_PLAIN = re.compile(r"[^\W\d][\w'!?₀-₉]*")
_ANY = " : True"
_NO_NAME = "helper"
"""Names the lemmas of a theorem whose own name is nothing to begin a name with."""


@dataclass(frozen=True, slots=True)
class HelperLemma:
    """A lemma. `signature` is what stands between its name and `:=`; `proof` is a tactic block, None: left open."""

    name: str
    signature: str
    proof: str | None = None

    @property
    def statement(self) -> str:
        """All of it but the proof, as it is written to the file: private, so that no other file can mean it."""
        return f"private theorem {self.name}{self.signature}"

    def refusals(self, *, strict: bool) -> list[str]:
        """Why its statement or its proof must not reach Lean; `strict` where Lean cannot say what a proof rests on."""
        policy = ScreeningPolicy(is_strict=strict)
        if not self.signature.strip():
            return [f"{self.name}: there is no statement"]
        found = screen(self.signature.strip(), HoleKind.TERM, policy=policy)
        found += screen(self.proof, HoleKind.TACTIC, policy=policy) if self.proof is not None else []
        return [f"{self.name}: {violation.message}" for violation in found]


@dataclass(frozen=True, slots=True)
class LemmaProof:
    """A theorem proved from lemmas, each of which may use those before it; `proof` is a tactic block."""

    lemmas: tuple[HelperLemma, ...]
    proof: str

    def told(self, statement: str) -> str:
        """All of it as Lean text; `statement` is the theorem's. The last lines are those of its proof."""
        stated = [f"{lemma.statement} := by{_indented(lemma.proof or 'sorry')}" for lemma in self.lemmas]
        return "\n\n".join([*stated, f"{statement} := by{_indented(self.proof)}"])

    def needed(self) -> "LemmaProof":
        """Without the lemmas that neither the proof nor another lemma that it needs mentions."""
        wanted = set(self.mentioned_in(self.proof))
        for lemma in reversed(self.lemmas):
            if lemma.name in wanted:
                wanted.update(self.mentioned_in(f"{lemma.signature}\n{lemma.proof or ''}"))
        return replace(self, lemmas=tuple(lemma for lemma in self.lemmas if lemma.name in wanted))

    def mentioned_in(self, text: str) -> frozenset[str]:
        """The names of the lemmas that a text mentions."""
        names = {name_components(lemma.name): lemma.name for lemma in self.lemmas}
        return frozenset(name for token in tokenize(text) if (name := _named_by(token, names)) is not None)

    def renamed(self, names: Mapping[str, str]) -> "LemmaProof":
        """The same with other names for the lemmas."""
        by_components = {name_components(old): new for old, new in names.items()}

        def new(text: str) -> str:
            return _with_names(text, by_components)

        return LemmaProof(tuple(_renamed(lemma, names, new) for lemma in self.lemmas), new(self.proof))

    def for_theorem(self, document: Document, theorem: Declaration) -> "LemmaProof":
        """The same with names that occur nowhere in the file: none of them can mean something there already.

        They begin with the theorem's own name.
        """
        taken, names = set(names_in(document.text)), dict[str, str]()
        *scope, last = _written_name(document, theorem)
        for lemma in self.lemmas:
            name = _free_name(last, name_components(lemma.name)[-1], taken)
            taken.add(name)
            names[lemma.name] = escaped_name((*scope, name))
        return self.renamed(names)


def names_in(text: str) -> frozenset[str]:
    """All components of names that a text mentions, comments and strings aside."""
    return frozenset(component for token in tokenize(text) for component in token.components)


def read_lemmas(code: str, theorem: str) -> LemmaProof | str:
    """Lemmas and the theorem (by its name) from a text of Lean, or why the text is not taken."""
    text = ProofLines.parse(code).text
    document, tokens = Document.parse(text), significant(tokenize(text))
    commands = document.commands
    if document.header.span.end or not commands or commands[0].first != 0:
        return f"it must begin with `theorem`, not with `{tokens[0].text}`" if tokens else "there is nothing in it"
    problems = [problem for each in commands if (problem := _not_allowed(each, tokens))]
    if problems:
        return "; ".join(dict.fromkeys(problems))
    read = [
        _read(document, each, tokens, command) for each, command in zip(document.declarations, commands, strict=True)
    ]
    complaints = [each for each in read if isinstance(each, str)]
    found = [each for each in read if isinstance(each, HelperLemma)]
    return "; ".join(complaints) if complaints else _together(found, name_components(theorem)[-1])


def _together(found: Sequence[HelperLemma], theorem: str) -> LemmaProof | str:
    *lemmas, last = found
    names = [name_components(lemma.name)[-1] for lemma in lemmas]
    if name_components(last.name)[-1] != theorem:
        return f"the last theorem must be `{theorem}` itself, proved from the lemmas"
    if theorem in names or len(set(names)) < len(names):
        return "every lemma must have a name of its own"
    if len(lemmas) > MAX_LEMMAS:
        return f"there are more than {MAX_LEMMAS} lemmas"
    if last.proof is None:
        return f"`{theorem}` must be proved from the lemmas without `sorry`"
    # Of the theorem's statement that in the file counts.
    refused = [why for lemma in (*lemmas, replace(last, signature=_ANY)) for why in lemma.refusals(strict=False)]
    return "; ".join(refused) if refused else LemmaProof(tuple(lemmas), last.proof)


def _not_allowed(command: Command, tokens: Sequence[Token]) -> str:
    """Why a command is none of a lemma; empty where it may be one."""
    if command.keyword not in _KINDS:
        return f"only theorems may stand in it, and `{tokens[command.head].text}` begins something else"
    before = (token for token in tokens[command.first : command.head] if token.kind is not TokenKind.DOC_COMMENT)
    strange = next((token for token in before if not token.is_word("private")), None)
    return f"`{strange.text}` before a theorem is not allowed: no attributes and no modifiers" if strange else ""


def _read(document: Document, declaration: Declaration, tokens: Sequence[Token], command: Command) -> HelperLemma | str:
    text = document.text
    if declaration.is_anonymous:
        return "every lemma must have a name"
    name = tokens[command.head + 1]
    body = text[declaration.body.start : declaration.body.end] if declaration.body else ""
    if not body.startswith(":=") or not body[2:].strip():
        return f"the proof of `{name.text}` must be given by `:= by …`"
    if not _is_plain(name.components[-1]):
        return f"`{name.text}` is no plain name"
    proof = None if count_sorries(body) else as_tactics(body[2:]).text
    return HelperLemma(name.text, text[name.end : declaration.signature.end].rstrip(), proof)


def _is_plain(component: str) -> bool:
    """Whether a component of a name needs no `«…»`, also as the end of a longer one."""
    tokens = tokenize(f"x_{component}")
    return _PLAIN.fullmatch(component) is not None and len(tokens) == 1 and tokens[0].kind is TokenKind.IDENTIFIER


def _written_name(document: Document, theorem: Declaration) -> tuple[str, ...]:
    """The components of a theorem's name as it is written; the last can begin a name."""
    tokens = significant(tokenize(document.text[theorem.signature.start : theorem.signature.end]))
    *scope, last = tokens[1].components
    return (*scope, last if _is_plain(last) else _NO_NAME)


def _free_name(theorem: str, lemma: str, taken: Collection[str]) -> str:
    stem = lemma if lemma.startswith(f"{theorem}_") else f"{theorem}_{lemma}"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def _renamed(lemma: HelperLemma, names: Mapping[str, str], new: Callable[[str], str]) -> HelperLemma:
    proof = None if lemma.proof is None else new(lemma.proof)
    return replace(lemma, name=names[lemma.name], signature=new(lemma.signature), proof=proof)


def _named_by(token: Token, names: Mapping[tuple[str, ...], str]) -> str | None:
    """What the beginning of a name stands for: of `step.mp` that is what `step` does."""
    if token.kind is not TokenKind.IDENTIFIER:
        return None
    components = token.components
    return next((names[components[:end]] for end in range(len(components), 0, -1) if components[:end] in names), None)


def _with_names(text: str, names: Mapping[tuple[str, ...], str]) -> str:
    lengths = {new: len(old) for old, new in names.items()}
    for token in reversed(tokenize(text)):
        if (new := _named_by(token, names)) is not None:
            rest = token.components[lengths[new] :]
            written = f"{new}.{escaped_name(rest)}" if rest else new
            text = f"{text[: token.start]}{written}{text[token.end :]}"
    return text


def _indented(block: str) -> str:
    return ProofLines.parse(block).on_own_lines(2)
