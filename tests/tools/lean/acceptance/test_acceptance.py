"""The acceptance check against the real Lean: what it accepts, what it refuses, and what it leaves undecided."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.acceptance.axioms import AxiomsHow
from tools.lean.acceptance.comparison import Fill, OutlineComparison, apply_fills, is_blank
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.document import Document
from tools.lean.lean_document import Symbol
from tools.lean.machine import kill_tree
from tools.lean.screening import ScreeningPolicy
from tools.lean.text import Span
from tools.lean.toolchain import Toolchain, ToolchainKind

FILE = """\
axiom mine : 1 = 2
def broken : Nat := "text"

theorem two (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · sorry
  · sorry

namespace A.B
variable (z : Nat)

example (h : z > 3) : z > 2 := by sorry
instance : Inhabited (Fin 3) := ⟨by sorry⟩
private theorem «odd name» : 1 = 1 := sorry
mutual
theorem first : True := trivial
theorem second : True := by sorry
end
theorem helped : 1 = 1 := go where
  go : 1 = 1 := by sorry
theorem erring : 1 = 1 := by
  have : 1 = 2 := by simp
  sorry
def untyped := [sorry, 1]
theorem stated : (sorry : Nat) = 0 ∨ True := Or.inr sorry
theorem last (n : Nat) : n < n + 1 := by
  -- sorry in a comment
  sorry
section
local notation "two" => 2
#check (sorry : 1 = 1)
"""


def holes(text: str, declaration: str) -> list[Fill]:
    """The holes of a declaration, to be filled (with nothing as yet)."""
    found = [d for d in Document.parse(text).declarations if d.name == declaration or d.kind == declaration]
    assert len(found) == 1
    return [Fill(hole.span, "", hole.kind.value == "tactic") for hole in found[0].holes]


def fill(text: str, declaration: str, proof: str, index: int = 0) -> Fill:
    hole = holes(text, declaration)[index]
    return Fill(hole.hole, proof, hole.is_tactic)


def permissive(fill: Fill, policy: ScreeningPolicy) -> Sequence[str]:
    """No screening: what follows must do without it."""
    return ()


@pytest.fixture(scope="session")
async def gate(toolchain: Toolchain) -> AsyncGenerator[AcceptanceGate]:
    gate = AcceptanceGate(toolchain, Path("/acceptance/A.lean"), screen=permissive, timeout=120)
    yield gate
    await gate.close()


@pytest.fixture(scope="session")
async def baseline(gate: AcceptanceGate) -> Baseline:
    return await gate.freeze(FILE)


async def check(gate: AcceptanceGate, baseline: Baseline, *fills: Fill) -> Verdict:
    verdict = await gate.check(baseline, apply_fills(baseline.text, fills)[0], fills)
    assert (verdict.status is ProofStatus.PROVED) == (not verdict.reasons)
    assert (verdict.status is ProofStatus.PROVED) == (verdict.baseline is not None)
    return verdict


def refusal(verdict: Verdict) -> str:
    assert verdict.status is ProofStatus.NOT_PROVED
    return "\n".join(verdict.reasons)


# -- accepted


@pytest.mark.lean
async def test_proofs_of_every_kind_of_declaration_in_a_file_with_errors(
    gate: AcceptanceGate, baseline: Baseline
) -> None:
    """Holes filled at once, then the one that is left in a declaration that had two."""
    proofs = {
        "example": "omega",
        "instance": "exact 0",
        "A.B.«odd name»": "rfl",
        "A.B.second": "trivial",
        "A.B.helped": "rfl",
        "A.B.last": "exact Nat.lt_succ_self n -- done",
    }
    several = [fill(FILE, name, proof) for name, proof in proofs.items()]
    verdict = await check(gate, baseline, *several, fill(FILE, "two", "exact hp"))
    assert verdict.status is ProofStatus.PROVED
    assert verdict.axioms == ("sorryAx",)
    assert verdict.axioms_how is AxiomsHow.COMPILED
    assert not verdict.declaration_complete
    assert len(verdict.declarations) == 7
    assert verdict.baseline is not None
    later = verdict.baseline
    for index in range(len(Document.parse(FILE).declarations)):
        assert later.statement_sha256(index) == baseline.statement_sha256(index)
    verdict = await check(gate, later, fill(later.text, "two", "exact hq"))
    assert verdict.status is ProofStatus.PROVED
    assert (verdict.axioms, verdict.declaration_complete, verdict.declarations) == ((), True, ("two",))
    assert verdict.checks


@pytest.mark.lean
async def test_a_file_that_ends_in_the_middle(toolchain: Toolchain) -> None:
    """CRLF, a missing proof at the very end, and a `#exit` behind which there is anything."""
    gate = AcceptanceGate(toolchain, Path("/acceptance/B.lean"), screen=permissive, timeout=120)
    for text in ("namespace A\r\ntheorem t : 1 = 1 := by", "theorem t : 1 = 1 := by\r\n  sorry\r\n#exit\r\n/- never"):
        before = await gate.freeze(text)
        at = text.find("sorry")
        hole = Span(len(text), len(text)) if at < 0 else Span(at, at + 5)
        assert before.obstacle(hole) == ""
        verdict = await check(gate, before, Fill(hole, "\r\n  have : 1 = 1 := rfl\r\n  exact this"))
        assert verdict.reasons == ()
        assert verdict.axioms == ()


SHARED = """\
def above (n : Nat) : Nat := sorry
def inside (n : Nat) (h : 0 < n) : Fin n := sorry
def choose (n : Nat) : Nat := match n with
  | 0 => 1
  | k + 1 => k
theorem stated (n : Nat) : (match n with | 0 => 1 | k + 1 => k) = choose n := by
  sorry
def bounded (n : Nat) (h : 0 < n) : Fin n := ⟨n - 1, by omega⟩
"""


@pytest.mark.lean
async def test_what_others_share_with_a_fill_does_not_change_them(gate: AcceptanceGate) -> None:
    """Lean makes a matcher once: then that of the first definition that needs it stands in later statements."""
    before = await gate.freeze(SHARED)
    fills = [
        fill(SHARED, "above", "match n with\n  | 0 => 1\n  | k + 1 => k"),
        fill(SHARED, "inside", "⟨n - 1, by omega⟩"),
        fill(SHARED, "stated", "rfl"),
    ]
    verdict = await check(gate, before, *fills)
    assert verdict.reasons == () and verdict.axioms is not None


# -- refused by Lean


@pytest.mark.lean
@pytest.mark.parametrize(
    ("declaration", "proof", "reason"),
    [
        ("two", "exact hq", "two: Type mismatch"),
        ("A.B.last", "exact absurd mine (by decide)", "A.B.last rests on mine"),
        (
            "A.B.last",
            "have := «odd name»; exact Nat.lt_succ_self n",
            "A.B.last rests on sorryAx (still open in this file",
        ),
        ("A.B.second", "native_decide", "A.B.second rests on Lean.ofReduceBool"),
        ("A.B.erring", "rfl", "A.B.erring has an error elsewhere in it"),
        ("A.B.untyped", "(2 : Int)", "the type of A.B.untyped is not what it was"),
        ("A.B.last", "omega\nopen Nat", "at another place than before"),
        ("A.B.last", "omega\nnamespace C", "Lean sees"),
        ("A.B.last", "omega\n/- the rest", "unterminated comment"),
        ("A.B.«odd name»", "rfl\nend A.B\nnamespace A.B", "Lean sees"),
    ],
)
async def test_refused_by_lean(
    gate: AcceptanceGate, baseline: Baseline, declaration: str, proof: str, reason: str
) -> None:
    verdict = await check(gate, baseline, fill(FILE, declaration, proof))
    assert reason in refusal(verdict)


# -- refused, or left undecided, without Lean


@pytest.fixture
def no_lean(tmp_path: Path) -> Toolchain:
    """A toolchain that leaves a trace when it is started."""
    lean = tmp_path / "lean"
    lean.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    lean.chmod(0o755)
    return Toolchain(ToolchainKind.LEAN, tmp_path, str(lean))


@pytest.mark.lean
@pytest.mark.parametrize(
    ("declaration", "proof", "reason"),
    [
        ("A.B.last", "omega\ntheorem extra : 1 = 1 := rfl", "theorem A.B.extra"),
        ("A.B.last", "omega\naxiom extra : False", "axiom A.B.extra"),
        ("A.B.last", "sorry", "says `sorry`"),
        ("A.B.last", "exact sorryAx _ false", "says `sorry`"),
        ("A.B.last", "run_tac pure ()", "no code"),
    ],
)
async def test_refused_before_lean(
    baseline: Baseline, no_lean: Toolchain, declaration: str, proof: str, reason: str
) -> None:
    def no_code(fill: Fill, policy: ScreeningPolicy) -> Sequence[str]:
        assert not policy.is_strict
        return ["no code"] if "run_tac" in fill.text else []

    gate = AcceptanceGate(no_lean, Path("/acceptance/A.lean"), screen=no_code)
    assert reason in refusal(await check(gate, baseline, fill(FILE, declaration, proof)))
    assert not (no_lean.root / "started").exists()


@pytest.mark.lean
async def test_the_text_outside_the_hole_must_be_the_same(baseline: Baseline, no_lean: Toolchain) -> None:
    gate = AcceptanceGate(no_lean, Path("/acceptance/A.lean"), screen=permissive)
    proof = fill(FILE, "A.B.last", "omega")
    text, _ = apply_fills(FILE, [proof])
    for changed in (text.replace("n < n + 1", "n < n + 2"), text + "\n", FILE, text.replace("comment", "remark")):
        verdict = await gate.check(baseline, changed, [proof])
        assert refusal(verdict) == "the text outside the hole is not the same"
    assert not (no_lean.root / "started").exists()


@pytest.mark.lean
async def test_obstacles(baseline: Baseline, no_lean: Toolchain) -> None:
    """What cannot be accepted whatever the proof is known before a proof is looked for."""
    gate = AcceptanceGate(no_lean, Path("/acceptance/A.lean"), screen=permissive)
    statement, body = holes(FILE, "A.B.stated")
    assert baseline.obstacle(body.hole) == ""
    at = FILE.index("(sorry : 1 = 1)") + 1
    for hole, reason in ((statement.hole, "part of the statement"), (Span(at, at + 5), "for Lean, A.B.last does not")):
        assert reason in baseline.obstacle(hole) or "does not stand in a declaration" in baseline.obstacle(hole)
        verdict = await check(gate, baseline, Fill(hole, "rfl"))
        assert verdict.status is ProofStatus.INCONCLUSIVE
        assert verdict.reasons == (baseline.obstacle(hole),)
    assert not (no_lean.root / "started").exists()


@pytest.mark.lean
async def test_a_timeout_is_inconclusive(toolchain: Toolchain, baseline: Baseline) -> None:
    gate = AcceptanceGate(toolchain, Path("/acceptance/A.lean"), screen=permissive, timeout=0.2)
    verdict = await check(gate, baseline, fill(FILE, "A.B.last", "omega"))
    assert (verdict.status, verdict.axioms) == (ProofStatus.INCONCLUSIVE, None)
    assert "timed out" in verdict.reasons[0]
    with pytest.raises(QedError) as caught:
        await gate.freeze(FILE)
    assert caught.value.exit_code is ExitCode.LEAN_FAILED
    assert "A.lean" in caught.value.message


@pytest.mark.lean
async def test_a_process_that_dies_is_tried_once_more(
    toolchain: Toolchain, baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    start = asyncio.create_subprocess_exec

    async def kill_the_first(*command: str, **options: Any) -> asyncio.subprocess.Process:
        process = await start(*command, **options)
        started.append(process.pid)
        if len(started) <= deaths:
            asyncio.get_running_loop().call_later(0.5, kill_tree, process.pid)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", kill_the_first)
    proof = fill(FILE, "A.B.last", "omega")
    gate = AcceptanceGate(toolchain, Path("/acceptance/A.lean"), screen=permissive, timeout=60)
    deaths = 1
    assert (await check(gate, baseline, proof)).status is ProofStatus.PROVED
    assert len(started) == 2
    deaths, _ = 2, started.clear()
    assert (await check(gate, baseline, proof)).status is ProofStatus.INCONCLUSIVE
    assert len(started) == 2


@pytest.mark.lean
async def test_an_error_of_the_toolchain_only_does_not_count(toolchain: Toolchain) -> None:
    """Told apart by the caller; here every complaint about a string."""
    text = "theorem t : 1 = 1 := by\n  sorry\ndef broken : Nat := t.elim\n"
    gate = AcceptanceGate(
        toolchain, Path("/acceptance/C.lean"), screen=permissive, is_artifact=lambda message: "elim" in message.text
    )
    gate.prewarm()
    before = await gate.freeze(text)
    assert before.observation.errors(lambda message: False)
    proof = fill(text, "t", "exact t.elim")
    verdict = await check(gate, before, proof)
    assert "rests on sorryAx" in refusal(verdict)
    gate.prewarm()
    await gate.close()


# -- comparison of texts and outlines


def test_fills_are_put_in_their_places() -> None:
    fills = [Fill(Span(4, 5), "long"), Fill(Span(1, 2), ""), Fill(Span(6, 6), "!")]
    text, spans = apply_fills("abcdefg", fills)
    assert text == "acdlongf!g"
    assert spans == (Span(1, 1), Span(3, 7), Span(8, 9))
    for wrong in (Span(3, 5), Span(0, 9)):
        with pytest.raises(ValueError, match="overlaps"):
            apply_fills("abcdefg", [Fill(Span(4, 6), ""), Fill(wrong, "")])


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \n-- c", True), ("/- a /- b -/ -/ ", True), ("/-- d -/", False), ("x", False)]
)
def test_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def symbol(start: int, end: int, *children: Symbol, name: str = "t") -> Symbol:
    return Symbol(name, 6, Span(start, end), children)


def test_outlines() -> None:
    text = "t := ?\nu := ?  -- c\nv"
    fills = [Fill(Span(5, 6), "long -- e")]
    new, spans = apply_fills(text, fills)
    compare = OutlineComparison(text, new, fills, spans)
    before = [symbol(0, 6), symbol(7, len(text), symbol(7, 13), name="u")]
    assert not compare.difference(before, [symbol(0, 9), symbol(15, len(new), symbol(15, 21), name="u")])
    assert not compare.difference(before, [symbol(0, 14), symbol(15, len(new), symbol(15, 21), name="u")])
    for after in (
        [symbol(0, 7), symbol(15, len(new), symbol(15, 21), name="u")],
        [symbol(0, 15), symbol(15, len(new), symbol(15, 21), name="u")],
        [symbol(0, 9), symbol(14, len(new), symbol(15, 21), name="u")],
        [symbol(0, 9), symbol(15, len(new), symbol(15, 20), name="u")],
        [symbol(0, 9), symbol(15, len(new), symbol(15, 21, name="w"), name="u")],
        [symbol(0, 9), symbol(15, len(new), name="u")],
        [symbol(0, 9)],
    ):
        assert compare.difference(before, after)
