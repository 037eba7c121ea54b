"""A `lake` of the tests: `lake env lean … FILE` replays a recorded exchange with LeanDojo's REPL.

Started as `python lake.py RECORDING LOG env lean …`. RECORDING is a JSON file:

- `start`: what is printed before the first request; in it and in all other lines, a string is printed as it is, and
  an object as an answer of the REPL.
- `answers`: a list of `{"sid": …, "cmd": …, "sleep": seconds, "babble": bool, "say": […], "until": path,
  "exit": status, "kill": signal}`, done in this order (`babble`: prints lines without end; `until`: waits for a file
  to be there). The first whose `sid` and `cmd` (a
  regular expression) match a request is taken; what is left out matches all.
- `stop`: the process ends after `start`.
- `deaf`: no signal but SIGKILL ends the process.

In a new state's answer `"sid": "next"` stands for the next number, as the REPL counts. Each request, and the file
that was started, goes to LOG. Only the standard library is used.
"""

import io
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any


class Repl:
    """The replay: it knows how many states there are, as the REPL does, and that an unknown one is fatal."""

    def __init__(self, recording: dict[str, Any], log: Path) -> None:
        self.recording = recording
        self.log = log
        self.states = 1

    def say(self, lines: list[Any]) -> None:
        for line in lines:
            if isinstance(line, str):
                print(line, flush=True)
                continue
            answer = {"error": None, "sid": None, "tacticState": None} | line
            if answer["sid"] == "next":
                answer["sid"], self.states = self.states, self.states + 1
            print(f"REPL> {json.dumps(answer, ensure_ascii=False)}", flush=True)

    def note(self, what: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(what + "\n")

    def reply(self, request: dict[str, Any]) -> None:
        if request["sid"] >= self.states:
            sys.exit(1)  # as the REPL: unknown tsid
        for entry in self.recording["answers"]:
            if entry.get("sid", request["sid"]) != request["sid"]:
                continue
            if not re.fullmatch(entry.get("cmd", ".*"), request["cmd"], re.S):
                continue
            time.sleep(entry.get("sleep", 0))
            while entry.get("babble"):
                self.say(["on and on"])
                time.sleep(0.1)
            self.say(entry.get("say", []))
            while "until" in entry and not Path(entry["until"]).exists():
                time.sleep(0.01)
            if "kill" in entry:
                os.kill(os.getpid(), entry["kill"])
            if "exit" in entry:
                sys.exit(entry["exit"])
            return
        self.say([{"error": "<stdin>:1:0: not in the recording"}])

    def run(self) -> None:
        self.say(self.recording["start"])
        if self.recording.get("stop"):
            return
        for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):
            self.note(line.rstrip("\n"))
            self.reply(json.loads(line))


def main() -> None:
    recording, log, *command = sys.argv[1:]
    repl = Repl(json.loads(Path(recording).read_text(encoding="utf-8")), Path(log))
    assert command[:2] == ["env", "lean"], command
    if repl.recording.get("deaf"):
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    repl.note(f"lean {os.getpid()} {Path(command[-1]).resolve()}")
    repl.run()


if __name__ == "__main__":
    main()
