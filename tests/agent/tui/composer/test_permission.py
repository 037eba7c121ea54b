"""The question whether a file may be written."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from agent.conversation.permissions import Answer
from agent.tui.permission import PermissionPrompt, changed_lines
from tools.toolbox.tool import Permission, Proposal

ROOT = Path("/project")
DIFF = "--- a/Basic.lean\n+++ b/Basic.lean\n@@ -1,2 +1,3 @@\n a\n-  sorry\n+  induction n with\n+  | zero => rfl\n"
PROOF = Proposal(Permission.WRITE_PROOF, ROOT / "Nat" / "Basic.lean", "prove Nat.add_zero' by [induction]", DIFF)
EDIT = Proposal(Permission.EDIT, ROOT / "Basic.lean", "add a lemma", DIFF)
STATEMENT = Proposal(
    Permission.EDIT,
    ROOT / "Basic.lean",
    "weaken Nat.foo",
    DIFF,
    (("Nat.foo", "theorem Nat.foo : p ∧ q", "theorem Nat.foo : p ∨ q"),),
)


@dataclass
class Clock:
    """Time that passes when it is told to, in seconds."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


class Host(App[None]):
    """An app with nothing but the question."""

    def __init__(self, proposal: Proposal, *, grace: float = 0.0, clock: Clock | None = None) -> None:
        super().__init__()
        self.prompt = PermissionPrompt(proposal, root=ROOT, grace=grace, clock=clock or Clock())
        self.answers: list[Answer] = []
        self.left: list[str] = []

    def compose(self) -> ComposeResult:
        filler = Static("the transcript", markup=False)
        filler.styles.height = "1fr"
        yield filler
        yield self.prompt

    def on_mount(self) -> None:
        self.prompt.query_one(Input).cursor_blink = False

    def on_permission_prompt_answered(self, message: PermissionPrompt.Answered) -> None:
        self.answers.append(message.answer)

    def on_key(self, event: events.Key) -> None:
        self.left.append(event.key)


@asynccontextmanager
async def asked(proposal: Proposal, size: tuple[int, int] = (80, 24)) -> AsyncGenerator[tuple[Host, Pilot[None]]]:
    host = Host(proposal)
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        yield host, pilot


def seen(host: Host) -> str:
    """What stands in the question, without its border."""
    return "\n".join(str(part.content) for part in host.prompt.query(Static))


@pytest.mark.parametrize(
    ("proposal", "keys", "answers"),
    [
        (PROOF, "y", [Answer(True)]),
        (PROOF, "Y", [Answer(True)]),
        (PROOF, "a", [Answer(True, always=True)]),
        (EDIT, "a", [Answer(True, always=True)]),
        (PROOF, "n", [Answer(False)]),
        (PROOF, ["enter"], [Answer(True)]),
        (PROOF, ["down", "right", "enter"], [Answer(False)]),
        (PROOF, ["up", "left", "enter"], [Answer(False)]),
        (PROOF, ["r", *"not so", "enter"], [Answer(False, reason="not so")]),
        (PROOF, ["tab", *"why", "enter"], [Answer(False, reason="why")]),
        (PROOF, ["r", "enter"], [Answer(False)]),
        (PROOF, ["r", "x", "escape", "y"], [Answer(True)]),
        (PROOF, "yyn", [Answer(True)]),
        (PROOF, ["x", "q", "1", "?", "space", "escape", "ctrl+c"], []),
        (STATEMENT, "a", []),
        (STATEMENT, "y", [Answer(True)]),
        (STATEMENT, ["enter"], [Answer(False)]),
    ],
)
async def test_keys(proposal: Proposal, keys: Sequence[str], answers: list[Answer]) -> None:
    async with asked(proposal) as (host, pilot):
        await pilot.press(*("space" if key == " " else key for key in keys))
        await pilot.pause()
        assert host.answers == answers


