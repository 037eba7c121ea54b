"""Opens the terminal of a project, and closes everything behind it."""

import asyncio
import contextlib
import signal
from dataclasses import replace

from agent.conversation.permissions import Answer
from agent.tui.app import QedApp
from agent.tui.collector import collect_when_idle
from agent.tui.terminal import believe_no_variables, forgive_bytes, quiet_stderr
from agent.wishes import Wishes
from agent.workbench.bench import Workbench
from tools.directories import state_dir
from tools.errors import ExitCode, QedError
from tools.toolbox.tool import Proposal

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


async def open_terminal(wishes: Wishes, version: str) -> str:
    """Runs the app until the person leaves; the name of the session that was open then, empty if nothing was said.

    Raises `QedError` when the app itself has failed; whatever was under way is ended then, too.
    """
    app: QedApp | None = None

    async def approve(proposal: Proposal) -> Answer:
        assert app is not None  # nobody asks before there is an app
        return await app.approve(proposal)

    bench = Workbench(replace(wishes, approver=approve))
    app = QedApp(bench, version)
    loop = asyncio.get_running_loop()
    log = state_dir() / "stderr.log"
    collecting = asyncio.create_task(collect_when_idle(lambda: app.busy))
    try:
        for name in _SIGNALS:
            with contextlib.suppress(NotImplementedError):  # Windows
                # As a message: what leaves the app has to run inside it, where all that is under way is ended first.
                loop.add_signal_handler(name, app.call_later, app.leave)
        forgive_bytes()
        believe_no_variables()
        with quiet_stderr(log):
            await app.run_async()
    finally:
        collecting.cancel()
        session = bench.session
        await app.finish()  # where the app itself has failed, work is still under way
        await bench.close()
    kept = session.id if session.file.exists() else ""
    if app.return_code:
        raise QedError(
            f"qed itself failed; details stand in {log}",
            hint=f"The conversation is kept: qed --resume {kept}" if kept else "",
            exit_code=ExitCode.NOT_PROVED,
        )
    return kept
