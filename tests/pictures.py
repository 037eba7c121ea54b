"""The pictures of README.md, taken from the app itself: `python -m tests.pictures`.

The Lean is real, the model is the scripted server. The pictures go to `.github/pictures/`; they ask for no font from
the network.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from tests.agent.command import REPOSITORY
from tests.agent.tui.opened import Opened, opened
from tests.agent.tui.still import project
from tests.agent.tui.test_screens import TURN
from tests.openai_server import OpenAIServer
from tools.directories import cache_dir

PICTURES = REPOSITORY / ".github" / "pictures"
QUESTION = "Prove and_swapped, and explain the idea."
TRIED = "/try constructor ;; by_cases h : p ;; exact fun h => h"
SEARCH_SECONDS = 12
SAVED = """theorem or_assoc' (p q r : Prop) : p ∨ (q ∨ r) ↔ (p ∨ q) ∨ r := by
  sorry

theorem map_same (f : Nat → Nat) (xs : List Nat) (h : ∀ x ∈ xs, f x = x) : xs.map f = xs := by
  sorry

theorem add_left (n m : Nat) : n + m = n := by
  sorry
"""
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_NAMES = ("Logic", "Trees")

Scene = Callable[[Opened], Awaitable[None]]


async def _question(app: Opened) -> None:
    await app.says(QUESTION)
    await app.until(lambda: app.is_asking, "the question")


async def _proved(app: Opened) -> None:
    await _question(app)
    await app.answers("y")
    await app.shows("makes a pair")
    await app.idle()


async def _by_hand(app: Opened) -> None:
    await app.says("/goals de_morgan")
    await app.idle()
    await app.says(TRIED)
    await app.idle()
    await app.says("/search Expr.run_compile")
    await asyncio.sleep(SEARCH_SECONDS)


async def _watched(app: Opened) -> None:
    await app.says("/watch")
    await app.sees("nothing to do until the next save")
    (app.bench.root / "Mine.lean").write_text(SAVED, encoding="utf-8")
    await app.until(lambda: _ended(app) == SAVED.count("sorry"), "every hole has come to an end")
    await app.pilot.press("down")


def _ended(app: Opened) -> int:
    view = app.app.watching.view
    return sum(row.verdict in ("accepted", "disproved") for row in view.table.rows()) if view is not None else 0


SCENES: dict[str, tuple[Scene, tuple[int, int]]] = {
    "proof": (_proved, (120, 36)),
    "question": (_question, (120, 36)),
    "by-hand": (_by_hand, (120, 44)),
    "narrow": (_proved, (80, 24)),
    "watch": (_watched, (120, 36)),
}


async def take(name: str, home: Path) -> Path:
    """Plays a scene and writes its picture; where it went."""
    scene, size = SCENES[name]
    examples = REPOSITORY / "lean" / "examples"
    root = project(home, **{each: (examples / f"{each}.lean").read_text(encoding="utf-8") for each in _NAMES})
    with OpenAIServer(*TURN) as server:
        async with opened(root, server.url, size=size, version=version("qed-agent")) as app:
            await app.lean_is_ready()
            await app.sees("⊢") if size[0] >= 100 else await app.shows("open holes")
            await scene(app)
            app.app.pane.flush()
            await app.pilot.pause()
            picture = app.app.export_screenshot()
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.svg"
    path.write_text(_FONT_FACE.sub("", picture), encoding="utf-8")
    return path


def main() -> None:
    """Takes all pictures."""
    os.environ["QED_CACHE_DIR"] = str(cache_dir())
    for name in SCENES:
        with tempfile.TemporaryDirectory() as home:
            os.environ |= {"HOME": home, "QED_STATE_DIR": f"{home}/state", "QED_CONFIG_DIR": f"{home}/config"}
            os.environ["TEXTUAL_ANIMATIONS"] = "none"
            print(asyncio.run(take(name, Path(home))).relative_to(REPOSITORY))


if __name__ == "__main__":
    main()
