"""A list to choose from, narrowed by typing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from agent.visible import shown

_MAX_SHOWN = 300
_MAX_NAME = 44  # cells to which names are filled, so that what is said about them stands below one another
_PLACEHOLDER = "type to narrow the list"
_KEYS = "↑↓ choose · Enter take · Esc back"


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry: what is returned, what it is called, and what is said about it."""

    value: str
    name: str
    detail: str = ""


class Picker(ModalScreen[str | None]):
    """Returns the value of the chosen entry, or None. `free`: what was typed may be chosen although no entry is so.

    `preview` is told of the entry under the cursor; `current` is the entry where the cursor begins.
    """

    DEFAULT_CSS = """
    Picker { align: center middle; }
    Picker > Vertical {
        width: 90; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    Picker Input { margin: 0 0 1 0; background: $surface; }
    Picker OptionList { height: auto; max-height: 16; border: none; padding: 0; background: $surface; }
    Picker #keys { color: $text-muted; height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
        Binding("pagedown", "move(10)", "Further", show=False),
        Binding("pageup", "move(-10)", "Back", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        free: bool = False,
        preview: Callable[[str], None] | None = None,
        current: str | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._free = free
        self._preview = preview
        self._current = current
        self._listed: Sequence[Choice] = ()
        self._marked = 0
        self._width = max((Content(shown(choice.name)).cell_length for choice in choices), default=0)

    def compose(self) -> ComposeResult:
        """A title, what is typed, the entries, the keys."""
        with Vertical() as box:
            box.border_title = self._title
            yield Input(placeholder=_PLACEHOLDER, select_on_focus=False, compact=True)
            yield OptionList()
            yield Static(_KEYS, id="keys")

    def on_mount(self) -> None:
        """Shows all entries."""
        self._fill("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrows the list."""
        self._fill(event.value)

    def _fill(self, text: str) -> None:
        listed = self.query_one(OptionList)
        self._listed = found = _matching(self._choices, text)[:_MAX_SHOWN]
        listed.clear_options()
        listed.add_options([Option(self._line(choice, "  "), choice.value) for choice in found])
        current = next((at for at, choice in enumerate(found) if choice.value == self._current), 0)
        listed.highlighted = (0 if text else current) if found else None
        nothing = "Enter takes it as it is typed" if self._free else "nothing fits"
        self.query_one("#keys", Static).update(_KEYS if found else f"{nothing} · Esc back")

    def _line(self, choice: Choice, sign: str) -> Content:
        name = Content(shown(choice.name))
        if not choice.detail:
            return Content.assemble(sign, name)
        gap = " " * (max(0, min(self._width, _MAX_NAME) - name.cell_length) + 2)
        return Content.assemble(sign, name, gap, (shown(choice.detail), "$text-muted"))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Marks it, and shows what choosing it would mean."""
        for at, choice in enumerate(self._listed):
            sign = "› " if at == event.option_index else "  "
            if at in (event.option_index, self._marked):
                event.option_list.replace_option_prompt_at_index(at, self._line(choice, sign))
        self._marked = event.option_index
        if self._preview is not None and event.option_id is not None:
            self._preview(event.option_id)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Takes the entry under the cursor."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)
        elif self._free and event.value.strip():
            self.dismiss(event.value.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Takes the entry that was clicked."""
        self.dismiss(event.option_id)

    def action_move(self, by: int) -> None:
        """Moves the cursor of the list while the input has the focus."""
        listed = self.query_one(OptionList)
        if listed.option_count:
            listed.highlighted = min(max((listed.highlighted or 0) + by, 0), listed.option_count - 1)

    def action_leave(self) -> None:
        """Chooses nothing."""
        self.dismiss(None)


def _matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    if not text:
        return list(choices)
    matcher = Matcher(text)
    scored = [(matcher.match(f"{choice.name} {choice.detail}"), choice) for choice in choices]
    return [choice for score, choice in sorted(scored, key=lambda pair: -pair[0]) if score > 0]
