"""Measures the embedded Lean of the checkout that PYTHONPATH names, and prints one JSON object.

A program of its own (`python embedded_measure.py [EDITS]`), which needs nothing of a checkout but the commands that
start Lean: so an older commit can be measured by the same code. `embedded_speed.py` runs it.

Seconds are of a processor (user and system, all threads and processes) unless a name says `wall`; memory is in bytes.
"""

import itertools
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from tools.lean.embedded.install import Installation, ensure_installed
from tools.lean.embedded.launch import lean_command, server_command

SIX = """\
theorem a (x y : Int) (h : 2 * x + 1 = 2 * y) : False := by omega
theorem b (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by simp [Nat.add_comm]
theorem c (p q r : Prop) (h : p → q) (h' : q → r) : p → r := by grind
theorem d (a b c : Nat) : a + b + c = a + (b + c) := by exact?
theorem e (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [← Nat.add_assoc, ih]
theorem f : 2 ^ 10 = 1024 ∧ 17 % 5 = 2 := by decide
"""
LIGHT = "theorem t (p q r : Prop) (hp : p) (hq : q) (hr : r) : p ∧ q ∧ r := by\n"
LIGHT_TACTICS = ("exact ⟨hp, hq, hr⟩", "exact And.intro hp ⟨hq, hr⟩", "refine ⟨hp, hq, ?_⟩; exact hr")
MIXED = "theorem t (a b c : Nat) (h : a ≤ b) : a + c ≤ b + c ∧ (a = a + 0) := by\n"
MIXED_TACTICS = ("simp [h]", "grind", "omega", "constructor <;> simp <;> omega", "induction c <;> simp_all")
WARM = 15


class Server:
    """A language server with one document."""

    def __init__(self, installation: Installation) -> None:
        command = server_command(installation, options=["-Dserver.reportDelayMs=0"])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ids = itertools.count(1)
        self.call("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self.send({"method": "initialized", "params": {}})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def call(self, method: str, params: Any) -> Any:
        number = next(self.ids)
        self.send({"id": number, "method": method, "params": params})
        assert self.process.stdout is not None
        while True:
            length = 0
            while (line := self.process.stdout.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(self.process.stdout.read(length))
            if message.get("id") == number and "method" not in message:
                return message

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "lean4", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        self.settle(uri, 1)

    def settle(self, uri: str, version: int) -> None:
        self.call("textDocument/waitForDiagnostics", {"uri": uri, "version": version})

    def change(self, uri: str, version: int, text: str) -> None:
        changes = [{"text": text}]
        params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": changes}
        self.send({"method": "textDocument/didChange", "params": params})
        self.settle(uri, version)

    def tree(self) -> list[psutil.Process]:
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def processor_seconds(self) -> float:
        return sum(times.user + times.system for times in (each.cpu_times() for each in self.tree()))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def batch(installation: Installation, text: str) -> tuple[float, float]:
    """Processor time and wall time of `lean FILE`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "A.lean")
        file.write_text(text, encoding="utf-8")
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(lean_command(installation, ["-j4", str(file)]), capture_output=True, check=True)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def edits(server: Server, uri: str, head: str, tactics: tuple[str, ...], versions: Iterator[int], count: int) -> Any:
    """Wall times and mean processor time of edits that each replace a proof."""
    walls: list[float] = []
    used = 0.0
    for number in range(WARM + count):
        if number == WARM:
            used = server.processor_seconds()
        began = time.perf_counter()
        server.change(uri, next(versions), f"{head}  {tactics[number % len(tactics)]} -- {number}\n")
        walls.append(time.perf_counter() - began)
    measured = sorted(walls[WARM:])
    return {
        "median_wall": statistics.median(measured),
        "p95_wall": measured[int(0.95 * (len(measured) - 1))],
        "cpu": (server.processor_seconds() - used) / count,
    }


def main(count: int) -> None:
    """Measures everything once."""
    installation = ensure_installed()
    figures: dict[str, float] = {}
    figures["start_cpu"], figures["start_wall"] = batch(installation, "")
    figures["six_cpu"], figures["six_wall"] = batch(installation, SIX)
    server = Server(installation)
    try:
        uri, versions = "file:///measure/A.lean", itertools.count(2)
        server.open(uri, LIGHT + "  skip\n")
        for name, head, tactics in (("light", LIGHT, LIGHT_TACTICS), ("mixed", MIXED, MIXED_TACTICS)):
            figures |= {
                f"{name}_{key}": value for key, value in edits(server, uri, head, tactics, versions, count).items()
            }
        memory = [process.memory_full_info() for process in server.tree()]
        figures["pss"] = sum(each.pss for each in memory)
        figures["uss"] = sum(each.uss for each in memory)
        began = time.perf_counter()
        server.send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}})
        server.open("file:///measure/B.lean", LIGHT + "  exact ⟨hp, hq, hr⟩\n")
        figures["second_document_wall"] = time.perf_counter() - began
    finally:
        server.end()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
