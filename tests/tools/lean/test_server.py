"""The client against the real server: versions, timeouts, deaths, memory."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from tools.errors import ExitCode, QedError
from tools.lean.lean_document import LeanDocument
from tools.lean.machine import GIB, MachineLimits
from tools.lean.messages import ElaborationStatus, Severity
from tools.lean.server import LeanServer
from tools.lean.text import Position, Span
from tools.lean.toolchain import Toolchain, ToolchainKind

pytestmark = pytest.mark.lean
PATH = Path("/scratch/Server.lean")
GOOD = "theorem t : 1 + 1 = 2 := rfl\n"
ENDLESS = "theorem t : True := by\n  iterate 100000 (have : 2 ^ 64 = 2 ^ 64 := by simp)\n  trivial\n"


def _workers(server: LeanServer) -> list[psutil.Process]:
    assert server.pid is not None
    return [p for p in psutil.Process(server.pid).children() if "worker.cjs" in " ".join(p.cmdline())]


async def test_messages_belong_to_the_version_that_was_asked_for(lean: LeanServer) -> None:
    document = await lean.open(PATH, GOOD)
    try:
        assert (await document.elaborate(timeout=60)).messages == ()
        for text, wrong in ((GOOD.replace("2", "3"), True), (GOOD, False), (GOOD.replace("2", "4"), True)):
            result = await document.elaborate(text, timeout=60)
            assert result.complete and result.version == document.version
            assert bool(result.errors) is wrong
    finally:
        await document.close()


async def test_a_message_knows_its_place_and_severity(lean: LeanServer) -> None:
    text = "-- 𝕜𝕜\ntheorem «𝕜» (𝕜 : Nat) : 𝕜 = 𝕜 + 0 := by\n  sorry\n#check no_such_name\n"
    document = await lean.open(PATH, text)
    try:
        result = await document.settle(timeout=60)
        warning, error = sorted(result.messages, key=lambda m: m.start)
        assert (warning.severity, warning.is_sorry_warning) == (Severity.WARNING, True)
        assert (error.severity, error.start) == (Severity.ERROR, Position(3, 7))
        span = document.span_of(error)
        assert text[span.start : span.end] == "no_such_name"
    finally:
        await document.close()


async def test_a_change_in_a_long_text_is_sent_as_a_difference(lean: LeanServer) -> None:
    filler = "".join(f"theorem filler{i} : {i} = {i} := rfl\n" for i in range(80))
    text = filler + "theorem 𝕜last : 1 = 1 := by rfl\n-- end 𝓝\n"
    document = await lean.open(PATH, text)
    try:
        assert (await document.settle(timeout=60)).errors == ()
        broken = text.replace("by rfl", "by 𝕜rfl")
        result = await document.elaborate(broken, timeout=60)
        assert [m.start.line for m in result.errors] == [80, 80] or [m.start.line for m in result.errors] == [80]
        assert (await document.elaborate(text, timeout=60)).errors == ()
    finally:
        await document.close()


async def test_questions_about_a_document(lean: LeanServer) -> None:
    text = "namespace N\ntheorem a (n : Nat) : n + 0 = n := by\n  simp?\n\ndef b : 1 = 1 := rfl\nend N\n"
    document = await lean.open(PATH, text)
    try:
        await document.settle(timeout=60)
        tactic = text.index("simp?")
        assert await document.goals(tactic) == ("n : Nat\n⊢ n + 0 = n",)
        assert await document.goals(tactic + len("simp?")) == ()
        assert await document.goals(0) is None
        assert await document.term_goal(text.index("rfl")) == "⊢ 1 = 1"
        (outline,) = await document.symbols()
        assert (outline.name, [child.name for child in outline.children]) == ("N", ["a", "b"])
        (offered,) = await document.suggestions(Span(tactic, tactic + 5))
        assert (offered.text, offered.span) == ("simp only [Nat.add_zero]", Span(tactic, tactic + 5))
    finally:
        await document.close()


async def test_a_timeout_is_a_status_and_the_next_version_is_answered(lean: LeanServer) -> None:
    document = await lean.open(PATH, GOOD)
    try:
        await document.settle(timeout=60)
        result = await document.elaborate(ENDLESS, timeout=0.3)
        assert result.status is ElaborationStatus.TIMED_OUT and not result.complete
        assert (await document.elaborate(GOOD, timeout=60)).complete
    finally:
        await document.close()


async def test_cancelling_leaves_the_document_usable(lean: LeanServer) -> None:
    document = await lean.open(PATH, GOOD)
    try:
        await document.settle(timeout=60)
        task = asyncio.create_task(document.elaborate(ENDLESS, timeout=60))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await document.elaborate(GOOD, timeout=60)).complete
    finally:
        await document.close()


async def _killed(document: LeanDocument, victim: psutil.Process) -> ElaborationStatus:
    task = asyncio.create_task(document.elaborate(ENDLESS, timeout=60))
    await asyncio.sleep(0.3)
    os.kill(victim.pid, signal.SIGKILL)
    return (await task).status


async def test_deaths_are_reported_and_survived(toolchain: Toolchain) -> None:
    async with LeanServer.running(toolchain) as server:
        document = await server.open(PATH, GOOD)
        await document.settle(timeout=60)
        (worker,) = _workers(server)
        assert await _killed(document, worker) is ElaborationStatus.CRASHED
        assert (await document.elaborate(GOOD, timeout=60)).complete
        assert server.pid is not None
        assert await _killed(document, psutil.Process(server.pid)) is ElaborationStatus.CRASHED
        assert (await document.elaborate(GOOD, timeout=60)).complete
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


async def test_a_worker_that_outgrows_its_limit_is_ended(toolchain: Toolchain) -> None:
    async with LeanServer.running(toolchain, MachineLimits(2, GIB // 5)) as server:
        document = await server.open(PATH, ENDLESS)
        result = await document.elaborate(timeout=60)
        assert result.status is ElaborationStatus.CRASHED
        assert server.killed_for_memory > 0


async def test_a_server_that_does_not_stay_up_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "lean"
    script.write_text("#!/bin/sh\necho 'no luck today' >&2\nexit 3\n")
    script.chmod(0o755)
    with pytest.raises(QedError, match="no luck today") as caught:
        await LeanServer.start(Toolchain(ToolchainKind.LEAN, tmp_path, str(script)))
    assert caught.value.exit_code is ExitCode.LEAN_FAILED


async def test_a_server_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QedError) as caught:
        await LeanServer.start(Toolchain(ToolchainKind.LEAN, tmp_path, str(tmp_path / "nothing")))
    assert caught.value.exit_code is ExitCode.TOOLCHAIN_NOT_FOUND
