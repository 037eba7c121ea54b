"""Sessions on disk: nothing is lost that was said, whatever happens to the process or to the file."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.conversation.events import (
    DiffProposed,
    ErrorHappened,
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    PermissionAnswered,
    PermissionAsked,
    ProofAccepted,
    ReasoningDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnEnd,
    TurnFinished,
    TurnStarted,
    WriteUndone,
)
from agent.conversation.session import SESSIONS, Session, list_sessions
from agent.llm.chat import Message, ToolCall, Usage
from tests.agent.command import environment
from tools.errors import ExitCode, QedError

CALL = ToolCall(id="call_0", name="goals", arguments='{"path": "𝕜.lean"}')


def _filled(root: Path) -> Session:
    session = Session.create(root)
    session.say(Message(role="user", content="prove the second lemma\nof Basic.lean, please"))
    session.say(Message(role="assistant", content="Let me look.", reasoning="hm", tool_calls=(CALL,)))
    session.say(Message(role="tool", content="⊢ p ∧ q", tool_call_id="call_0"))
    session.spend(Usage(prompt_tokens=10, completion_tokens=5, cost=0.5), "openai/test")
    session.spend(Usage(prompt_tokens=20, completion_tokens=5, cached_tokens=8), "openai/test")
    session.close()
    return session


def test_what_was_said_comes_back(tmp_path: Path) -> None:
    session = _filled(tmp_path)
    again = Session.resume(session.id)
    assert again.history == again.said == session.history
    assert again.usage == Usage(prompt_tokens=30, completion_tokens=10, cached_tokens=8, cost=0.5)
    assert (again.model, again.title) == ("openai/test", "prove the second lemma of Basic.lean, please")
    assert again.header.root == tmp_path.resolve()
    again.close()


def test_a_compaction_replaces_what_is_sent_and_keeps_what_was_said(tmp_path: Path) -> None:
    session = _filled(tmp_path)
    session.compact([Message(role="user", content="in short")])
    session.say(Message(role="assistant", content="go on"))
    again = Session.load(session.file)
    assert [message.content for message in again.history] == ["in short", "go on"]
    assert len(again.said) == 4


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_file_cut_in_the_middle_loses_only_the_last_line(tmp_path: Path, cut: int) -> None:
    session = _filled(tmp_path)
    whole = session.file.read_bytes()
    session.file.write_bytes(whole[:-cut])
    again = Session.resume(session.id)
    assert len(again.said) == 3
    again.say(Message(role="assistant", content="more"))
    again.close()
    assert Session.load(session.file).said[-1].content == "more"
    assert all(json.loads(line) for line in session.file.read_bytes().splitlines()[-1:])


def test_nothing_is_written_before_something_is_said(tmp_path: Path) -> None:
    session = Session.create(tmp_path)
    session.close()
    assert not session.file.exists()
    assert list_sessions() == []


def test_sessions_are_listed_by_folder_the_last_first(tmp_path: Path) -> None:
    names = [_filled(tmp_path / name).id for name in ("a", "b", "a")]
    (SESSIONS.file("broken")).write_text("{")
    assert {session.id for session in list_sessions()} == set(names)
    assert {session.id for session in list_sessions(tmp_path / "a")} == {names[0], names[2]}


def test_a_session_is_found_by_the_beginning_of_its_name(tmp_path: Path) -> None:
    session = _filled(tmp_path)
    found = Session.resume(session.id[:-1])
    assert found.id == session.id
    found.close()
    with pytest.raises(QedError, match="no session nothing"):
        Session.resume("nothing")


def test_two_processes_do_not_go_on_with_the_same_session(tmp_path: Path) -> None:
    session = Session.create(tmp_path)
    session.say(Message(role="user", content="hello"))
    with pytest.raises(QedError) as caught:
        Session.resume(session.id)
    assert caught.value.exit_code is ExitCode.BUSY
    session.close()
    Session.resume(session.id).close()


def test_a_killed_process_loses_at_most_the_line_it_was_writing(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom agent.conversation.session import Session\n"
        "from agent.llm.chat import Message\nsession = Session.create(Path.cwd())\n"
        "for number in range(10**6):\n"
        "    session.say(Message(role='user', content=str(number) + 'x' * 5000))\n"
        "    print(number, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        seen = -1
        for line in writer.stdout:
            seen = int(line)
            if seen == 30:
                os.kill(writer.pid, signal.SIGKILL)
                break
    (file,) = (tmp_path / "state" / "sessions").glob("*.jsonl")
    said = Session.load(file).said
    assert len(said) >= seen + 1
    assert [message.content.rstrip("x") for message in said] == [str(number) for number in range(len(said))]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("QED_STATE_DIR", str(tmp_path / "file"))
    with pytest.raises(QedError, match="cannot write the session") as caught:
        Session.create(tmp_path)
    assert "QED_STATE_DIR" in caught.value.hint


def test_what_was_seen_is_kept_but_for_pieces_and_questions(tmp_path: Path) -> None:
    session = Session.create(tmp_path)
    seen: list[Event] = []
    emit = session.recording(seen.append)
    kept = [
        TurnStarted(session=session.id, model="m", prompt="Hi"),
        MessageFinished(text="Hello", reasoning="Hm"),
        Notice(kind="retry", text="again"),
        ToolStarted(call="1", tool="goals", arguments={"file": "A.lean"}, by="person"),
        ToolFinished(call="1", tool="goals", verdict="ok", text="⊢ True", data={"path": "/A.lean"}, seconds=0.5),
        DiffProposed(call="2", permission="edit", path=tmp_path / "A.lean", summary="s", diff="d"),
        PermissionAnswered(call="2", allowed=False, by="person", reason="no"),
        ProofAccepted(path=tmp_path / "A.lean", declaration="t", proof="rfl", axioms=("propext",)),
        WriteUndone(path=tmp_path / "A.lean", declarations=("t",), diff="d"),
        ErrorHappened(code="c", message="m", exit_code=1),
        TurnFinished(reason=TurnEnd.DONE, text="Hello", usage=Usage(), seconds=1.0),
    ]
    passing = [
        MessageDelta(text="Hel"),
        ReasoningDelta(text="H"),
        ToolProgress(call="1", text="…"),
        PermissionAsked(call="2", permission="edit"),
    ]
    for event in (*passing, *kept, *passing):
        emit(event)
    session.close()
    assert seen == [*passing, *kept, *passing]
    assert Session.load(session.file).events == kept
    assert Session.load(session.file, events=False).events == []


def test_an_event_that_cannot_be_kept_is_seen_all_the_same(tmp_path: Path) -> None:
    session = Session.create(tmp_path)
    session.file.mkdir(parents=True)  # nothing can be written there
    seen: list[Event] = []
    session.recording(seen.append)(Notice(kind="retry", text="again"))
    assert len(seen) == 1
