"""The comparison of a file as Lean saw it before and after holes were filled."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tools.lean.acceptance.axioms import SORRY, AxiomReport, AxiomsHow, outside
from tools.lean.acceptance.comparison import OutlineComparison
from tools.lean.acceptance.compiled import CompiledFile, DeclaredConstant
from tools.lean.acceptance.observation import Observation, count_sorries, sorry_places
from tools.lean.acceptance.verdict import CHECKS, Baseline, ProofStatus, Verdict
from tools.lean.artifacts import IsArtifact

Refusal = tuple[int, str]
"""Why something is not accepted: the declaration that it is about (-1: the file), and a text for people."""


@dataclass(frozen=True)
class Judgement:
    """What speaks against `after`, where the declarations `targets` were filled; `filling` says how."""

    before: Observation
    after: Observation
    filling: OutlineComparison
    targets: frozenset[int]
    is_artifact: IsArtifact
    allowed: tuple[str, ...]

    def verdicts(self, groups: Sequence[frozenset[int]]) -> list[Verdict]:
        """The verdicts on proofs that were judged together; each group are the declarations that one of them fills.

        They are accepted together or not at all; `is_to_blame` says what speaks against which.
        """
        refusals, unanswered = self.refusals, self._unanswered
        status = ProofStatus.PROVED
        if refusals:
            status = ProofStatus.NOT_PROVED
        elif unanswered:
            status = ProofStatus.INCONCLUSIVE
        against = refusals or unanswered
        baseline = self._next_baseline() if status is ProofStatus.PROVED else None
        return [self._verdict(group, status, against, baseline) for group in groups]

    def _verdict(
        self, group: frozenset[int], status: ProofStatus, against: Sequence[Refusal], baseline: Baseline | None
    ) -> Verdict:
        own = tuple(text for index, text in against if index in group)
        reports = [self._report(index) for index in sorted(group)]
        known = [report.axioms for report in reports if report.axioms is not None]
        answered = len(known) == len(reports)
        return Verdict(
            status,
            own or tuple(text for _, text in against),
            tuple(sorted({axiom for axioms in known for axiom in axioms})) if answered else None,
            reports[0].how if answered else AxiomsHow.NOT_ANSWERED,
            reports[0].imports_how,
            tuple(self._name(index) for index in sorted(group)),
            not any(self.left[index] for index in group),
            baseline,
            CHECKS if baseline is not None else (),
            is_to_blame=bool(own),
        )

    @cached_property
    def left(self) -> Mapping[int, int]:
        """How many holes each declaration has left, with those of its `mutual` block: counted in the text before.

        So a proof which brings a `sorry` of its own does not add to what is tolerated.
        """
        document, text = self.before.document, self.before.text
        own = {i: count_sorries(text[each.span.start : each.span.end]) for i, each in enumerate(document.declarations)}
        baseline = Baseline(self.before)
        for fill in self.filling.fills:
            own[baseline.declaration_of(fill.hole)] -= count_sorries(text[fill.hole.start : fill.hole.end])
        return {index: sum(own[each] for each in document.together_with(index)) for index in own}

    @cached_property
    def refusals(self) -> list[Refusal]:
        """What speaks against it."""
        said = [*self._errors(), *self._sorries()]
        if self._stopped_at_errors:
            return said
        found = [*said, *self._types(), *self._constants()]
        if difference := self.filling.difference(self.before.outline, self.after.outline):
            found.append((-1, difference))
        return [*found, *(refusal for index in sorted(self.targets) for refusal in self._axioms(index))]

    @property
    def _stopped_at_errors(self) -> bool:
        """Whether Lean was not looked at any further: what it compiled would have shown nothing more."""
        return self.before.compiled is not None and self.after.compiled is None

    @property
    def _unanswered(self) -> list[Refusal]:
        found: list[Refusal] = []
        for index in sorted(self.targets):
            report = self._report(index)
            if report.axioms is None:
                found.append((index, f"Lean does not say what the proof rests on: {report.reason}"))
            elif self.left[index] and report.elsewhere is None:
                why = "it cannot be told what one proof rests on while other holes of its declaration are open"
                found.append((index, f"{self._name(index)}: {why}"))
            if self.after.types.get(index) is None:
                found.append((index, f"Lean does not say what the type of {self._name(index)} is"))
        return found

    def _name(self, index: int) -> str:
        return self.before.document.declarations[index].name

    def _where(self, index: int) -> str:
        return self._name(index) if index >= 0 else "outside the declarations"

    def _report(self, index: int) -> AxiomReport:
        return self.after.axioms.get(index) or AxiomReport.unanswered("it was not asked")

    # -- what Lean says

    def _errors(self) -> Iterator[Refusal]:
        after = self.after.errors(self.is_artifact)
        fresh = after - self.before.errors(self.is_artifact)
        for index, text in fresh.elements():
            yield index, f"{self._where(index)}: {text}"
        # Lean passes over what follows an error: a hole in such a declaration may never have been looked at.
        for index in sorted({index for index, _ in after} & self.targets - {index for index, _ in fresh}):
            yield index, f"{self._name(index)} has an error elsewhere in it"

    def _sorries(self) -> Iterator[Refusal]:
        after, before = self.after.sorry_warnings(), self.before.sorry_warnings()
        used = {index for index in self.targets if after[index] and not self.left[index]}
        used |= {index for index in after - before if index not in self.targets}
        for index in sorted(used):
            yield index, f"{self._where(index)} uses `sorry`"

    # -- what is declared

    def _types(self) -> Iterator[Refusal]:
        for index, old in self.before.types.items():
            new = self.after.types.get(index)
            # What Lean could not make sense of before may have become clear; only what it had may not change.
            if old is not None and new is not None and old != new:
                yield index, f"the type of {self._name(index)} is not what it was"
            elif old is not None and new is None and index in self.after.types and index not in self.targets:
                yield index, f"{self._name(index)} is gone"

    def _constants(self) -> Iterator[Refusal]:
        """What stands beside the declarations' own statements: constructors, values of definitions, instances."""
        compiled = self._both_compiled
        if compiled is None:
            return
        before, after = compiled[0].constants, compiled[1].constants
        for name, old in before.items():
            new = after.get(name)
            if new is None:
                yield old.index, f"{old.name} is gone"
            elif old.index not in self.targets and old.digest != new.digest:
                yield old.index, f"{old.name} is not what it was"
            elif _claims(old) != _claims(new):
                yield old.index, f"the type of {old.name} is not what it was"
        for name in after.keys() - before.keys():
            new = after[name]
            yield new.index, f"{new.name} was not there before"

    @property
    def _both_compiled(self) -> tuple[CompiledFile, CompiledFile] | None:
        before, after = self.before.compiled, self.after.compiled
        return None if before is None or after is None else (before, after)

    # -- what it rests on

    def _axioms(self, index: int) -> Iterator[Refusal]:
        report = self._report(index)
        left = self.left[index]
        axioms = report.axioms if report.elsewhere is None or not left else report.elsewhere
        # Where nobody can tell its own holes from others, it is not called proved at all (`_unanswered`).
        allowed = (*self.allowed, SORRY) if left and report.elsewhere is None else self.allowed
        refused = outside(axioms or (), allowed)
        if refused:
            yield index, f"{self._name(index)} rests on {', '.join(refused)}{self._open_elsewhere(refused)}"
        if left and report.elsewhere is not None:
            yield from self._open_places(index)

    def _open_elsewhere(self, refused: Sequence[str]) -> str:
        others = [
            self._name(other)
            for other in range(len(self.after.document.declarations))
            if other not in self.targets and self.left[other]
        ]
        return f" (still open in this file: {', '.join(others)})" if SORRY in refused and others else ""

    def _open_places(self, index: int) -> Iterator[Refusal]:
        """What is open in a declaration must be the holes that it has left, and no more than they were."""
        compiled = self._both_compiled
        assert compiled is not None  # where nothing is compiled nobody can tell holes apart
        document, fills = self.after.document, self.filling.spans
        expected = {
            offset
            for each in document.together_with(index)
            for offset in sorry_places(self.after.text, document.declarations[each].span)
            if not any(span.start <= offset < span.end for span in fills)
        }
        now = compiled[1].open_places(index)
        if not expected.issuperset(now):
            yield index, f"something is open in {self._name(index)} that is none of its other holes"
            return
        then = Counter(self.filling.moved(offset) for offset in compiled[0].open_places(index))
        if Counter(now) - then:
            yield index, f"another hole of {self._name(index)} stands for more than it did"

    def _next_baseline(self) -> Baseline:
        """The file after, for its next hole: what was not asked again about other declarations still holds."""
        return Baseline(
            replace(
                self.after,
                types={**self.before.types, **self.after.types},
                axioms={**self.before.axioms, **self.after.axioms},
                named=self.before.named | self.after.named,
            )
        )


def _claims(constant: DeclaredConstant) -> tuple[int, str]:
    return constant.kind, constant.type_digest
