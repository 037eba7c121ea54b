"""`qed ask` end to end: a process of its own, the scripted server, the real Lean, and the file on disk."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.agent.command import REPOSITORY, Outcome, qed, qed_anew, start
from tests.openai_server import HANG, Answer, Call, OpenAIServer, Refusal

HOLE = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n"
CONFIG = """[model]
name = "scripted"

[models.scripted]
model = "hosted_vllm/test"
base_url = "{url}"
tool_calling = "native"
retries = 1
"""
PROOF = "exact ⟨h.2, h.1⟩"


EXAMPLE = REPOSITORY / "lean" / "examples" / "Logic.lean"


@pytest.fixture
def project(tmp_path: Path, openai_server: OpenAIServer) -> Path:
    """A folder with a hole, and settings that name the scripted server."""
    (tmp_path / "A.lean").write_text(HOLE)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(CONFIG.format(url=openai_server.url))
    return tmp_path


def _proving() -> tuple[Answer, ...]:
    """A model that looks, tries three tactics of which one works, and writes that."""
    hole = {"file": "Logic.lean", "declaration": "and_swapped"}
    return (
        Answer("Let me look.", calls=(Call("goals", {"file": "Logic.lean", "line": 9}),)),
        Answer(calls=(Call("try_tactics", {**hole, "tactics": ["rfl", PROOF, "omega"]}),)),
        Answer(calls=(Call("write_proof", {**hole, "proof": PROOF}),)),
        Answer("`and_swapped` is proved: the two halves change places."),
    )


def _results(server: OpenAIServer, request: int) -> list[str]:
    return [message["content"] for message in server.requests[request]["messages"] if message["role"] == "tool"]


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
@pytest.mark.parametrize("form", ["text", "json", "stream-json"])
def test_a_hole_is_proved(project: Path, openai_server: OpenAIServer, form: str) -> None:
    openai_server.will(*_proving())
    text = EXAMPLE.read_text()
    file = project / EXAMPLE.name
    file.write_text(text)
    done = qed(project, "ask", "prove and_swapped in Logic.lean, and explain it", "--yes", "--output-format", form)
    assert done.code == 0, done.err
    assert file.read_text() == text.replace("sorry", PROOF, 1)
    goal, tried, written = _results(openai_server, 3)
    assert "⊢ q ∧ p" in goal
    assert "closes" in tried and "error" in tried
    assert "accepted" in written
    _check_output(form, done)
    receipts = (project / "state" / "receipts.jsonl").read_text().splitlines()
    assert [json.loads(line)["declaration"] for line in receipts] == ["and_swapped"]
    assert qed(project, "undo").code == 0
    assert file.read_text() == text


def _check_output(form: str, done: Outcome) -> None:
    if form == "text":
        assert "the two halves change places" in done.out
        assert "proved (Lean accepted it): and_swapped in" in done.out
        assert "try_tactics" in done.err and "try_tactics" not in done.out
    elif form == "json":
        report = json.loads(done.out)
        assert report["reason"] == "done" and report["error"] is None
        assert [call["tool"] for call in report["tools"]] == ["goals", "try_tactics", "write_proof"]
        assert report["files"][0]["proved"] == ["and_swapped"]
    else:
        events: list[dict[str, Any]] = [json.loads(line) for line in done.out.splitlines()]
        kinds = [event["type"] for event in events]
        assert kinds[0] == "turn_started" and kinds[-1] == "turn_finished"
        assert {"diff_proposed", "permission_answered", "proof_accepted", "usage"} <= set(kinds)


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_a_model_without_tool_calling_proves_it_too(project: Path, openai_server: OpenAIServer) -> None:
    settings = CONFIG.format(url=openai_server.url).replace('"native"', '"text"')
    (project / "config" / "config.toml").write_text(settings)
    write = json.dumps({"name": "write_proof", "arguments": {"file": "A.lean", "declaration": "swap", "proof": PROOF}})
    openai_server.will(Answer(f"I write it.\n```tool\n{write}\n```\n"), Answer("`swap` is proved."))
    done = qed(project, "ask", "prove swap", "--yes")
    assert done.code == 0, done.err
    assert (project / "A.lean").read_text() == HOLE.replace("sorry", PROOF)
    assert "```tool" not in done.out
    first, second = openai_server.requests
    assert "tools" not in first and "write_proof" in first["messages"][0]["content"]
    assert "accepted" in second["messages"][-1]["content"]


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_a_false_claim_is_corrected_and_the_truth_is_told(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(
        Answer(calls=(Call("write_proof", {"file": "A.lean", "declaration": "swap", "proof": "exact h"}),)),
        Answer("Done: swap is proved."),
        Answer("It is proved, I am sure."),
        Answer("Yes, proved."),
    )
    done = qed(project, "ask", "prove swap", "--yes")
    assert done.code == 1
    assert "not proved: swap in" in done.out
    assert "Lean does not agree" in openai_server.requests[2]["messages"][-1]["content"]
    assert len(openai_server.requests) == 4
    assert (project / "A.lean").read_text() == HOLE


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_a_change_of_a_statement_is_refused(project: Path, openai_server: OpenAIServer) -> None:
    edit = {"file": "A.lean", "old": ": q ∧ p := by", "new": ": p ∧ q := by"}
    openai_server.will(Answer(calls=(Call("edit_file", edit),)), Answer("The change was refused."))
    done = qed(project, "ask", "make it easier", "--yes")
    assert done.code == 61
    assert "the statement of swap would change" in done.err and "nobody to ask" in done.err
    assert (project / "A.lean").read_text() == HOLE


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
@pytest.mark.parametrize("arguments", [(), ("--mode", "read-only", "--yes")])
def test_without_leave_nothing_is_written(
    project: Path, openai_server: OpenAIServer, arguments: tuple[str, ...]
) -> None:
    write = Call("write_proof", {"file": "A.lean", "declaration": "swap", "proof": PROOF})
    openai_server.will(Answer(calls=(write,)), Answer("It was refused."))
    done = qed(project, "ask", "prove swap", *arguments)
    assert done.code == 61
    assert ("--yes allows" in done.err) is (arguments == ())
    assert (project / "A.lean").read_text() == HOLE


def test_a_session_is_gone_on_with(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("Hello."), Answer("You said hi."), Answer("Still here."))
    assert qed(project, "ask", "hi").code == 0
    assert qed(project, "ask", "what did I say?", "--continue").code == 0
    contents = [message["content"] for message in openai_server.requests[1]["messages"]]
    assert contents[1:] == ["hi", "Hello.", "what did I say?"]
    listed = qed_anew(project, "sessions").out
    assert "messages: 4 " in listed and listed.rstrip().endswith("hi")
    name = listed.split()[0]
    assert qed(project, "ask", "and now?", "--resume", name).out.startswith("Still here.")
    exported = qed(project, "sessions", "export", name).out
    assert "You said hi." in exported and exported.startswith("# hi")
    assert len(json.loads(qed(project, "sessions", "export", name, "--format", "json").out)["messages"]) == 6


def test_a_prompt_from_standard_input(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(Answer("Read."))
    done = qed(project, "ask", "-", stdin="a long\nquestion ∀\n")
    assert done.code == 0 and done.out == "Read.\n"
    assert openai_server.requests[0]["messages"][-1]["content"] == "a long\nquestion ∀\n"


@pytest.mark.parametrize(
    ("replies", "arguments", "code", "words"),
    [
        ((Refusal(404, "no model"),), (), 60, ("scripted",)),
        ((Refusal(401, "bad key"),), (), 60, ("hint",)),
        ((Answer(calls=(Call("read_file", {"file": "A.lean"}),)),) * 3, ("--max-turns", "2"), 3, ("max turns",)),
        ((HANG,), ("--max-seconds", "2"), 3, ("max seconds",)),
    ],
)
def test_faults(
    project: Path,
    openai_server: OpenAIServer,
    replies: tuple[Any, ...],
    arguments: tuple[str, ...],
    code: int,
    words: tuple[str, ...],
) -> None:
    openai_server.will(*replies)
    done = qed(project, "ask", "hello", *arguments)
    assert done.code == code, done.err
    assert all(word in done.err for word in words) and "Traceback" not in done.err


def test_a_server_that_is_not_there(project: Path) -> None:
    (project / "config" / "config.toml").write_text(CONFIG.format(url="http://127.0.0.1:9/v1"))
    done = qed(project, "ask", "hello")
    assert done.code == 60 and "127.0.0.1:9" in done.err and "Traceback" not in done.err


def test_no_key(project: Path) -> None:
    variables = {"OPENROUTER_API_KEY": ""}
    done = qed(project, "ask", "hello", "--model", "openrouter/some/model", variables=variables)
    assert done.code == 60
    assert "OPENROUTER_API_KEY" in done.err and "qed prove" in done.err


def test_no_model(tmp_path: Path) -> None:
    done = qed(tmp_path, "ask", "hello")
    assert done.code == 50 and "--model" in done.err and "qed prove" in done.err


@pytest.mark.parametrize(
    "arguments", [["ask"], ["ask", "  "], ["ask", "x", "--resume", "no-such"], ["ask", "x", "--continue"]]
)
def test_wrong_usage(project: Path, arguments: list[str]) -> None:
    done = qed(project, *arguments)
    assert done.code == 2 and "Traceback" not in done.err


def test_an_interrupt_keeps_the_session(project: Path, openai_server: OpenAIServer) -> None:
    openai_server.will(HANG, Answer("Here I am."))
    with start(project, "ask", "are you there?") as run:
        end = time.monotonic() + 60
        while not openai_server.requests:
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(run.pid, signal.SIGINT)
        assert run.wait(20) == 130
        assert run.stderr is not None and "Traceback" not in run.stderr.read()
    assert qed(project, "ask", "and now?", "--continue").out.startswith("Here I am.")
