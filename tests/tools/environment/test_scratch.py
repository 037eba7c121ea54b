"""The scratch text, without Lean."""

from tools.environment.scratch import CLOSER, Scratch
from tools.lean.text import Span

TEXT = "def before := 1\n\ntheorem t (p : Prop) (h : p) : p := by\n  sorry\n\ndef after := 2\n"


def _scratch(text: str = TEXT, *, is_tactic: bool = True, focused: bool = False) -> Scratch:
    at = text.index("sorry")
    return Scratch(text, Span(at, at + 5), is_tactic, text.index("theorem"), at + 5, 1234, focused)


def test_the_script_stands_at_the_hole_and_the_file_is_cut_behind_it() -> None:
    result = _scratch().compose(["intro x", "exact h"])
    assert result.text == (
        "def before := 1\n\nset_option maxHeartbeats 1234\ntheorem t (p : Prop) (h : p) : p := by\n"
        "  (\n   intro x\n   exact h\n   all_goals sorry)"
    )


def test_spans_point_at_what_they_name() -> None:
    for scratch in (_scratch(), _scratch(focused=True), _scratch(TEXT.replace("by\n  ", ""), is_tactic=False)):
        for tactics in ([], ["exact h"], ["constructor", "case a =>\n  exact h"]):
            result = scratch.compose(tactics)
            assert result.text[result.goals_at :].startswith(CLOSER)
            block = result.text[result.block.start : result.block.end]
            assert block.startswith("(") and block.endswith(")")
            last = result.text[result.last_tactic.start : result.last_tactic.end]
            assert last.split() == (tactics[-1].split() if tactics else [])


def test_lines_of_a_tactic_keep_their_shape() -> None:
    text = _scratch().compose(["induction n with\n| zero => simp\n| succ n ih =>\n  simp"]).text
    assert "\n   induction n with\n   | zero => simp\n   | succ n ih =>\n     simp\n   all_goals" in text


def test_a_focused_block_is_aligned_under_its_bullet() -> None:
    text = _scratch(focused=True).compose(["skip", "exact h"]).text
    assert "  (\n   · skip\n     exact h\n     all_goals sorry)" in text


def test_a_term_hole_gets_by() -> None:
    text = _scratch("theorem t : p := f sorry x", is_tactic=False).compose(["exact h"]).text
    assert text.endswith(":= f (by\n                    exact h\n                    all_goals sorry)")
