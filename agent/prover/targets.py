"""Which holes are to be worked on, followed through a file that changes as they are filled."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from agent.prover.selection import Target
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.verdict import Baseline
from tools.lean.document import Declaration, Document, Hole, HoleKind
from tools.lean.messages import Message
from tools.lean.tactic_blocks import SorryToken
from tools.lean.text import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Something to be proved, wherever it stands by now: the `ordinal`-th hole of the file as it was (from 0), or the
    whole proof of a declaration that `fails`.
    """

    ordinal: int = -1
    fails: str = ""


@dataclass
class Work:
    """What is wanted of a file: some of its holes, and declarations whose proof fails.

    Filling a hole takes it out of the file and shifts what follows, so holes are known by their place in the order.
    """

    wanted: list[bool]
    failing: list[str] = field(default_factory=list[str])
    _filled: set[int] = field(default_factory=set[int])

    @property
    def holes(self) -> int:
        """How many holes are wanted."""
        return sum(self.wanted)

    @property
    def places(self) -> list[Place]:
        """All that is wanted, in order."""
        holes = [Place(ordinal) for ordinal, wanted in enumerate(self.wanted) if wanted]
        return holes + [Place(fails=name) for name in self.failing]

    def hole(self, place: Place, document: Document) -> Hole | None:
        """Where a place is in the present document; None where it is not there any more."""
        if not place.fails:
            return document.holes[place.ordinal - sum(filled < place.ordinal for filled in self._filled)]
        found = (failing_hole(document, each) for each in document.find_declarations(place.fails))
        return next((hole for hole in found if hole is not None), None)

    def filled(self, place: Place) -> None:
        """The hole is gone from the file."""
        if not place.fails:
            self._filled.add(place.ordinal)


def selected(document: Document, targets: Sequence[Target]) -> Work:
    """The holes that the targets name. Raises `QedError` (usage) for a target that names none of the file's places."""
    chosen: set[Span] = set()
    for target in targets:
        if target.declaration is not None:
            found = document.find_declarations(target.declaration)
            if not found:
                names = [each.name for each in document.declarations if each.holes]
                hint = f"Declarations with holes: {', '.join(names)}." if names else "The file has no holes."
                raise QedError(
                    f"no declaration {target.declaration} in {target.path}", hint=hint, exit_code=ExitCode.USAGE
                )
            chosen.update(hole.span for each in found for hole in each.holes)
        elif target.line is not None:
            chosen.update(hole.span for hole in document.holes_at(target.line, target.column))
        else:
            chosen.update(hole.span for hole in document.holes)
    return Work([hole.span in chosen for hole in document.holes])


def failing_proofs(
    document: Document, baseline: Baseline, is_artifact: Callable[[Message], bool], targets: Sequence[Target]
) -> list[str]:
    """The wanted declarations without a hole whose proof has an error."""
    broken = {index for index, _ in baseline.observation.errors(is_artifact)}
    return [
        declaration.name
        for index, declaration in enumerate(document.declarations)
        if index in broken
        and not declaration.holes
        and failing_hole(document, declaration) is not None
        and _is_wanted(document, declaration, targets)
    ]


def _is_wanted(document: Document, declaration: Declaration, targets: Iterable[Target]) -> bool:
    for target in targets:
        if target.declaration is not None:
            if declaration in document.find_declarations(target.declaration):
                return True
        elif target.line is not None:
            span = declaration.span
            first, last = (document.source.line_of(offset) + 1 for offset in (span.start, span.end))
            if first <= target.line <= last:
                return True
        else:
            return True
    return False


def failing_hole(document: Document, declaration: Declaration) -> Hole | None:
    """The whole proof of a theorem or example, as a hole; None where the body is not of the form `:= …`."""
    provable: Collection[str] = ("theorem", "lemma", "example")
    if declaration.kind not in provable or declaration.body is None:
        return None
    text = document.text
    body = text[declaration.body.start : declaration.body.end]
    if not body.startswith(":=") or not body[2:].strip():
        return None
    start = declaration.body.start + len(body) - len(body[2:].lstrip())
    span = Span(start, declaration.body.end)
    line = document.source.line_of(start)
    line_span = document.source.line_span(line)
    content = text[line_span.start : line_span.end]
    around = SorryToken(start=start, is_tactic=False, opener=":=", opens_block=False, block_column=-1, follower=None)
    return Hole(
        declaration=declaration.name,
        index=0,
        kind=HoleKind.TERM,
        span=span,
        line=line + 1,
        column=start - line_span.start,
        in_statement=False,
        indentation=len(content) - len(content.lstrip()),
        surroundings=around,
    )
