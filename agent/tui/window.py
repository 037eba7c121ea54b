"""The window that the app is in: its title says what qed is at, and its bell that something waits for the person."""

import time
from typing import TYPE_CHECKING

from agent.tui.terminal import POP_TITLE, PUSH_TITLE, title

if TYPE_CHECKING:
    from agent.tui.app import QedApp

_LONG_SECONDS = 10.0


class Window:
    """Tells the window. `busy_since` is when work began, in seconds; None while there is none."""

    def __init__(self, app: "QedApp") -> None:
        self.busy_since: float | None = None
        self._app = app

    def take(self) -> None:
        """Puts the title that was there aside."""
        self._app.tell_terminal(PUSH_TITLE)

    def give_back(self) -> None:
        """Brings the title back that was there."""
        self._app.tell_terminal(POP_TITLE)

    def tell(self) -> None:
        """Says whether qed is at work; rings when long work has ended and nobody has looked."""
        app, name = self._app, self._app.bench.root.name
        if app.busy:
            self.busy_since = self.busy_since or time.monotonic()
            app.tell_terminal(title(f"● qed: {name}"))
            return
        since, self.busy_since = self.busy_since, None
        ended_unseen = since is not None and not app.app_focus and time.monotonic() - since >= _LONG_SECONDS
        app.tell_terminal(title(f"✓ qed: {name}" if ended_unseen else f"qed: {name}"))
        if ended_unseen:
            self.ring()

    def ring(self) -> None:
        """Rings, where the person is elsewhere and wants to hear it."""
        if not self._app.app_focus and self._app.bench.wishes.config.tui.bell:
            self._app.bell()
