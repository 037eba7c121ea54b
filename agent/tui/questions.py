"""Questions about writes, put to the person one at a time, between conversation and composer."""

import asyncio
from typing import TYPE_CHECKING

from agent.conversation.permissions import Answer
from agent.tui.permission import PermissionPrompt
from tools.toolbox.tool import Proposal

if TYPE_CHECKING:
    from agent.tui.app import QedApp


class Questions:
    """Asks; `answer` is told what the person said to the question that stands there."""

    def __init__(self, app: "QedApp") -> None:
        self._app = app
        self._one_at_a_time = asyncio.Lock()
        self._answered: asyncio.Future[Answer] | None = None

    async def ask(self, proposal: Proposal) -> Answer:
        """Asks about a write, when its turn comes."""
        app = self._app
        async with self._one_at_a_time:
            answered = self._answered = asyncio.get_running_loop().create_future()
            prompt = PermissionPrompt(proposal, root=app.bench.root)
            talk = app.query_one("#talk").add_class("-asked")
            await app.query_one("#question").mount(prompt)
            app.window.ring()
            try:
                return await answered
            finally:
                if app.is_running:  # else the app has failed, and its widgets are gone
                    await prompt.remove()
                    talk.remove_class("-asked")
                    app.composer.focus_input()

    def answer(self, answer: Answer) -> None:
        """The person has decided."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(answer)
