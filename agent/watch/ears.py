"""Who hears what watching has to tell."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.watch.lean_state import LeanState
from agent.watch.suggestion import Suggestion, SuggestionKey


@dataclass(frozen=True)
class WatchEars:
    """Takes what a `Watcher` tells, and answers what it asks.

    `on_change` hears of every suggestion that is new or stands differently, and with None of one that is gone;
    `on_note` of what else there is to know; `on_lean` what becomes of Lean; `on_ready` when all that is saved from then
    on is seen. `write` is asked with each accepted proof whether it is written unasked.
    """

    on_change: Callable[[SuggestionKey, Suggestion | None], None]
    on_note: Callable[[str], None]
    on_lean: Callable[[LeanState], None] = lambda _: None
    on_ready: Callable[[], None] = lambda: None
    write: Callable[[], bool] = lambda: False
