"""Screening: every cheat is refused for its reason, every honest proof passes."""

import pytest

from tests.tools.lean.acceptance.cheats import CHEATS, Cheat
from tests.tools.lean.acceptance.honest import HONEST_TACTICS, HONEST_TERMS
from tools.lean.document import HoleKind
from tools.lean.screening import ScreeningPolicy, screen
from tools.lean.screening_rules import Rule

_POLICIES = {"standard": ScreeningPolicy(), "strict": ScreeningPolicy.strict()}
_JUDGED = [cheat for cheat in CHEATS if not cheat.needs_lean]


def test_the_battery_is_large_and_its_names_are_unique() -> None:
    assert len(_JUDGED) >= 80
    assert len({cheat.name for cheat in CHEATS}) == len(CHEATS)
    assert len(HONEST_TACTICS) + len(HONEST_TERMS) >= 60


@pytest.mark.parametrize("policy", _POLICIES.values(), ids=_POLICIES)
@pytest.mark.parametrize("cheat", _JUDGED, ids=lambda cheat: cheat.name)
def test_a_cheat_is_refused_for_its_reason(cheat: Cheat, policy: ScreeningPolicy) -> None:
    violations = screen(cheat.text, cheat.kind, policy=policy)
    assert cheat.rule in {violation.rule for violation in violations}
    for violation in violations:
        assert 0 <= violation.span.start <= violation.span.end <= len(cheat.text)
        assert violation.message


@pytest.mark.parametrize("cheat", [c for c in CHEATS if c.runs_code], ids=lambda cheat: cheat.name)
@pytest.mark.parametrize("kind", HoleKind)
@pytest.mark.parametrize("around", ["{}", "intro h\n{}", "{}\nrfl", "/- x -/ {}", "first\n| rfl\n| (skip; {})"])
def test_what_would_run_code_never_reaches_lean(cheat: Cheat, kind: HoleKind, around: str) -> None:
    assert screen(around.format(cheat.text), kind)


@pytest.mark.parametrize("cheat", [c for c in CHEATS if c.needs_lean], ids=lambda cheat: cheat.name)
def test_what_only_lean_can_judge_is_left_to_lean(cheat: Cheat) -> None:
    assert screen(cheat.text, cheat.kind) == []


@pytest.mark.parametrize("policy", _POLICIES.values(), ids=_POLICIES)
@pytest.mark.parametrize("proof", HONEST_TACTICS)
def test_an_honest_tactic_proof_passes(proof: str, policy: ScreeningPolicy) -> None:
    assert screen(proof, HoleKind.TACTIC, policy=policy) == []
    assert screen(proof, HoleKind.TERM, policy=policy) == []


@pytest.mark.parametrize("policy", _POLICIES.values(), ids=_POLICIES)
@pytest.mark.parametrize("proof", HONEST_TERMS)
def test_an_honest_term_passes(proof: str, policy: ScreeningPolicy) -> None:
    assert screen(proof, HoleKind.TERM, policy=policy) == []


def test_compiled_code_passes_where_the_policy_allows_it() -> None:
    allowing = ScreeningPolicy(allow_native=True)
    for proof in ("native_decide", "decide +native", "decide (config := { native := true })", "bv_decide"):
        assert screen(proof, policy=allowing) == []
        assert screen(proof, policy=ScreeningPolicy(allow_native=True, is_strict=True))
    assert screen("exact Lean.ofReduceBool _ _ rfl", policy=allowing)


@pytest.mark.parametrize(
    "proof",
    ["exact «foo» h", 'exact foo s!"{x}"', "set_option synthInstance.maxHeartbeats 100 in simp"],
)
def test_the_strict_policy_refuses_what_no_honest_proof_needs(proof: str) -> None:
    assert screen(proof) == []
    assert screen(proof, policy=ScreeningPolicy.strict())


def test_a_violation_says_where_and_what() -> None:
    (violation,) = screen("intro h\nexact (sorry)")
    assert (violation.rule, violation.span.start, violation.span.end) == (Rule.INCOMPLETE, 15, 20)
    assert violation.text == "sorry"
    assert violation.message == "`sorry` leaves the goal unproved"


def test_spans_count_in_the_text_as_given_with_crlf() -> None:
    text = "simp\r\nsorry"
    (violation,) = screen(text)
    assert text[violation.span.start : violation.span.end] == "sorry"


def test_a_long_candidate_is_screened() -> None:
    text = "\n".join(["simp only [Nat.add_comm, foo.bar] at h ⊢"] * 2000)
    assert screen(text) == []
