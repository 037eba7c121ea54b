"""The last line: the keys that do something now, those of the part that has the focus first."""

from collections.abc import Sequence

from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.content import Content
from textual.screen import Screen
from textual.signal import Signal
from textual.style import Style
from textual.widget import Widget

_GAP = "  "


class KeyLine(Widget):
    """One line of keys with what they do; a click does it as well. A key that has no room is left out as a whole.

    `order` are the app's keys, the most used first. Textual's own footer orders keys by the widgets that bind them,
    which changes with the focus.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """

    def __init__(self, order: Sequence[str]) -> None:
        super().__init__()
        self._order = order

    def on_mount(self) -> None:
        """Follows what can be pressed."""
        signal: Signal[Screen[object]] = self.screen.bindings_updated_signal  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        signal.subscribe(self, self._updated)

    def _updated(self, screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """The keys that have room."""
        app: App[object] = self.app  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        room = self.size.width - 2
        parts: list[Content] = []
        for binding in shown_bindings(list(self.screen.active_bindings.values()), self._order):
            key = app.get_key_display(binding)
            part = Content.assemble((key, "bold $text-accent"), f" {binding.description}")
            width = part.cell_length + (len(_GAP) if parts else 0)
            if width <= room:
                parts.append(part.stylize(Style.from_meta({"@click": f"app.simulate_key('{binding.key}')"})))
                room -= width
        return Content(_GAP).join(parts)


def shown_bindings(active: Sequence[ActiveBinding], order: Sequence[str]) -> list[Binding]:
    """What the line has: bindings that are shown, one for each action; the keys of `order` last, in that order."""
    found: dict[str, Binding] = {}
    for each in active:
        if each.binding.show and each.enabled:
            found.setdefault(each.binding.action, each.binding)
    return sorted(found.values(), key=lambda binding: order.index(binding.key) if binding.key in order else -1)
