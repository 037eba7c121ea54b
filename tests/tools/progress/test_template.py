"""The text that a model sees."""

import pytest

from tools.errors import ExitCode, QedError
from tools.progress.template import DEFAULT_TEMPLATE, PromptTemplate


def test_the_default_is_that_of_lean_dojo() -> None:
    text = PromptTemplate().render("⊢ {p}", "simp", "intro")
    assert text == "Goal:\n⊢ {p}\n\nPrefix:\nintro\n\nCandidate tactic:\nsimp"
    assert DEFAULT_TEMPLATE.endswith("{tactic}\n")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{goal}", "lacks `{tactic}`"),
        ("{tactic} {prefix}", "lacks `{goal}`"),
        ("{goal} {tactic} {state}", "no field `{state}`"),
        ("{goal.__class__} {tactic}", "no field `{goal.__class__}`"),
        ("{goal[0]} {tactic}", "no field"),
        ("{} {goal} {tactic}", "no field `{}`"),
        ("{goal} {tactic", "no format string"),
        ("{goal} } {tactic}", "no format string"),
        ("{goal:{prefix}} {tactic}", "format"),
        ("{goal!r} {tactic}", "conversion"),
    ],
)
def test_bad_templates_are_named(text: str, what: str) -> None:
    with pytest.raises(QedError) as caught:
        PromptTemplate.parse(text)
    assert what in caught.value.message and caught.value.exit_code == ExitCode.USAGE


def test_braces_may_be_written_twice() -> None:
    assert PromptTemplate.parse("{{{goal}}} {tactic}").render("g", "t") == "{g} t"


def words(text: str) -> int:
    return len(text.split())


def test_what_fits_is_not_cut() -> None:
    template = PromptTemplate()
    assert template.fit("⊢ p", "simp", "intro", words, 100) == template.render("⊢ p", "simp", "intro")


def test_the_oldest_steps_go_first_and_the_tactic_stays() -> None:
    prefix = "\n".join(f"step{number}" for number in range(400))
    text = PromptTemplate().fit("h : p\n⊢ q", "exact the_end", prefix, words, 60)
    assert words(text) <= 60
    assert text.endswith("exact the_end") and "h : p\n⊢ q" in text and "step399" in text and "step0\n" not in text


def test_then_the_other_goals_and_then_the_first_hypotheses() -> None:
    hypotheses = "\n".join(f"h{number} : p" for number in range(200))
    text = PromptTemplate().fit(f"{hypotheses}\n⊢ target\n\n⊢ other", "simp", "a\nb", words, 80)
    assert words(text) <= 80
    assert "⊢ target" in text and "⊢ other" not in text and "h199 : p" in text and text.endswith("simp")


def test_a_tactic_that_is_too_long_alone_is_left_to_the_tokenizer() -> None:
    tactic = "simp " * 200
    text = PromptTemplate().fit("⊢ p", tactic, "", words, 50)
    assert text.endswith(tactic.strip())
