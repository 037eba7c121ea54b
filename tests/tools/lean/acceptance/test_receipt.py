"""Receipts are kept line by line and can be read back, whatever a crash has left between them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from tools.directories import state_dir
from tools.lean.acceptance.receipt import Receipt, ReceiptBook, ToolchainNote


@pytest.fixture
def state() -> Path:
    return state_dir()


def receipt(declaration: str = "Nat.«add comm»₁") -> Receipt:
    return Receipt(
        time=datetime(2026, 1, 2, tzinfo=UTC),
        file=Path("/tmp/A.lean"),
        declaration=declaration,
        statement_sha256="1" * 64,
        proof_sha256="2" * 64,
        file_sha256_before="3" * 64,
        file_sha256_after="4" * 64,
        toolchain=ToolchainNote(kind="embedded", name="embedded Lean", version="4.28.0-pre"),
        axioms=("propext",),
        axioms_how="walked with #print",
        screening="strict",
        checks=("screened", "elaborated"),
        recheck="not available",
        seconds=3.5,
    )


def test_receipts_come_back_as_they_were(state: Path) -> None:
    book = ReceiptBook()
    assert list(book) == []
    book.add(receipt("a"))
    book.add(receipt())
    assert list(ReceiptBook()) == [receipt("a"), receipt()]
    assert len((state / "receipts.jsonl").read_text().splitlines()) == 2


def test_a_half_line_spoils_itself_only() -> None:
    book = ReceiptBook()
    book.add(receipt("a"))
    with book.file.open("ab") as out:
        out.write(receipt("lost").model_dump_json().encode()[:40])
    book.add(receipt("b"))
    assert [r.declaration for r in book] == ["a", "b"]


def test_writers_at_the_same_time() -> None:
    names = [f"t{n}" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ReceiptBook().add, map(receipt, names)))
    assert sorted(r.declaration for r in ReceiptBook()) == sorted(names)


def test_axioms_are_there_or_it_says_that_they_are_not() -> None:
    values = receipt().model_dump()
    assert Receipt.model_validate(values | {"axioms": None, "axioms_how": "not answered"}).axioms is None
    assert Receipt.model_validate(values | {"axioms": ()}).axioms == ()
    for wrong in ({"axioms": None}, {"axioms_how": "not answered"}, {"schema_version": 2}, {"seconds": -1}):
        with pytest.raises(ValidationError):
            Receipt.model_validate(values | wrong)
