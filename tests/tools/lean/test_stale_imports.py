"""A document whose imports are stale says so.

The embedded Lean has no imports that could become stale, and no native Lean is at hand: a script stands for the
server here and says what Lean's own (`Lean/Server/FileWorker.lean`) says in that case.
"""

import sys
from pathlib import Path

import pytest

from tools.lean.acceptance.observation import Observer, Question
from tools.lean.acceptance.probe import NoAnswerError
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, ToolchainKind

TEXT = "theorem t : True := trivial\n"
SERVER = f"""#!{sys.executable}
import json, sys

def send(message):
    body = json.dumps({{"jsonrpc": "2.0", **message}}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()

STALE = {{
    "range": {{"start": {{"line": 0, "character": 0}}, "end": {{"line": 0, "character": 0}}}},
    "severity": 1,
    "message": "Imports are out of date and must be rebuilt; use the 'Restart File' command in your editor.",
}}
while True:
    length = 0
    while (line := sys.stdin.buffer.readline().strip()):
        length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
    if not length:
        break
    message = json.loads(sys.stdin.buffer.read(length))
    if message["method"] == "textDocument/didOpen":
        document = message["params"]["textDocument"]
        params = {{"uri": document["uri"], "version": document["version"], "diagnostics": [STALE]}}
        send({{"method": "textDocument/publishDiagnostics", "params": params}})
    elif message["method"] == "exit":
        break
    elif "id" in message:
        send({{"id": message["id"], "result": {{"capabilities": {{}}}}}})
"""


@pytest.fixture
def stale(tmp_path: Path) -> Toolchain:
    script = tmp_path / "lean"
    script.write_text(SERVER)
    script.chmod(0o755)
    return Toolchain(ToolchainKind.LEAN, tmp_path, str(script))


async def test_stale_imports_are_told(stale: Toolchain) -> None:
    async with LeanServer.running(stale) as server:
        document = await server.open(stale.root / "A.lean", TEXT)
        result = await document.elaborate(timeout=30)
        assert result.complete and result.stale_imports
        assert "out of date" in result.errors[0].text


async def test_nothing_is_judged_on_stale_imports(stale: Toolchain) -> None:
    question = Question(TEXT, frozenset({0}), frozenset(), 0, 30)
    async with LeanServer.running(stale) as server:
        with pytest.raises(NoAnswerError, match="lake build"):
            await Observer(stale.root / "A.lean", lambda _: False).observe(server, TEXT, 30, question)
