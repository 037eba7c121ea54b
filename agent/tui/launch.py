"""Opens the terminal of a project, and closes everything behind it."""

import asyncio
import contextlib
import signal
from dataclasses import replace

from agent.conversation.permissions import Answer
from agent.tui.app import QedApp
from agent.tui.collector import collect_when_idle
from agent.tui.terminal import forgive_bytes, quiet_stderr
from agent.wishes import Wishes
from agent.workbench.bench import Workbench
from tools.directories import state_dir
from tools.toolbox.tool import Proposal

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


async def open_terminal(wishes: Wishes, version: str) -> str:
    """Runs the app until the person leaves; the name of the session that was open then, empty if nothing was said."""
    app: QedApp | None = None

    async def approve(proposal: Proposal) -> Answer:
        assert app is not None  # nobody asks before there is an app
        return await app.approve(proposal)

    bench = Workbench(replace(wishes, approver=approve))
    app = QedApp(bench, version)
    loop = asyncio.get_running_loop()
    collecting = asyncio.create_task(collect_when_idle(lambda: app.busy))
    try:
        for name in _SIGNALS:
            with contextlib.suppress(NotImplementedError):  # Windows
                # As a message: what leaves the app has to run inside it, where all that is under way is ended first.
                loop.add_signal_handler(name, app.call_later, app.leave)
        forgive_bytes()
        with quiet_stderr(state_dir() / "stderr.log"):
            await app.run_async()
    finally:
        collecting.cancel()
        session = bench.session
        await bench.close()
    return session.id if session.file.exists() else ""
