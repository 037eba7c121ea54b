"""The acceptance check with the real screening.

No cheat is accepted, none that would run code reaches Lean, and honest proofs pass.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from tests.tools.lean.acceptance.cheats import CHEATS, Cheat
from tools.lean.acceptance.comparison import Fill, apply_fills
from tools.lean.acceptance.gate import AcceptanceGate
from tools.lean.acceptance.screening import screen_fill
from tools.lean.acceptance.verdict import Baseline, ProofStatus, Verdict
from tools.lean.batch.process import BatchLean
from tools.lean.document import Document, HoleKind
from tools.lean.screening import ScreeningPolicy
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, ToolchainKind

pytestmark = pytest.mark.lean

# A fill is screened without the blanks around it: what is wrong only with these is left to Lean as well.
BLANKS = {"tab", "dedented line"}
LEFT_TO_LEAN = [cheat for cheat in CHEATS if cheat.needs_lean or cheat.name in BLANKS]
SCREENED = [cheat for cheat in CHEATS if cheat not in LEFT_TO_LEAN]
# What the user's own file has to offer is no error; all others are.
WITHOUT_ERROR = [cheat for cheat in LEFT_TO_LEAN if cheat.context]
WITH_ERROR = [cheat for cheat in LEFT_TO_LEAN if not cheat.context]


def indented(proof: str) -> str:
    return proof.replace("\n", "\n  ")


def targets() -> str:
    """A file in which each cheat that only Lean can judge has a false theorem to prove."""
    parts = [
        f"namespace {place}\n{cheat.context}theorem target : 2 + 2 = 5 := {holder(cheat)}\n{beside(cheat)}end {place}\n"
        for place, cheat in ((place_of(cheat), cheat) for cheat in LEFT_TO_LEAN)
    ]
    above, below = (f"theorem honest_{where} (n : Nat) : n = n := by\n  sorry\n" for where in ("above", "below"))
    middle = len(parts) // 2
    screened = "theorem screened : 2 + 2 = 5 := by\n  sorry\n"
    return "\n".join([*parts[:middle], above, *parts[middle:], below, screened])


def place_of(cheat: Cheat) -> str:
    """The namespace of a cheat."""
    return f"C{LEFT_TO_LEAN.index(cheat)}"


def holder(cheat: Cheat) -> str:
    return "by\n  sorry" if cheat.kind is HoleKind.TACTIC else "\n  sorry"


def beside(cheat: Cheat) -> str:
    """The same with another hole in the declaration, which stays open."""
    return f"theorem target_beside : 2 + 2 = 5 ∧ True := ⟨{holder(cheat)}, sorry⟩\n"


def hole_of(baseline: Baseline, declaration: str) -> Fill:
    """The first hole of a declaration."""
    hole = next(h for h in baseline.observation.document.holes if h.declaration == declaration)
    return Fill(hole.span, "", hole.kind is HoleKind.TACTIC)


@pytest.fixture(scope="session")
async def gate(toolchain: Toolchain) -> AsyncGenerator[AcceptanceGate]:
    gate = AcceptanceGate(toolchain, Path("/battery/A.lean"), screen=screen_fill, timeout=120)
    yield gate
    await gate.close()


@pytest.fixture(scope="session")
async def baseline(gate: AcceptanceGate) -> Baseline:
    return await gate.freeze(targets())


@pytest.mark.parametrize("kind", list(ToolchainKind))
async def test_what_screening_refuses_never_reaches_lean(
    baseline: Baseline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: ToolchainKind
) -> None:
    """With the stricter policy of the embedded toolchain and with that of the others; no Lean may be started."""

    async def start(*_: object) -> NoReturn:
        raise AssertionError("Lean was started")

    monkeypatch.setattr(LeanServer, "start", start)
    monkeypatch.setattr(BatchLean, "run", start)
    gate = AcceptanceGate(Toolchain(kind, tmp_path, "lean"), Path("/battery/A.lean"), screen=screen_fill)
    hole = hole_of(baseline, "screened")
    for cheat in SCREENED:
        fill = Fill(hole.hole, indented(cheat.text), cheat.kind is HoleKind.TACTIC)
        verdict = await gate.check(baseline, apply_fills(baseline.text, [fill])[0], [fill])
        assert verdict.status is ProofStatus.NOT_PROVED, cheat
        assert verdict.reasons, cheat


def test_the_battery_has_something_for_everyone() -> None:
    assert len(SCREENED) > 100
    assert len(LEFT_TO_LEAN) > 8
    assert not any(cheat.runs_code for cheat in LEFT_TO_LEAN)


def fills_of(baseline: Baseline, cheats: Sequence[Cheat], theorem: str = "target") -> list[Fill]:
    """Each cheat in its own false theorem, as the screening lets it through."""
    fills: list[Fill] = []
    for cheat in cheats:
        hole = hole_of(baseline, f"{place_of(cheat)}.{theorem}")
        assert hole.is_tactic == (cheat.kind is HoleKind.TACTIC)
        fills.append(Fill(hole.hole, indented(cheat.text), hole.is_tactic))
        assert screen_fill(fills[-1], ScreeningPolicy.strict()) == [], cheat
    return fills


def assert_each_is_refused(verdict: Verdict, cheats: Sequence[Cheat], theorem: str = "target") -> None:
    """The reasons name the declaration, so each is refused for itself."""
    assert (verdict.status, verdict.baseline) == (ProofStatus.NOT_PROVED, None)
    for cheat in cheats:
        name = f"{place_of(cheat)}.{theorem}"
        assert any(re.search(rf"\b{re.escape(name)}\b", reason) for reason in verdict.reasons), cheat


@pytest.mark.parametrize("cheats", [WITH_ERROR, WITHOUT_ERROR], ids=["with an error", "without any error"])
async def test_what_only_lean_can_judge_is_refused(
    gate: AcceptanceGate, baseline: Baseline, cheats: Sequence[Cheat]
) -> None:
    """All at once, for the sake of time; where there is an error, nothing else is looked at."""
    fills = fills_of(baseline, cheats)
    assert_each_is_refused(await gate.check(baseline, apply_fills(baseline.text, fills)[0], fills), cheats)


async def test_what_only_lean_can_judge_beside_an_open_hole(gate: AcceptanceGate, baseline: Baseline) -> None:
    """Another hole of the declaration is open: that this is `sorry` excuses no other."""
    fills = fills_of(baseline, WITHOUT_ERROR, "target_beside")
    verdict = await gate.check(baseline, apply_fills(baseline.text, fills)[0], fills)
    assert_each_is_refused(verdict, WITHOUT_ERROR, "target_beside")


async def test_cheats_in_the_middle_of_honest_proofs(gate: AcceptanceGate, baseline: Baseline) -> None:
    """The honest ones are accepted, and each of the others is refused for itself."""
    above, below = (Fill(hole_of(baseline, f"honest_{where}").hole, "rfl") for where in ("above", "below"))
    cheats = (WITH_ERROR, WITHOUT_ERROR)
    proofs = [[above], *(fills_of(baseline, each) for each in cheats), [below]]
    first, *refused, last = await gate.check_together(baseline, proofs)
    assert [first.reasons, last.reasons] == [(), ()]
    assert first.baseline is not None and first.baseline is last.baseline
    assert first.baseline.text == apply_fills(baseline.text, [above, below])[0]
    for verdict, each in zip(refused, cheats, strict=True):
        assert_each_is_refused(verdict, each)
        assert not any("honest" in reason for reason in verdict.reasons)


HONEST = """\
open Nat in
theorem by_rfl (n : Nat) : n + 0 = n := sorry

