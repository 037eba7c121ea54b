"""Tools that write, on the real Lean: what is accepted, what is refused, and that refusing leaves the file alone."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.toolbox.calling import Caller, write
from tools.lean.journal import Journal
from tools.toolbox.registry import call
from tools.toolbox.tool import Decision, Permission, Proposal, ToolVerdict

pytestmark = pytest.mark.lean

TWO = """def Small (n : Nat) : Prop := n < 3

theorem one (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

theorem two : Small 2 := by
  sorry

def number : Nat := sorry
"""


def _receipts() -> list[dict[str, object]]:
    path = Path(os.environ["QED_STATE_DIR"]) / "receipts.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def test_a_proof_is_refused_then_accepted_and_written(tools: Caller) -> None:
    path = write(tools.workspace, "Write.lean", TWO.replace("\n", "\r\n"))
    before = path.read_bytes()
    wrong = await tools("write_proof", file="Write.lean", declaration="one", proof="exact ⟨hq, hp⟩")
    assert wrong.verdict is ToolVerdict.LEAN_REFUSED and "ype mismatch" in wrong.text
    assert path.read_bytes() == before and tools.proposals == [] and _receipts() == []
    proof = "by\n  constructor\n  · exact hp\n  · exact hq"
    right = await tools("write_proof", file="Write.lean", declaration="one", proof=proof)
    assert right.verdict is ToolVerdict.OK and "rests on no axioms" in right.text
    expected = before.replace(b"by\r\n  sorry", "by\r\n  constructor\r\n  · exact hp\r\n  · exact hq".encode(), 1)
    assert path.read_bytes() == expected
    (proposal,) = tools.proposals
    assert proposal.permission is Permission.WRITE_PROOF and "+  constructor" in proposal.diff
    assert proposal.statements == ()
    (done,) = tools.accepted
    assert (done.path, done.declaration, done.axioms) == (path, "one", ())
    assert [receipt["declaration"] for receipt in _receipts()] == ["one"]
    # The next one builds on what was written.
    second = await tools("write_proof", file="Write.lean", declaration="two", proof="unfold Small\ndecide")
    assert second.verdict is ToolVerdict.OK and [each.declaration for each in tools.accepted] == ["one", "two"]
    Journal().undo_last()
    assert path.read_bytes() == expected


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        ("sorry", "unproved"),
        ("exact?", "write what it suggests in its place"),
        ("```lean\nexact ⟨hp, hq⟩\n```", "fences"),
        ("native_decide", "compiled code"),
        ("exact ⟨hp, hq⟩\n\ntheorem evil : False := by sorry", "command"),
        ("run_tac pure ()", "runs code"),
        ("  ", "no proof"),
    ],
)
async def test_some_proofs_never_reach_lean(tools: Caller, proof: str, reason: str) -> None:
    path = write(tools.workspace, "Screened.lean", TWO)
    result = await tools("write_proof", file="Screened.lean", declaration="one", proof=proof)
    assert result.verdict is ToolVerdict.NOT_ALLOWED and reason in result.text
    assert path.read_text() == TWO and tools.proposals == []


async def test_a_person_says_no_and_why(tools: Caller) -> None:
    path = write(tools.workspace, "No.lean", TWO)
    tools.decision = Decision(False, "use a term instead")
    result = await tools("write_proof", file="No.lean", declaration="one", proof="exact ⟨hp, hq⟩")
    assert result.verdict is ToolVerdict.NOT_ALLOWED and "use a term instead" in result.text
    assert path.read_text() == TWO and tools.accepted == []


async def test_data_is_not_proved(tools: Caller) -> None:
    path = write(tools.workspace, "Data.lean", TWO)
    result = await tools("write_proof", file="Data.lean", declaration="number", proof="exact 3")
    assert result.verdict is ToolVerdict.NOT_ALLOWED and "asks for data" in result.text
    assert path.read_text() == TWO


async def test_a_new_lemma_changes_no_statement(tools: Caller) -> None:
    path = write(tools.workspace, "Lemma.lean", TWO)
    lemma = "theorem helper (n : Nat) : n < n + 1 := by\n  sorry\n\n"
    result = await tools("edit_file", file="Lemma.lean", old="theorem two", new=f"{lemma}theorem two")
    assert result.verdict is ToolVerdict.OK and "helper (line 7)" in result.text
    assert path.read_text() == TWO.replace("theorem two", f"{lemma}theorem two")
    (proposal,) = tools.proposals
    assert proposal.permission is Permission.EDIT and proposal.statements == () and "+theorem helper" in proposal.diff
    assert tools.accepted == []
    Journal().undo_last()
    assert path.read_text() == TWO


async def test_a_changed_statement_is_shown(tools: Caller) -> None:
    path = write(tools.workspace, "Statement.lean", TWO)
    tools.decision = Decision(False, "that is another theorem")
    result = await tools("edit_file", file="Statement.lean", old="p ∧ q := by", new="p ∨ q := by")
    assert result.verdict is ToolVerdict.NOT_ALLOWED and "another theorem" in result.text
    (proposal,) = tools.proposals
    ((name, before, after),) = proposal.statements
    assert name == "one" and before.endswith("p ∧ q") and after.endswith("p ∨ q")
    assert path.read_text() == TWO


async def test_a_statement_that_changes_its_meaning_only_is_shown(tools: Caller) -> None:
    text = "variable (α : Type) (a b : α)\ntheorem t : a = b := by\n  sorry\n"
    path = write(tools.workspace, "Meaning.lean", text)
    result = await tools("edit_file", file="Meaning.lean", old="(a b : α)", new="(a b : α) [Subsingleton α]")
    assert result.verdict is ToolVerdict.OK and path.read_text() != text
    ((name, before, after),) = tools.proposals[0].statements
    assert name == "t" and after.startswith(before) and "differently" in after


@pytest.mark.parametrize(
    ("new", "verdict", "reason"),
    [
        ("theorem two : Small two", ToolVerdict.LEAN_REFUSED, "error"),
        ("axiom evil : False\n\ntheorem two : Small 2", ToolVerdict.NOT_ALLOWED, "axiom"),
        ("#eval 1\n\ntheorem two : Small 2", ToolVerdict.NOT_ALLOWED, "#eval"),
        ('macro "m" : tactic => `(tactic| sorry)\n\ntheorem two : Small 2', ToolVerdict.NOT_ALLOWED, "macro"),
        # A proof that leans on a hole is none.
        ("theorem mine : Small 2 ∧ True := ⟨two', trivial⟩\n\ntheorem two : Small 2", ToolVerdict.LEAN_REFUSED, "two'"),
        (
            "theorem x (p q : Prop) (a : p) (b : q) : p ∧ q := one p q a b\n\ntheorem two : Small 2",
            ToolVerdict.LEAN_REFUSED,
            "sorryAx",
        ),
        ("import Mathlib\ntheorem two : Small 2", ToolVerdict.NOT_ALLOWED, "import"),
    ],
)
async def test_edits_that_are_refused(tools: Caller, new: str, verdict: ToolVerdict, reason: str) -> None:
    path = write(tools.workspace, "Refused.lean", TWO)
    result = await tools("edit_file", file="Refused.lean", old="theorem two : Small 2", new=new)
    assert result.verdict is verdict and reason in result.text
    assert path.read_text() == TWO and tools.proposals == []


async def test_edits_that_make_no_sense(tools: Caller) -> None:
    write(tools.workspace, "Sense.lean", TWO)
    for old, new, message in (
        ("theorem three", "x", "does not occur"),
        ("sorry", "x", "occurs 3 times"),
        ("theorem one", "theorem one", "is the old one"),
        ("", " ", "both empty"),
    ):
        result = await tools("edit_file", file="Sense.lean", old=old, new=new)
        assert result.verdict is ToolVerdict.BAD_ARGUMENTS and message in result.text


async def test_a_complete_lemma_at_the_end_is_judged_by_its_axioms(tools: Caller) -> None:
    path = write(tools.workspace, "End.lean", TWO)
    result = await tools("edit_file", file="End.lean", old="", new="theorem three : 1 + 1 = 2 := rfl")
    assert result.verdict is ToolVerdict.OK
    assert path.read_text() == f"{TWO}\ntheorem three : 1 + 1 = 2 := rfl\n"


async def test_a_file_that_changes_while_the_person_thinks_is_not_overwritten(tools: Caller) -> None:
    path = write(tools.workspace, "Race.lean", TWO)

    async def approve(proposal: Proposal) -> Decision:
        path.write_text(TWO + "-- mine\n")
        return Decision(True)

    arguments = json.dumps({"file": "Race.lean", "declaration": "one", "proof": "exact ⟨hp, hq⟩"})
    result = await call(tools.tool("write_proof"), arguments, replace(tools.context, approve=approve))
    assert result.verdict is ToolVerdict.FAILED and "changed" in result.text
    assert path.read_text() == TWO + "-- mine\n" and tools.accepted == []
