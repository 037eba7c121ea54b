"""An acceptance check that says what a test wants: everything else about keeping and writing a file is real."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from tools.lean.acceptance.axioms import AxiomsHow
from tools.lean.acceptance.comparison import Fill, apply_fills
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.observation import Observation
from tools.lean.acceptance.verdict import CHECKS, Baseline, ProofStatus, Verdict
from tools.lean.document import Document


@dataclass
class ScriptedGate:
    """Answers in place of Lean: a proof that says `bad` is refused. A check waits for `let_go`, if `waits` says so.

    `checks` are the proofs of each check that has begun.
    """

    waits: bool = True
    checks: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    _begun: asyncio.Condition = field(default_factory=asyncio.Condition)
    _allowed: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every gate answers like this from now on."""

        async def freeze(_: AcceptanceGate, text: str, also: frozenset[int] = frozenset()) -> Baseline:
            return _baseline(text)

        async def check(_: AcceptanceGate, baseline: Baseline, proofs: Sequence[Sequence[Fill]]) -> list[Verdict]:
            return await self._check(baseline, proofs)

        monkeypatch.setattr(AcceptanceGate, "freeze", freeze)
        monkeypatch.setattr(AcceptanceGate, "check_together", check)
        monkeypatch.setattr(AcceptanceGate, "prewarm", _nothing)
        monkeypatch.setattr(Baseline, "obstacle", _no_obstacle)

    async def until(self, is_so: Callable[[Sequence[tuple[str, ...]]], bool]) -> None:
        """Waits until the checks that have begun are as wanted."""
        async with self._begun:
            await self._begun.wait_for(lambda: is_so(self.checks))

    def let_go(self) -> None:
        """One check may answer."""
        self._allowed.release()

    async def _check(self, baseline: Baseline, proofs: Sequence[Sequence[Fill]]) -> list[Verdict]:
        texts = tuple(" ".join(fill.text for fill in each) for each in proofs)
        async with self._begun:
            self.checks.append(texts)
            self._begun.notify_all()
        if self.waits:
            await self._allowed.acquire()
        good = [fills for fills, text in zip(proofs, texts, strict=True) if "bad" not in text]
        after = _baseline(apply_fills(baseline.text, [fill for fills in good for fill in fills])[0])
        return [_verdict(baseline, fills, after if fills in good else None) for fills in proofs]


def _verdict(before: Baseline, fills: Sequence[Fill], after: Baseline | None) -> Verdict:
    if after is None:
        return Verdict(ProofStatus.NOT_PROVED, ("bad",), is_to_blame=True)
    declarations = before.observation.document.declarations
    names = tuple(declarations[before.declaration_of(fill.hole)].name for fill in fills)
    return Verdict(ProofStatus.PROVED, (), (), AxiomsHow.COMPILED, "", names, True, after, CHECKS)


def _baseline(text: str) -> Baseline:
    document = Document.parse(text)
    types = {index: each.name for index, each in enumerate(document.declarations)}
    return Baseline(Observation(document, (), (), frozenset(), types, {}))


def _nothing(_: object) -> None:
    pass


def _no_obstacle(_: object, hole: object) -> str:
    return ""
