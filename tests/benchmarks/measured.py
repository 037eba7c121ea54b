"""Runs a command and says what it and everything below it cost: processor time, seconds, memory.

On Linux those that outlive their parents are waited for too (`PR_SET_CHILD_SUBREAPER`), so that nothing is lost. This
happens in a process of its own, which `measured` starts: there is nothing else below that one.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER` of `prctl(2)`."""
_SAMPLE_SECONDS = 0.5
_TICK_SECONDS = 5.0
_END_SECONDS = 20.0
_KIB = 1 << 10


@dataclass(frozen=True)
class Cost:
    """What a command cost with all processes below it. `memory` is in bytes: the largest sum of their PSS that was seen
    (each page counted once, shared ones in parts); 0 where it was not asked for. `load`: processes that wanted a
    processor, on average over the run, of the whole machine.
    """

    exit: int
    seconds: float
    processor: float
    memory: int
    load: float


def measured(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    timeout: float,
    memory: bool = False,
    on_tick: Callable[[float, str], None] = lambda _seconds, _line: None,
) -> Cost:
    """Runs a command to its end, its output going to `log` (standard output to a second file, `.out`).

    `on_tick` is told every now and then how many seconds have gone, and the last line of the log. An interruption is
    passed on to the command, and raised when that has ended. Raises `TimeoutError`, and `RuntimeError` when the command
    could not be measured.
    """
    asked = [sys.executable, "-I", __file__, json.dumps(list(command)), str(log), "memory" if memory else "no"]
    process = subprocess.Popen(asked, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, text=True, start_new_session=True)
    began = time.monotonic()
    try:
        while (answer := _answer(process)) is None:
            on_tick(time.monotonic() - began, _last_line(log))
            if time.monotonic() - began > timeout:
                raise TimeoutError(f"no end within {timeout:g} s")
    except BaseException:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"it could not be measured (exit status {process.returncode})")
    return Cost(**json.loads(answer))


def _answer(process: "subprocess.Popen[str]") -> str | None:
    try:
        return process.communicate(timeout=_TICK_SECONDS)[0]
    except subprocess.TimeoutExpired:
        return None


def _last_line(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1].strip() if lines else ""
    return ""


def _run(command: Sequence[str], log: Path, *, with_memory: bool) -> Cost:
    """In the process of its own: runs it, waits for all that is left of it, and counts."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    with log.open("wb") as errors, log.with_suffix(".out").open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)

    def pass_on(_signal: int, _frame: object) -> None:
        child.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    peak = _Peak(child.pid, with_memory)
    peak.start()
    status = child.wait()
    peak.ended.set()
    seconds = time.monotonic() - began
    _wait_for_the_rest()
    times = os.times()
    load = sum(peak.loads) / len(peak.loads) if peak.loads else 0.0
    return Cost(status, seconds, times.children_user + times.children_system, peak.memory, load)


def _wait_for_the_rest(patience: float = 10.0) -> None:
    """Waits for processes whose parents have gone; those that never end are not counted."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)
        except ChildProcessError:
            return


class _Peak(threading.Thread):
    """Looks at the processes every now and then."""

    def __init__(self, pid: int, with_memory: bool) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.memory = 0
        self.loads: list[float] = []
        self._pid = pid
        self._with_memory = with_memory

    def run(self) -> None:
        while not self.ended.wait(_SAMPLE_SECONDS):
            with contextlib.suppress(OSError):
                self.loads.append(os.getloadavg()[0])
            if self._with_memory:
                self.memory = max(self.memory, _tree_memory(self._pid))


def _tree_memory(root: int) -> int:
    """The sum of the PSS of a process and all below it, bytes (Linux)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    total = 0
    for pid in family:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * _KIB
    return total


if __name__ == "__main__":
    print(json.dumps(asdict(_run(json.loads(sys.argv[1]), Path(sys.argv[2]), with_memory=sys.argv[3] == "memory"))))
