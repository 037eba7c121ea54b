"""Many edits in one session: answers stay quick and memory levels off."""

from pathlib import Path

import psutil
import pytest

from tests.tools.lean.embedded.client import Client
from tools.lean.embedded.install import Installation

EDITS = 300
TACTICS = ("exact ⟨h.2, h.1⟩", "simp_all", "omega", "constructor <;> simp_all", "exact h", "grind")
PROVING = {"exact ⟨h.2, h.1⟩", "simp_all", "constructor <;> simp_all", "grind"}


@pytest.mark.lean
@pytest.mark.slow
def test_hundreds_of_edits(installation: Installation, tmp_path: Path) -> None:
    uri = (tmp_path / "Scratch.lean").as_uri()
    statement = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n"
    resident: list[int] = []
    with Client(installation) as client:
        client.handshake()
        client.open(uri, statement + "  skip\n")
        client.diagnostics(uri, 1)
        tree = [psutil.Process(client.process.pid), *client.workers()]
        for number in range(EDITS):
            tactic = TACTICS[number % len(TACTICS)]
            client.received.clear()
            client.change(uri, number + 2, {"text": f"{statement}  {tactic} -- {number}\n"})
            errors = client.errors(uri, number + 2)
            assert bool(errors) == (tactic not in PROVING), (tactic, errors)
            resident.append(sum(process.memory_info().rss for process in tree))
    # Each edit takes some 18 threads: with a heap lost for each, Lean would be out of memory after 25 edits.
    assert resident[-1] < 1.25 * 2**30
    assert resident[-1] - resident[EDITS // 2] < 100 * 2**20