@[simp] theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q := sorry
private theorem by_cases_on (p : Prop) : p ∨ ¬p := by
  sorry
theorem by_induction (n : Nat) : 0 + n = n := by
  sorry
theorem by_calc (a b c : Nat) (h : a = b) (h' : b = c) : a = c := by
  sorry
theorem by_omega (a b : Nat) (h : a < b) : ∃ c, b = a + c + 1 := by sorry
theorem by_grind (f : Nat → Nat) (a b : Nat) (h : a = b) (h' : f b = 3) : f a = 3 := by sorry
theorem by_decide : ∀ a b : Fin 4, a * b = b * a := by sorry
theorem by_kernel : (List.range 20).length = 20 := by sorry
theorem by_match (n : Nat) : n = 0 ∨ 0 < n := sorry
theorem by_conv (a b c : Nat) : a + (b + c) = a + (c + b) := by
  sorry
theorem by_choice {α : Type} (r : α → Nat → Prop) (h : ∀ x, ∃ n, r x n) : ∃ f : α → Nat, ∀ x, r x (f x) := by
  sorry
theorem by_ext (f g : Nat → Nat) (h : ∀ n, f n = g n) : f = g := by
  sorry
namespace Tree
inductive Tree | leaf | node (left right : Tree)
def Tree.mirror : Tree → Tree
  | leaf => leaf
  | node l r => node r.mirror l.mirror
theorem mirror_mirror : ∀ t : Tree, t.mirror.mirror = t
  | .leaf => sorry
  | .node l r => by
    sorry
theorem bullets (p q : Prop) : p ∧ q ↔ q ∧ p := by
  constructor
  · sorry
  · sorry
example (n : Nat) (h : 3 < n) : 2 < n := by sorry
end Tree
"""

PROOFS = [
    "rfl",
    "⟨hp, hq⟩",
    "by_cases h : p\n  · exact .inl h\n  · exact .inr h",
    "induction n with\n  | zero => rfl\n  | succ n ih => rw [← Nat.add_assoc, ih]",
    "calc\n    a = b := h\n    _ = c := by rw [h']",
    "exact ⟨b - a - 1, by omega⟩",
    "grind",
    "decide",
    "decide +kernel",
    "match n with\n  | 0 => .inl rfl\n  | n + 1 => .inr (Nat.succ_pos n)",
    "conv =>\n    rhs\n    rw [Nat.add_comm c b]",
    "have ⟨f, hf⟩ := Classical.axiomOfChoice h\n  exact ⟨f, hf⟩",
    "funext n\n  -- no sorry here, and no axiom\n  exact h n",
    "rfl",
    "simp only [Tree.mirror, mirror_mirror l, mirror_mirror r]",
    "exact fun ⟨hp, hq⟩ => ⟨hq, hp⟩",
    "rintro ⟨hq, hp⟩\n    constructor <;> assumption",
    "omega",
]


async def test_honest_proofs_are_accepted(toolchain: Toolchain) -> None:
    gate = AcceptanceGate(toolchain, Path("/battery/Honest.lean"), screen=screen_fill, timeout=120)
    before = await gate.freeze(HONEST)
    holes = Document.parse(HONEST).holes
    assert [before.obstacle(hole.span) for hole in holes] == [""] * len(PROOFS)
    fills = [Fill(hole.span, proof, hole.kind is HoleKind.TACTIC) for hole, proof in zip(holes, PROOFS, strict=True)]
    verdict = await gate.check(before, apply_fills(HONEST, fills)[0], fills)
    assert verdict.reasons == ()
    assert (verdict.status, verdict.declaration_complete) == (ProofStatus.PROVED, True)
    assert verdict.axioms is not None
    assert len(verdict.declarations) == len(PROOFS) - 2
