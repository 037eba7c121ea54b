"""The server face of the embedded Lean, on the real Lean, frame by frame."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.tools.lean.embedded.client import Client, assert_all_gone, edit
from tools.lean.embedded.install import Installation

pytestmark = pytest.mark.lean

TEXT = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  exact ⟨h.2, h.1⟩\n"
ENDLESS = "partial def spin (n : Nat) : Nat := spin (n % 7 + 1)\n#eval spin 0\n"


def spin(client: Client, uri: str) -> None:
    """Open a document that Lean never finishes, and wait until it is at it."""
    client.open(uri, ENDLESS)
    while True:
        message = client.next()
        if message.get("method") == "$/lean/fileProgress":
            processing = message["params"]["processing"]
            if processing and processing[0]["range"]["start"]["line"] == 1:
                break
    time.sleep(0.3)


@pytest.fixture
def client(installation: Installation) -> Iterator[Client]:
    with Client(installation) as client:
        client.handshake()
        yield client


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return (tmp_path / "Scratch.lean").as_uri()


def test_answers_the_handshake_as_lean_does(installation: Installation) -> None:
    with Client(installation) as client:
        early = client.answer(client.ask("$/lean/plainGoal", {}))
        result = client.handshake()
        unknown = client.answer(client.ask("workspace/symbol", {"query": "Nat"}))
        closed = client.answer(client.ask("textDocument/hover", {"textDocument": {"uri": "file:///none.lean"}}))
    assert early["error"]["code"] == -32002
    assert result["serverInfo"]["name"] == "Lean 4 Server"
    assert result["capabilities"]["textDocumentSync"]["change"] == 2
    assert "workspaceSymbolProvider" not in result["capabilities"]
    assert unknown["error"]["code"] == -32601
    assert closed["error"]["code"] == -32801


def test_serves_a_document_and_its_requests(client: Client, uri: str) -> None:
    client.open(uri, TEXT)
    assert client.diagnostics(uri, 1) == []
    assert client.goals(uri, 1, 2) == ["p q : Prop\nh : p ∧ q\n⊢ q ∧ p"]
    # The name in the middle of a message is the user's, whatever it looks like.
    client.change(uri, 2, {"text": '#eval "/host/tmp"\n#check (rfl : 1 = 2)\n'})
    messages = client.diagnostics(uri, 2)
    assert any(item["message"] == '"/host/tmp"' for item in messages)
    assert any(item["severity"] == 1 for item in messages)
    documents = {m["params"]["uri"] for m in client.received if "uri" in (m.get("params") or {})}
    assert documents == {uri}
    # What the native watchdog keeps to itself does not reach the client.
    assert not [m for m in client.received if m.get("method", "").startswith("$/lean/ilean")]


def test_completions_are_resolved_by_their_document(client: Client, uri: str) -> None:
    client.open(uri, "example : Nat := Nat.su\n")
    position = {"line": 0, "character": 23}
    items = client.call("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})["items"]
    chosen = next(item for item in items if item["label"] == "succ")
    assert "Nat" in client.call("completionItem/resolve", chosen)["detail"]


def test_two_documents_at_once_do_not_mix(client: Client, tmp_path: Path) -> None:
    first, second = (tmp_path / "First.lean").as_uri(), "untitled:Second"
    client.open(first, "theorem one : 1 = 2 := by\n  rfl\n")
    client.open(second, TEXT)
    answers = {
        uri: client.ask("textDocument/waitForDiagnostics", {"uri": uri, "version": 1}) for uri in (first, second)
    }
    for request in answers.values():
        assert client.answer(request)["result"] == {}
    assert client.errors(first, 1)
    assert client.errors(second, 1) == []
    workers = client.workers()
    assert len(workers) == 2
    client.notify("textDocument/didClose", {"textDocument": {"uri": first}})
    gone, _ = psutil.wait_procs(workers, timeout=2)
    assert len(gone) == 1
    assert client.goals(second, 1, 2)


def test_incremental_changes_count_in_utf16(client: Client, uri: str) -> None:
    client.open(uri, "theorem t (𝕜 𝓝 : Nat) : 𝕜 + 𝓝 = 𝓝 + 𝕜 := by\n  skip\n  skip\n")
    # Each letter is two units: "  exact Nat.add_comm 𝕜 𝓝" is made in three steps, some inside the astral text.
    client.change(uri, 2, edit(1, 2, 6, "exact Nat.add_comm 𝕜 𝕜"))
    assert client.errors(uri, 2)
    client.change(uri, 3, edit(1, 24, 26, "𝓝"))
    client.change(uri, 4, edit(1, 26, 26, " -- 𝕜"), {**edit(2, 0, 6, "")})
    assert client.errors(uri, 4) == []
    # A changed header makes a new worker, which gets the text that the server has kept: it must be the same.
    client.change(uri, 5, edit(0, 0, 0, "import Init.Data.List\n"))
    assert client.errors(uri, 5) == []
    assert client.goals(uri, 2, 2) == ["𝕜 𝓝 : Nat\n⊢ 𝕜 + 𝓝 = 𝓝 + 𝕜"]


def test_a_changed_header_gets_a_new_worker(client: Client, uri: str) -> None:
    client.open(uri, "#check Std.HashMap\n")
    assert client.errors(uri, 1)
    (old,) = client.workers()
    client.change(uri, 2, {"text": "import Std\n#check Std.HashMap\n"})
    # The question is put to the old worker, and answered by the new one.
    assert client.errors(uri, 2) == []
    (new,) = client.workers()
    assert new.pid != old.pid
    client.change(uri, 3, {"text": "import Nowhere\n#check Std.HashMap\n"})
    assert any("Nowhere" in message for message in client.errors(uri, 3))


def test_a_killed_worker_is_reported_and_replaced_at_the_next_change(client: Client, uri: str) -> None:
    spin(client, uri)
    pending = client.ask("textDocument/waitForDiagnostics", {"uri": uri, "version": 1})
    (worker,) = client.workers()
    worker.kill()
    assert client.answer(pending, patience=10)["error"]["code"] == -32902
    while (message := client.next(10)).get("method") != "$/lean/fileProgress":
        pass
    assert message["params"]["processing"][0]["kind"] == 2
    late = client.answer(client.ask("textDocument/waitForDiagnostics", {"uri": uri, "version": 1}), patience=10)
    assert late["error"]["code"] == -32902
    client.change(uri, 2, {"text": TEXT})
    assert client.errors(uri, 2) == []


def test_a_stack_overflow_ends_the_worker_instead_of_hanging_it(client: Client, uri: str) -> None:
    depth = 60_000
    client.open(uri, f"set_option maxRecDepth 1000000\nexample : Nat := {'(' * depth}1{')' * depth}\n")
    response = client.answer(client.ask("textDocument/waitForDiagnostics", {"uri": uri, "version": 1}))
    # Lean's own guard may report it, or the process dies; both are answers.
    if "error" in response:
        assert response["error"]["code"] in (-32901, -32902)
    else:
        assert client.errors(uri, 1)


def test_shutdown_and_exit_are_prompt_whatever_lean_is_doing(client: Client, uri: str) -> None:
    spin(client, uri)
    workers = client.workers()
    assert len(workers) == 1
    assert client.call("shutdown", None) is None
    client.notify("exit", None)
    assert client.process.wait(5) == 0
    assert_all_gone(workers, within=5)


@pytest.mark.parametrize("end", ["eof", "exit", "SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
def test_every_end_takes_the_workers_along(client: Client, uri: str, end: str) -> None:
    spin(client, uri)
    workers = client.workers()
    assert len(workers) == 1
    if end == "eof":
        assert client.process.stdin is not None
        client.process.stdin.close()
        expected = 1
    elif end == "exit":
        client.notify("exit", None)
        expected = 1
    elif end == "SIGKILL":
        client.process.kill()
        expected = -signal.SIGKILL
    else:
        client.process.send_signal(getattr(signal, end))
        expected = 128 + getattr(signal, end)
    assert client.process.wait(5) == expected
    assert_all_gone(workers, within=5)


def test_messages_may_come_in_pieces_and_many_at_once(client: Client, uri: str) -> None:
    client.open(uri, TEXT)
    client.diagnostics(uri, 1)
    position = {"line": 1, "character": 2}
    request = {"jsonrpc": "2.0", "id": "ä", "method": "$/lean/plainGoal"}
    request |= {"params": {"textDocument": {"uri": uri}, "position": position}}
    data = json.dumps(request, ensure_ascii=False).encode()
    data = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(data) + data
    for start in range(0, len(data), 40):
        client.write(data[start : start + 40])
        time.sleep(0.002)
    assert client.answer("ä")["result"]["goals"]
    client.write(b"Content-Length: 3\r\n\r\n{,}")
    assert client.next()["error"]["code"] == -32700


def test_requests_of_two_workers_do_not_collide(client: Client, tmp_path: Path) -> None:
    uris = [(tmp_path / name).as_uri() for name in ("A.lean", "B.lean")]
    for uri in uris:
        client.open(uri, TEXT)
    for version in (2, 3):
        for uri in uris:
            client.change(uri, version, {"text": f"-- {version}\n{TEXT}"})
            client.diagnostics(uri, version)
    time.sleep(2.5)  # Lean asks for a refresh two seconds after a change at the earliest
    client.answer(client.ask("workspace/symbol", {}))
    asked = [m for m in client.received if "id" in m and "method" in m]
    assert {m["method"] for m in asked} <= {"workspace/inlayHint/refresh", "workspace/semanticTokens/refresh"}
    assert len(asked) >= 2
    assert len({m["id"] for m in asked}) == len(asked)
    assert all("params" in m for m in asked)
    for message in asked:
        client.send({"id": message["id"], "result": None})
    assert client.goals(uris[0], 2, 2)


def test_options_reach_the_workers(installation: Installation, uri: str) -> None:
    with Client(installation, ["-Dserver.reportDelayMs=0", "-Dpp.unicode.fun=true"]) as client:
        client.handshake()
        client.open(uri, "#check fun (n : Nat) => n\n")
        (message,) = client.diagnostics(uri, 1)
    assert message["message"].startswith("fun n ↦ n")


def test_workers_are_children_of_the_server(client: Client, uri: str) -> None:
    client.open(uri, TEXT)
    client.diagnostics(uri, 1)
    (worker,) = client.workers()
    assert worker.pid != os.getpid()
    total = sum(p.memory_info().rss for p in [psutil.Process(client.process.pid), worker])
    assert total < 1.25 * 2**30
