"""Completion while typing: commands, arguments, mentions, symbols."""

from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot

from agent.tui.composer.completion import Mention
from tests.agent.tui.composer.host import Host, type_keys


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Host().run_test(size=(80, 24)) as pilot:
        yield pilot


@pytest.fixture
def host(pilot: Pilot[None]) -> Host:
    assert isinstance(pilot.app, Host)
    return pilot.app


async def test_enter_runs_the_command_that_is_meant(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/un\n")
    assert host.sent == ["/undo"]


async def test_enter_on_a_command_with_arguments_waits_for_them(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/mdl\n")
    assert host.sent == [] and host.composer.text == "/model " and len(host.offered) == 3
    await type_keys(pilot, "\n")
    assert host.sent == ["/model"]


async def test_enter_on_a_whole_name_runs_a_command_whose_arguments_are_optional(
    pilot: Pilot[None], host: Host
) -> None:
    await type_keys(pilot, "/model\n")
    assert host.sent == ["/model"] and host.offered == []
    await type_keys(pilot, "/model\t")
    assert host.composer.text == "/model " and len(host.offered) == 3


async def test_tab_completes_a_command_and_its_argument(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/mod\t")
    assert host.composer.text == "/mode "
    await type_keys(pilot, "pro\t")
    assert host.composer.text == "/mode accept-proofs" and host.offered == []
    await type_keys(pilot, "\n")
    assert host.sent == ["/mode accept-proofs"]


async def test_an_argument_is_sent_as_typed_unless_another_was_chosen(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/model o\n")
    assert host.sent == ["/model o"]
    await type_keys(pilot, "/model ")
    await pilot.press("down", "enter")
    await pilot.pause()
    assert host.sent[1:] == ["/model hosted_vllm/kimina-prover"]


async def test_enter_after_a_slash_runs_what_is_chosen(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/\n")
    assert host.sent == ["/help"]


async def test_up_and_down_go_round(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/")
    await pilot.press("up")
    assert host.popup.choice.label == "/clear"
    await pilot.press("down", "down")
    assert host.popup.choice.label == "/model [name]"
    await pilot.press("enter")
    assert host.composer.text == "/model "


async def test_escape_closes_the_popup_and_only_then_is_the_apps(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "/mo")
    await pilot.press("escape")
    assert host.offered == [] and host.left == []
    await pilot.press("d")
    assert host.offered == [], "it stays closed for this word"
    await pilot.press("escape")
    assert host.left == ["escape"]
    await type_keys(pilot, " @")
    assert len(host.offered) == 5


async def test_mentions_are_completed_in_the_middle(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "use  here")
    await pilot.press(*["left"] * 5)
    await type_keys(pilot, "@mirror\t")
    assert host.composer.text == "use @Tree.size_mirror here"
    assert host.field.cursor_location == (0, len("use @Tree.size_mirror"))


async def test_enter_takes_a_mention_and_sends_one_that_stands_there(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "prove @bas\n")
    assert host.sent == [] and host.composer.text == "prove @Basic.lean "
    await type_keys(pilot, "\nand @Basic.lean\n")
    assert host.sent == ["prove @Basic.lean", "and @Basic.lean"]


async def test_mentions_may_change_while_the_popup_is_open(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "@new")
    assert host.offered == []
    host.composer.mentions = [Mention("New.lean", "file")]
    await pilot.pause()
    assert host.offered == ["New.lean"]


async def test_the_mouse_chooses(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "@")
    await pilot.click(host.popup, offset=(5, 2))
    await pilot.pause()
    assert host.composer.text == "@Nat.add_zero' " and host.field.has_focus


async def test_the_popup_is_above_the_text_and_not_higher_than_eight(pilot: Pilot[None], host: Host) -> None:
    host.composer.mentions = [Mention(f"F{number}.lean", "") for number in range(100)]
    await type_keys(pilot, "@")
    assert host.popup.size.height == 8 and len(host.offered) == 50
    assert host.popup.region.bottom < host.field.region.y
    await pilot.press(*["down"] * 20, "tab")
    assert host.composer.text == "@F20.lean "


SYMBOLS = (
    ("\\to ", "→ "),
    ("x \\to\t", "x →"),
    ("\\alpha", "α"),
    ("\\alphabet", "αbet"),
    ("\\all x, x \\and y", "∀ x, x ∧ y"),
    ("\\lam x", "λ x"),
    ("\\<>h", "⟨h⟩"),
    ("x\\^-1 ", "x⁻¹ "),
    ("p\\to)", "p→)"),
    ("p\\to\\and ", "p→∧ "),
    ("\\tox\t", "→x"),
    ("\\\\", "\\"),
    ("\\\\n", "\\n"),
    ("\\n", "\\n"),
    ("\\zzz ", "\\zzz "),
    ("\\ x", "\\ x"),
    ("C:\\to ", "C:\\to "),
    ("C:\\Users\\alpha ", "C:\\Users\\alpha "),
    ("$\\begin{x}", "$\\begin{x}"),
    ("\\toto ", "\\toto "),
    ("\\zzz\t", "ζzz"),
    ("\\ж\t", "\\ж"),
)


async def test_symbols_as_they_are_typed(pilot: Pilot[None], host: Host) -> None:
    seen: dict[str, str] = {}
    for typed, _ in SYMBOLS:
        host.composer.text = ""
        await type_keys(pilot, typed)
        seen[typed] = host.composer.text
        host.composer.focus_input()
    assert seen == dict(SYMBOLS)


@pytest.mark.parametrize("typed", ["\\to ", "\\alpha", "\\to)"])
async def test_backspace_takes_a_symbol_back_at_once(pilot: Pilot[None], host: Host, typed: str) -> None:
    await type_keys(pilot, "x")
    await type_keys(pilot, typed)
    await pilot.press("backspace")
    assert host.composer.text == "x" + typed
    await pilot.press("backspace")
    assert host.composer.text == "x" + typed[:-1]


async def test_brackets_are_taken_back_as_a_whole(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "\\<>")
    assert host.composer.text == "⟨⟩"
    await pilot.press("backspace")
    assert host.composer.text == "\\<>"


async def test_backspace_later_is_backspace(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "\\alphab")
    await pilot.press("backspace", "backspace")
    assert host.composer.text == ""


async def test_symbols_are_listed_and_chosen(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "\\to")
    assert host.offered[:2] == ["\\to", "\\top"]
    await pilot.press("down", "enter")
    assert host.composer.text == "⊤" and host.sent == []


async def test_enter_sends_what_is_seen(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "x \\to\n")
    assert host.sent == ["x \\to"]


async def test_an_abbreviation_that_the_cursor_left_is_text(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "\\to")
    await pilot.press("home", "end", "space")
    assert host.composer.text == "\\to "


async def test_tab_with_nothing_to_complete_is_not_the_composers(pilot: Pilot[None], host: Host) -> None:
    await type_keys(pilot, "text\t")
    assert host.composer.text == "text" and "tab" in host.left
