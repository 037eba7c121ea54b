"""The question whether a file may be written. It waits between transcript and composer until it is answered."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from agent.conversation.permissions import Answer
from agent.visible import shown
from tools.toolbox.tool import Permission, Proposal

GRACE = 0.5
"""Seconds without a key before keys count, so that what was meant for the composer is no answer."""

_ALWAYS = {
    Permission.WRITE_PROOF: "Yes, and every proof that Lean accepts in this session",
    Permission.EDIT: "Yes, and every edit that keeps the statements, in this session",
}
_STEPS = {"up": -1, "left": -1, "shift+tab": -1, "down": 1, "right": 1}


@dataclass(frozen=True)
class _Option:
    key: str
    text: str
    answer: Answer | None
    """None where a reason is asked for first."""


def _options(proposal: Proposal) -> list[_Option]:
    options = [_Option("y", "Yes, this once" if proposal.diff else "Yes", Answer(True))]
    if not proposal.statements and proposal.permission in _ALWAYS:
        options.append(_Option("a", _ALWAYS[proposal.permission], Answer(True, always=True)))
    return [*options, _Option("n", "No", Answer(False)), _Option("r", "No, and tell the agent why", None)]


def changed_lines(diff: str) -> tuple[int, int]:
    """How many lines a unified diff adds and takes away."""
    lines = diff.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++ ") for line in lines)
    removed = sum(line.startswith("-") and not line.startswith("--- ") for line in lines)
    return added, removed


class _Row(Static):
    """One choice, for the mouse as well."""

    class Clicked(Message):
        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def __init__(self, place: int, option: _Option) -> None:
        super().__init__(classes="permission--option", markup=False)
        self._place = place
        self._option = option

    def choose(self, chosen: bool) -> None:
        """Shows whether Enter means this one."""
        sign = "›" if chosen else " "
        self.update(Content.assemble(f"{sign} ", (self._option.key, "bold underline"), f"  {self._option.text}"))
        self.set_class(chosen, "-chosen")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(self._place))


class PermissionPrompt(VerticalScroll, can_focus=True):
    """Asks about a proposal. It never answers by itself: only `Answered` does.

    `root` is what the path is shown relative to; `grace` is in seconds, `clock` gives the time in seconds.
    """

    DEFAULT_CSS = """
    PermissionPrompt {
        height: auto;
        max-height: 75%;
        border: heavy $warning;
        border-title-color: $text-warning;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $surface;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &.-statement { border: heavy $error; border-title-color: $text-error; }
        & Static { height: auto; }
        & .permission--statements { margin: 1 0; }
        & .permission--option.-chosen { text-style: bold; background: $primary-muted; color: $text; }
        & Input { border: none; height: 1; margin: 0 0 0 5; background: $boost; display: none; }
        & Input.-open { display: block; }
    }
    """

    class Answered(Message):
        """The person has decided."""

        def __init__(self, answer: Answer) -> None:
            self.answer = answer
            super().__init__()

    def __init__(
        self,
        proposal: Proposal,
        *,
        root: Path | None = None,
        grace: float = GRACE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._proposal = proposal
        self._root = root
        self._grace = grace
        self._clock = clock
        self._ready_at = clock() + grace
        self._options = _options(proposal)
        self._rows = [_Row(place, option) for place, option in enumerate(self._options)]
        self._place = 0
        self._reason = Input(placeholder="Why not? Enter sends it, Esc goes back", compact=True)
        self._answered = False

    def compose(self) -> ComposeResult:
        """What is asked, loudly what matters most, then the choices."""
        yield Static(self._about(), markup=False)
        if self._proposal.statements:
            yield Static(self._statements(), classes="permission--statements", markup=False)
        yield from self._rows
        yield self._reason

    def on_mount(self) -> None:
        """Takes the keys; what is typed at this moment was meant for the composer and is dropped."""
        self._ready_at = self._clock() + self._grace
        changes = bool(self._proposal.statements)
        self.set_class(changes, "-statement")
        self.border_title = "qed asks: change a STATEMENT?" if changes else "qed asks: may this be written?"
        keys = " ".join(option.key for option in self._options)
        self.border_subtitle = f"{keys} · nothing is written yet"
        # A change of a statement is to be read first, and Enter alone does not allow it.
        self._choose(1 if changes else 0, seen=not changes)
        self.focus()

    def _about(self) -> Content:
        path = self._proposal.path
        if self._root is not None and path.is_relative_to(self._root) and path != self._root:
            path = path.relative_to(self._root)
        about = Content.assemble((shown(self._proposal.summary), "bold"), "\n", shown(str(path)))
        if not self._proposal.diff:  # whatever will be written: nothing of it is there yet
            return about
        added, removed = changed_lines(self._proposal.diff)
        return Content.assemble(
            about,
            "  ",
            (f"+{added}", "$text-success"),
            " ",
            (f"−{removed}", "$text-error"),
            (" lines", "$foreground-muted"),
        )

    def _statements(self) -> Content:
        parts: list[Content] = []
        for name, before, after in self._proposal.statements:
            parts.append(
                Content.assemble(
                    (f"! THE STATEMENT OF {shown(name)} CHANGES", "bold $text-error"),
                    "\n",
                    (f"− {shown(before)}" if before else "− (there was none)", "$text-error"),
                    "\n",
                    (f"+ {shown(after)}" if after else "+ (it is removed)", "$text-success"),
                )
            )
        return Content("\n").join(parts)

    def _choose(self, place: int, *, seen: bool = True) -> None:
        self._place = place % len(self._rows)
        for row, widget in enumerate(self._rows):
            widget.choose(row == self._place)
        if seen:
            self._rows[self._place].scroll_visible(animate=False)

    def on_key(self, event: events.Key) -> None:
        """The choices by letter, by arrow and Enter. Escape is the app's, unless it closes the line for the reason."""
        if self._reason.has_focus:
            if event.key == "escape":
                event.stop()
                event.prevent_default()
                self._close_reason()
            return
        letter = next((place for place, option in enumerate(self._options) if option.key == event.key.lower()), None)
        if not (event.is_printable or event.key in ("enter", "tab") or event.key in _STEPS):
            return
        event.stop()
        event.prevent_default()
        if self._too_early():
            return
        if event.key in _STEPS:
            self._choose(self._place + _STEPS[event.key])
        elif event.key == "tab":
            self._open_reason()
        elif event.key == "enter":
            self._take(self._place)
        elif letter is not None:
            self._take(letter)

    def on_paste(self, event: events.Paste) -> None:
        """A paste is no answer."""
        event.stop()

    def _too_early(self) -> bool:
        """Whether the person is still typing what they were at when this appeared."""
        now = self._clock()
        if now < self._ready_at:
            self._ready_at = now + self._grace
            return True
        return False

    @on(_Row.Clicked)
    def _clicked(self, event: _Row.Clicked) -> None:
        event.stop()
        if not self._too_early():
            self._take(event.place)

    def _take(self, place: int) -> None:
        self._choose(place)
        answer = self._options[place].answer
        if answer is None:
            self._open_reason()
        else:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        if not self._answered:
            self._answered = True
            self.post_message(self.Answered(answer))

    def _open_reason(self) -> None:
        self._choose(len(self._rows) - 1)
        self._reason.add_class("-open")
        self._reason.focus()
        self._reason.scroll_visible(animate=False)

    def _close_reason(self) -> None:
        self._reason.remove_class("-open")
        self.focus()

    @on(Input.Submitted)
    def _refused(self, event: Input.Submitted) -> None:
        event.stop()
        self._answer(Answer(False, reason=" ".join(shown(event.value).split())))

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
