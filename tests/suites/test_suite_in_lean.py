"""The suite as Lean sees it: every statement elaborates, every reference proof is accepted and rests on no axiom more.

All files go through one open document, so that Lean loads its library once.
"""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.suites.suite import PROOFS, SuiteFile, Third, read_files
from tools.lean.acceptance.axioms import LibraryKinds, ask_axioms, outside
from tools.lean.acceptance.probe import Asker
from tools.lean.embedded.quirks import is_toolchain_artifact
from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Message
from tools.lean.server import LeanServer
from tools.lean.toolchain import ToolchainKind

pytestmark = [pytest.mark.lean, pytest.mark.slow]
_SECONDS = 300.0
_ALLOWED = ("propext", "Classical.choice", "Quot.sound")


@pytest.fixture(scope="module")
async def document(lean: LeanServer) -> AsyncGenerator[LeanDocument]:
    """One document for all the files."""
    opened = await lean.open(Path("/scratch/Suite.lean"), "")
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def library() -> LibraryKinds:
    """What is known of the library's names, for all the files."""
    return LibraryKinds()


def _said(messages: tuple[Message, ...], text: str) -> list[Message]:
    return [m for m in messages if not is_toolchain_artifact(m.severity, m.text, text)]


@pytest.mark.parametrize("file", read_files(), ids=lambda file: f"{file.third}/{file.subject}")
async def test_a_statement_elaborates_with_the_warning_of_its_hole(document: LeanDocument, file: SuiteFile) -> None:
    result = await document.elaborate(file.text, timeout=_SECONDS)
    assert result.complete
    said = sorted(_said(result.messages, file.text), key=lambda message: message.start)
    assert all(message.is_sorry_warning for message in said), said
    named = [document.span_of(message).start for message in said]
    assert len(named) == len(file.theorems)
    assert all(each.span.start <= at < each.span.end for each, at in zip(file.theorems, named, strict=True))


@pytest.mark.parametrize("third", Third)
async def test_a_reference_proof_is_accepted(document: LeanDocument, library: LibraryKinds, third: Third) -> None:
    for file in read_files(PROOFS, [third]):
        names = [theorem.name for theorem in file.theorems]
        declared = [each.name for each in file.document.declarations if not each.is_anonymous]
        asker = Asker(document, file.text, file_end=len(file.text), timeout=_SECONDS)
        reports = await ask_axioms(asker, ToolchainKind.EMBEDDED, names, declared=declared, library=library)
        assert _said(asker.above, file.text) == [], file.subject
        for name, report in reports.items():
            assert report.axioms is not None, report.reason
            assert outside(report.axioms, _ALLOWED) == (), name