async def test_escape_closes_the_reason_and_only_then_is_the_apps() -> None:
    async with asked(PROOF) as (host, pilot):
        await pilot.press("r", "y", "a", "escape")
        assert host.left == [] and host.prompt.has_focus and host.answers == []
        await pilot.press("escape")
        assert host.left == ["escape"] and host.answers == []


async def test_what_is_typed_when_it_appears_is_dropped() -> None:
    clock = Clock()
    host = Host(PROOF, grace=0.5, clock=clock)
    async with host.run_test() as pilot:
        for _ in range(5):
            await pilot.press("y", "enter", "n")
            clock.now += 0.4  # somebody who goes on typing does not answer
        await pilot.click(host.prompt.query(".permission--option").first())
        await pilot.press("escape")
        await pilot.pause()
        assert host.answers == [] and host.left == ["escape"]
        clock.now += 0.6
        await pilot.press("n")
        await pilot.pause()
        assert host.answers == [Answer(False)]


async def test_the_mouse_chooses() -> None:
    async with asked(PROOF) as (host, pilot):
        await pilot.click(host.prompt.query(".permission--option")[1])
        await pilot.pause()
        assert host.answers == [Answer(True, always=True)]


async def test_the_mouse_opens_the_reason() -> None:
    async with asked(PROOF) as (host, pilot):
        await pilot.click(host.prompt.query(".permission--option").last())
        await pilot.pause()
        assert host.answers == [] and host.prompt.query_one(Input).has_focus


async def test_a_paste_is_no_answer() -> None:
    async with asked(PROOF) as (host, pilot):
        host.prompt.post_message(events.Paste("y\n"))
        await pilot.pause()
        assert host.answers == []


async def test_it_says_what_would_be_written_and_where() -> None:
    async with asked(PROOF) as (host, _):
        assert "prove Nat.add_zero' by [induction]\nNat/Basic.lean  +2 −1 lines" in seen(host)
        assert "STATEMENT" not in seen(host)


async def test_a_change_of_a_statement_is_loud() -> None:
    async with asked(STATEMENT) as (host, _):
        text = seen(host)
        assert "THE STATEMENT OF Nat.foo CHANGES\n− theorem Nat.foo : p ∧ q\n+ theorem Nat.foo : p ∨ q" in text
        assert "session" not in text, "there is no always for it"
        assert "STATEMENT" in str(host.prompt.border_title)


async def test_control_characters_and_markup_are_shown() -> None:
    evil = Proposal(Permission.EDIT, Path("/\x1b[2J"), "[red]x\x1b]52;c;eA==\x07[/red]", "", (("\x9b", "", "\x08"),))
    async with asked(evil) as (host, _):
        text = seen(host)
        assert "[red]x\\x1b]52;c;eA==\\x07[/red]\n/\\x1b[2J" in text
        assert "OF \\x9b CHANGES\n− (there was none)\n+ \\x08" in text


@pytest.mark.parametrize("proposal", [PROOF, STATEMENT])
@pytest.mark.parametrize("size", [(20, 5), (8, 3), (300, 90)])
async def test_any_size_will_do(proposal: Proposal, size: tuple[int, int]) -> None:
    async with asked(proposal, size) as (host, pilot):
        await pilot.press("down", "up", "r", "x", "enter")
        await pilot.pause()
        assert host.answers == [Answer(False, reason="x")]


async def test_arrows_bring_the_choice_into_view() -> None:
    async with asked(STATEMENT, (40, 8)) as (host, pilot):
        for key in ("down", "down", "down"):
            await pilot.press(key)
            await pilot.pause()
            chosen = host.prompt.query_one(".-chosen")
            assert host.prompt.region.contains_region(chosen.region)


def _diffs() -> Iterator[tuple[str, tuple[int, int]]]:
    yield DIFF, (2, 1)
    yield "", (0, 0)
    yield "--- a\n+++ b\n---x\n+++y\n-- z", (1, 2)


@pytest.mark.parametrize(("diff", "counts"), _diffs())
def test_lines_are_counted(diff: str, counts: tuple[int, int]) -> None:
    assert changed_lines(diff) == counts
