"""Documents that are served, one after the other, by the same Lean worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.lean.embedded.client import Client, edit
from tools.lean.embedded.install import Installation

pytestmark = pytest.mark.lean

GOOD = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  exact ⟨h.2, h.1⟩\n"


@pytest.fixture
def client(installation: Installation) -> Iterator[Client]:
    with Client(installation, reuse_workers=True) as client:
        client.handshake()
        yield client


def close(client: Client, uri: str) -> None:
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.received.clear()


def test_the_next_document_gets_the_worker_and_nothing_of_the_one_before(client: Client, tmp_path: Path) -> None:
    first, second, third = ((tmp_path / name).as_uri() for name in ("A.lean", "B é.lean", "C.lean"))
    client.open(first, GOOD + f'#eval "{second}"\n', version=7)
    client.diagnostics(first, 7)
    (worker,) = client.workers()
    close(client, first)
    # Versions start afresh; a name of the first document is unknown, and its address means nothing.
    client.open(second, f'-- a comment\n#check swap\n#eval "{first}"\n{GOOD}', version=3)
    messages = [(item["severity"], item["message"]) for item in client.diagnostics(second, 3)]
    assert [severity for severity, _ in messages] == [1, 3]
    assert "swap" in messages[0][1]
    assert messages[1][1] == f'"{first}"'
    assert client.goals(second, 4, 2) == ["p q : Prop\nh : p ∧ q\n⊢ q ∧ p"]
    client.change(second, 4, edit(4, 2, 7, "exac"))
    assert client.errors(second, 4)
    client.change(second, 5, {"text": GOOD})
    assert client.errors(second, 5) == []
    assert [each.pid for each in client.workers()] == [worker.pid]
    # The server itself has taken back the messages of the first document; that names no version.
    named = [message["params"] for message in client.received if "version" in (message.get("params") or {})]
    assert {params["uri"] for params in named} == {second}
    assert {params["version"] for params in named} == {3, 4, 5}
    close(client, second)
    client.open(third, GOOD)
    assert client.errors(third, 1) == []
    position = {"line": 1, "character": 9}
    where = client.call("textDocument/documentHighlight", {"textDocument": {"uri": third}, "position": position})
    assert isinstance(where, list)
    assert [each.pid for each in client.workers()] == [worker.pid]


def test_other_imports_get_another_worker(client: Client, tmp_path: Path) -> None:
    first, second = ((tmp_path / name).as_uri() for name in ("A.lean", "B.lean"))
    client.open(first, GOOD)
    client.diagnostics(first, 1)
    (worker,) = client.workers()
    close(client, first)
    client.open(second, "import Init.Data.List\n" + GOOD)
    assert client.errors(second, 1) == []
    pids = {each.pid for each in client.workers()}
    assert len(pids - {worker.pid}) == 1
    # The first one rests, and takes what suits it.
    client.open(first, GOOD)
    assert client.errors(first, 1) == []
    assert {each.pid for each in client.workers()} == pids


def test_a_changed_header_in_a_reused_worker_gets_a_new_one(client: Client, tmp_path: Path) -> None:
    first, second = ((tmp_path / name).as_uri() for name in ("A.lean", "B.lean"))
    client.open(first, GOOD, version=9)
    client.diagnostics(first, 9)
    close(client, first)
    client.open(second, GOOD)
    assert client.errors(second, 1) == []
    client.change(second, 2, {"text": "import Std\n#check Std.HashMap\n"})
    assert client.errors(second, 2) == []
    client.change(second, 3, {"text": "import Std\n#check Std.Nothing\n"})
    assert client.errors(second, 3)


def test_completions_name_the_document_that_is_open(client: Client, tmp_path: Path) -> None:
    first, second = ((tmp_path / name).as_uri() for name in ("A.lean", "B.lean"))
    client.open(first, GOOD)
    client.diagnostics(first, 1)
    close(client, first)
    client.open(second, "example : Nat := Nat.su\n")
    position = {"line": 0, "character": 23}
    items = client.call("textDocument/completion", {"textDocument": {"uri": second}, "position": position})["items"]
    chosen = next(item for item in items if item["label"] == "succ")
    assert first not in str(chosen)
    assert "Nat" in client.call("completionItem/resolve", chosen)["detail"]


def test_a_resting_worker_that_dies_is_not_used(client: Client, tmp_path: Path) -> None:
    first, second = ((tmp_path / name).as_uri() for name in ("A.lean", "B.lean"))
    client.open(first, GOOD)
    client.diagnostics(first, 1)
    (worker,) = client.workers()
    close(client, first)
    worker.kill()
    worker.wait(10)
    client.open(second, GOOD)
    assert client.errors(second, 1) == []
    assert [each.pid for each in client.workers()] != [worker.pid]


def test_without_being_asked_for_each_document_has_a_fresh_process(installation: Installation, tmp_path: Path) -> None:
    first, second = ((tmp_path / name).as_uri() for name in ("A.lean", "B.lean"))
    with Client(installation) as client:
        client.handshake()
        client.open(first, GOOD)
        client.diagnostics(first, 1)
        (worker,) = client.workers()
        close(client, first)
        client.open(second, GOOD)
        assert client.errors(second, 1) == []
        assert [each.pid for each in client.workers()] != [worker.pid]
