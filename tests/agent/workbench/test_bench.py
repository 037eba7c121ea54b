"""The workbench: what it does without a model and without Lean, and what it tells."""

import asyncio
import json
from pathlib import Path

import pytest

from agent.config.schema import Config
from agent.conversation.events import ErrorHappened, Event, ToolFinished, ToolStarted, TurnFinished, TurnStarted
from agent.conversation.limits import TurnLimits
from agent.conversation.permissions import Mode
from agent.conversation.session import Session
from agent.wishes import Wishes
from agent.workbench.bench import Workbench
from agent.workbench.lean_news import LeanNews
from agent.workbench.places import Place
from tests.agent.tui.opened import HOLES
from tools.errors import QedError
from tools.lean.machine import lease_workers


def _bench(root: Path, toolchain: str = "/no/such/lean") -> Workbench:
    config = Config.model_validate({"lean": {"toolchain": toolchain}})
    return Workbench(Wishes(root, config, Session.create(root), TurnLimits(), Mode.ASK))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text(HOLES)
    return root.resolve()


async def test_a_lean_that_is_not_there_is_told(project: Path) -> None:
    bench = _bench(project)
    news: list[LeanNews] = []
    await bench.warm_up(news.append)
    assert [each.state for each in news] == ["starting", "failed"]
    assert "/no/such/lean" in news[-1].text
    assert news[-1].hint
    await bench.close()


async def test_without_a_model_a_message_is_a_turn_that_failed(project: Path) -> None:
    bench = _bench(project)
    events = [event async for event in bench.say("Hello")]
    assert [type(event) for event in events] == [TurnStarted, ErrorHappened, TurnFinished]
    assert not bench.session.said
    await bench.close()


async def test_nothing_is_under_way_to_be_cancelled(project: Path) -> None:
    bench = _bench(project)
    assert not bench.cancel_turn()
    assert not bench.cancel_calls()
    assert bench.context_tokens == (0, 0)
    assert bench.allowed == ()
    await bench.close()


async def test_what_was_done_by_hand_is_in_the_session_at_the_end(project: Path) -> None:
    bench = _bench(project)
    events: list[Event] = [event async for event in bench.shell("echo hello")]
    assert isinstance(events[0], ToolStarted)
    assert not bench.session.said
    name = bench.session.file
    await bench.close()
    session = Session.load(name)
    assert "[qed] The person called shell" in session.said[0].content
    assert "hello" in session.said[0].content
    assert [type(event) for event in session.events] == [ToolStarted, ToolFinished]


async def test_another_session_is_taken_up(project: Path) -> None:
    bench = _bench(project)
    first, second = bench.session, Session.create(project)
    [_ async for _ in bench.shell("echo first")]
    bench.take_up(second)
    [_ async for _ in bench.shell("echo second")]
    await bench.close()
    assert "echo first" in Session.load(first.file).said[0].content
    assert "echo second" in Session.load(second.file).said[0].content
    Session.resume(first.id).close()  # nobody holds it any more


async def test_the_mode_counts_before_and_after_loading(project: Path) -> None:
    bench = _bench(project)
    bench.mode = Mode.READ_ONLY
    [_ async for _ in bench.shell("true")]
    assert bench.mode is Mode.READ_ONLY
    bench.mode = Mode.ACCEPT_PROOFS
    assert bench.mode is Mode.ACCEPT_PROOFS
    await bench.close()


async def test_undo_without_a_write(project: Path) -> None:
    bench = _bench(project)
    with pytest.raises(QedError, match="nothing to undo"):
        await bench.undo()
    assert await bench.written() == ""
    await bench.close()


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
async def test_with_lean_a_hole_is_proved_by_hand(project: Path) -> None:
    bench = _bench(project, "embedded")
    bench.mode = Mode.ACCEPT_PROOFS
    news: list[LeanNews] = []
    place = Place(project / "A.lean", "A.lean", "twice", 1)
    try:
        await bench.warm_up(news.append)
        assert [each.state for each in news][-1] == "ready"
        assert await bench.goals(place) == ("n : Nat\n⊢ n + n = 2 * n",)
        events = [event async for event in bench.prove(place, 30)]
        finished = [event for event in events if isinstance(event, ToolFinished)]
        assert [(event.tool, event.verdict) for event in finished] == [("search_proof", "ok"), ("write_proof", "ok")]
        assert (project / "A.lean").read_text().count("sorry") == 1
        assert "-  sorry" in await bench.written()
        undone = await bench.undo()
        assert undone.declarations == ("twice",)
        assert (project / "A.lean").read_text() == HOLES
    finally:
        await bench.close()
    kept = Session.load(bench.session.file)
    assert [json.loads(event.model_dump_json())["type"] for event in kept.events][-1] == "write_undone"
    assert "took back" in kept.said[-1].content


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
async def test_waiting_for_other_runs_of_qed_is_told(project: Path) -> None:
    bench = _bench(project, "embedded")
    news: list[LeanNews] = []
    limits = bench.wishes.config.lean.limits()
    try:
        async with lease_workers(limits.max_workers, limits):
            waiting = asyncio.create_task(bench.warm_up(news.append))
            while not any("waiting" in each.text for each in news):
                await asyncio.sleep(0.01)
        await waiting
        assert news[-1].state == "ready"
    finally:
        await bench.close()
