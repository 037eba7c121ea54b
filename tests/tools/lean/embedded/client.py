"""A raw client of the language server: frames over pipes and nothing else, so that tests see what is really sent."""

import json
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import psutil

from tools.lean.embedded.install import Installation
from tools.lean.embedded.launch import server_command

Message = dict[str, Any]
OPTIONS = ("-Dserver.reportDelayMs=0",)
PATIENCE = 90.0  # seconds; several workers may start at once on two cores


class Client:
    """A server process and the messages that came from it."""

    def __init__(
        self, installation: Installation, options: Sequence[str] = OPTIONS, *, reuse_workers: bool = False
    ) -> None:
        command = server_command(installation, options=options, reuse_workers=reuse_workers)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.received: list[Message] = []
        self._arrived: queue.Queue[Message | None] = queue.Queue()
        self._last_id = 0
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if not line:
                    self._arrived.put(None)
                    return
                name, _, value = line.partition(b":")
                assert name.lower() in (b"content-length", b"content-type"), line
                length = int(value) if name.lower() == b"content-length" else length
            self._arrived.put(json.loads(stream.read(length)))

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        self._last_id += 1
        self.send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def next(self, patience: float = PATIENCE) -> Message:
        message = self._arrived.get(timeout=patience)
        if message is None:
            raise EOFError
        self.received.append(message)
        return message

    def answer(self, request: int | str, patience: float = PATIENCE) -> Message:
        """Return the whole response to a request."""
        for message in self.received:
            if message.get("id") == request and "method" not in message:
                return message
        deadline = time.monotonic() + patience
        while True:
            message = self.next(max(0.01, deadline - time.monotonic()))
            if message.get("id") == request and "method" not in message:
                return message

    def call(self, method: str, params: Any) -> Any:
        """Return the result of a request, which must succeed."""
        response = self.answer(self.ask(method, params))
        assert "error" not in response, response
        return response["result"]

    def handshake(self) -> Any:
        parameters: Message = {"processId": None, "rootUri": None, "capabilities": {}}
        result = self.call("initialize", parameters)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, version: int = 1) -> None:
        item = {"uri": uri, "languageId": "lean4", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, *changes: Message) -> None:
        identifier = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": list(changes)})

    def diagnostics(self, uri: str, version: int) -> list[Message]:
        """Wait until Lean has elaborated all of a version and return its messages."""
        self.call("textDocument/waitForDiagnostics", {"uri": uri, "version": version})
        last: list[Message] = []
        for message in self.received:
            params: Message = message.get("params") or {}
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                last = params["diagnostics"] if params.get("version") == version else last
        return last

    def errors(self, uri: str, version: int) -> list[str]:
        return [item["message"] for item in self.diagnostics(uri, version) if item["severity"] == 1]

    def goals(self, uri: str, line: int, character: int) -> list[str]:
        position = {"line": line, "character": character}
        return self.call("$/lean/plainGoal", {"textDocument": {"uri": uri}, "position": position})["goals"]

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


def edit(line: int, start: int, end: int, text: str) -> Message:
    """Return a change within one line, in UTF-16 code units."""
    return {
        "range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}},
        "text": text,
    }


def assert_all_gone(processes: list[psutil.Process], within: float) -> None:
    _, alive = psutil.wait_procs(processes, timeout=within)
    assert not alive
