"""What may be meant by the text before the cursor."""

import pytest

from agent.tui.composer.completion import Completer, Completions, Kind, sent_before, symbols
from agent.tui.composer.unicode_input import abbreviations
from tests.agent.tui.composer.host import COMMANDS, MENTIONS, MODELS

COMPLETER = Completer(COMMANDS, MENTIONS)


def labels(found: Completions | None) -> list[str]:
    return [choice.label for choice in found.choices] if found is not None else []


def test_a_slash_offers_all_commands_with_what_they_take() -> None:
    found = COMPLETER.find("/", first_line=True)
    assert found is not None and found.kind is Kind.COMMAND
    assert labels(found)[:3] == ["/help", "/model [name]", "/mode [mode]"]
    assert [choice.whole for choice in found.choices][:2] == [True, False]
    assert [choice.text for choice in found.choices][:2] == ["/help", "/model "]


def test_commands_are_found_by_letters() -> None:
    assert labels(COMPLETER.find("/mdl", first_line=True)) == ["/model [name]"]


@pytest.mark.parametrize("before", ["/home/x", "/xyz", " /", "a /h", "/help me"])
def test_a_slash_elsewhere_is_a_slash(before: str) -> None:
    assert COMPLETER.find(before, first_line=True) is None


def test_commands_are_on_the_first_line_only() -> None:
    assert COMPLETER.find("/he", first_line=False) is None


def test_an_argument_is_one_of_its_choices() -> None:
    everything = COMPLETER.find("/model ", first_line=True)
    assert everything is not None and everything.kind is Kind.ARGUMENT and tuple(labels(everything)) == MODELS
    found = COMPLETER.find("/model kim", first_line=True)
    assert found is not None and found.start == len("/model ") and labels(found) == [MODELS[1]]


def test_an_argument_that_stands_there_is_not_offered_again() -> None:
    assert COMPLETER.find("/mode read-only", first_line=True) is None


def test_mentions_begin_after_a_blank() -> None:
    found = COMPLETER.find("prove @zero", first_line=False)
    assert found is not None and found.kind is Kind.MENTION and found.start == len("prove ")
    assert labels(found) == ["Nat.add_zero'", "Nat.zero_add'", "Tree.size_mirror"], "together before apart"
    assert found.choices[0].text == "@Nat.add_zero' "
    assert labels(COMPLETER.find("@", first_line=True)) == [mention.text for mention in MENTIONS]


@pytest.mark.parametrize("before", ["me@Basic", "@Basic.lean now", "@nothing_like_it_xyz"])
def test_an_at_sign_elsewhere_is_an_at_sign(before: str) -> None:
    assert COMPLETER.find(before, first_line=True) is None


def test_symbols_are_offered_with_their_names() -> None:
    found = symbols(abbreviations(), "to", 3)
    assert found is not None and (found.kind, found.start) == (Kind.SYMBOL, 3)
    assert (found.choices[0].label, found.choices[0].detail) == ("\\to", "→")
    assert symbols(abbreviations(), "zzz", 0) is None


def test_what_was_sent_is_found_whatever_its_case_and_shown_in_a_line() -> None:
    found = sent_before(["Prove\n  this", "other", "disprove"], "PROVE")
    assert found is not None and labels(found) == ["Prove this", "disprove"]
    assert found.choices[0].text == "Prove\n  this"
    assert sent_before(["a"], "b") is None
