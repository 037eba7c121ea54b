"""Holes for the tests of the search: a goal as Lean prints it, and an environment at the hole of a text."""

import contextlib
from collections.abc import AsyncGenerator

from tests.warm import warm_desk
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.scratch import Scratch
from tools.lean.goals import Goal
from tools.lean.server import LeanServer
from tools.lean.text import Span


@contextlib.asynccontextmanager
async def at_hole(lean: LeanServer, text: str) -> AsyncGenerator[LanguageServerEnvironment]:
    """An environment at the first `sorry` of a text, which is a tactic of the text's last command."""
    hole = text.index("sorry")
    start = max(text.rfind("\n" + keyword, 0, hole) for keyword in ("theorem", "example")) + 1
    scratch = Scratch(text, Span(hole, hole + 5), True, start, len(text), 200_000)
    async with warm_desk(lean) as desk:
        document = await desk.opened(scratch.compose(()).text)
        yield await LanguageServerEnvironment.on(document, scratch, screen=lambda _: None)


def goal(target: str, *hypotheses: str) -> Goal:
    """A goal from its target and its hypotheses (`n m : Nat`)."""
    return Goal.parse("\n".join((*hypotheses, f"⊢ {target}")))
