"""Speed and memory of the terminal: `python -m tests.benchmarks.tui_speed [--runs N] [--seconds N] [--json] [--lean]`.

A real `qed` in a real pseudo-terminal; a key has arrived when the bytes that show it have come out. Prints a table:
what was measured, the figure, the target. Nothing is asserted: the figures depend on the machine and on what else it
does. The scripted model's server runs in a thread of this process, and litellm speaks with it as with any other.
"""

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.benchmarks import made_up_search
from tests.benchmarks.figures import Figure, show, yardstick
from tests.benchmarks.long_session import last_words, write_long_session
from tests.benchmarks.watched_terminal import WatchedTerminal, watched
from tests.openai_server import Answer, OpenAIServer

_NO_LEAN = "/no/such/lean"
_HOLES = """theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

/-- Without a short proof: a search goes on as long as it may. -/
theorem hard (f : Nat → Nat) (h : ∀ n, f (n + 1) > f (f n)) (n : Nat) : f n = n := by
  sorry
"""
_REPLY = """Here is *what I think* of `hard`: the function grows, so **induction** on the value is the way.

- show that `f n ≥ n` for all `n`, by induction on a bound;
- from it that `f` is strictly increasing:

```lean
theorem ge (f : Nat → Nat) (h : ∀ n, f (n + 1) > f (f n)) (n : Nat) : n ≤ f n := by
  induction n with
  | zero => omega
  | succ n ih => exact Nat.succ_le_of_lt (Nat.lt_of_le_of_lt ih (h n))
```

"""
_TOKENS_A_SECOND = 200
_KEYS_A_SECOND = 10
_LETTERS = 20
"""Letters in the composer before they are cleared, so that it stays one line."""
_SETTLED = 1.0
_PAGE_OVER = 0.15
"""Seconds without a byte after which a page is taken to be painted whole."""
_FRAME = "╭"
_READY = "sk for a proof"  # the cursor stands on the first letter
_BUSY = "Esc interrupts"
_PAGE_UP = "\x1b[5~"
_NEXT_AREA = "\x1b[17~"


def project(folder: Path, url: str = "", toolchain: str = _NO_LEAN) -> Path:
    """A folder with a few files and the settings; without an address there is no model."""
    for name in ("A", "B", "C"):
        (folder / f"{name}.lean").write_text(_HOLES, encoding="utf-8")
    settings = [f"[lean]\ntoolchain = {json.dumps(toolchain)}"]
    if url:
        model = f'model = "hosted_vllm/test"\nbase_url = "{url}"\ntool_calling = "native"\nretries = 0'
        settings += ['[model]\nname = "scripted"', f"[models.scripted]\n{model}"]
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config" / "config.toml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    return folder


def answer(seconds: float) -> Answer:
    """Markdown for about so long, 200 tokens a second."""
    tokens = int(seconds * _TOKENS_A_SECOND)
    text = (_REPLY * (4 * tokens // len(_REPLY) + 1))[: 4 * tokens]
    return Answer(text, gap=1 / _TOKENS_A_SECOND)


# -- start


def start_figures(folder: Path, runs: int) -> list[Figure]:
    """From the command to the first frame, in a project that nobody has opened before."""
    times: list[float] = []
    for number in range(runs + 1):
        root = folder / f"start{number}"
        root.mkdir()
        with watched(project(root)) as terminal:
            times.append(terminal.shows(_FRAME) - terminal.began)
    del times[0]  # Python may have compiled modules in it
    return [
        Figure(f"command to first frame, median of {runs}", statistics.median(times), "s", 0.6),
        Figure(f"command to first frame, worst of {runs}", max(times), "s", 0.6, f"best {min(times):.2f}"),
    ]


# -- keys


def letters() -> Iterator[str]:
    """Letters that nothing else writes, each once."""
    return (chr(number) for number in itertools.count(0x4E00))


def key_times(terminal: WatchedTerminal, until: Callable[[], bool]) -> list[float]:
    """Milliseconds from writing a letter to the bytes that show it, ten letters a second, as long as it takes."""
    times: list[float] = []
    fresh = letters()
    while not until():
        letter = next(fresh)
        pressed = terminal.press(letter)
        times.append(1e3 * (terminal.shows(letter) - pressed))
        if len(times) % _LETTERS == 0:
            clear(terminal)
        terminal.rest(max(0.0, pressed + 1 / _KEYS_A_SECOND - time.perf_counter()))
    return times


def clear(terminal: WatchedTerminal) -> None:
    """Empties the composer; waits, for a key that comes at the same time may be overtaken by Ctrl+U."""
    terminal.press("\x15")
    terminal.shows(_READY, _BUSY)


def lasting(seconds: float) -> Callable[[], bool]:
    """True when so many seconds from now are over."""
    ends = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= ends


def key_figures(name: str, times: Sequence[float], target: float | None = 30) -> list[Figure]:
    """95 % of the keys are faster; the slowest."""
    rank = sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]
    note = f"median {statistics.median(times):.1f}, worst {max(times):.0f}, of {len(times)} keys"
    return [Figure(f"key to repaint {name}, p95", rank, "ms", target, note)]


def idle_figures(folder: Path, seconds: float) -> list[Figure]:
    """Keys while nothing else happens: what the way through the terminal itself takes."""
    with watched(project(folder)) as terminal:
        terminal.shows(_READY)
        terminal.rest(_SETTLED)
        return key_figures("at rest", key_times(terminal, lasting(seconds)))


def loading_figures(folder: Path, seconds: float) -> list[Figure]:
    """Keys from the first frame on, while files are read and litellm is imported."""
    with OpenAIServer() as server, watched(project(folder, server.url)) as terminal:
        terminal.shows(_READY)
        return key_figures("while litellm is loaded", key_times(terminal, lasting(seconds)), None)


def streaming_figures(folder: Path, seconds: float) -> list[Figure]:
    """Keys while a model streams and a search reports; and what litellm adds to the memory."""
    with OpenAIServer() as server, watched(project(folder, server.url), program=made_up_search.PROGRAM) as terminal:
        terminal.shows(_READY)
        terminal.rest(2 * _SETTLED)
        figures = _streaming(terminal, server, seconds, "with 20 reports/s")
        return [*figures, Figure("resident, with litellm and a stream behind it", terminal.memory(), "MiB")]


def proving_figures(folder: Path, seconds: float) -> list[Figure]:
    """The same with a real search in a real Lean, which wants the processor as well."""
    with OpenAIServer() as server, watched(project(folder, server.url, "embedded")) as terminal:
        terminal.shows("embedded Lean")
        terminal.rest(2 * _SETTLED)
        return _streaming(terminal, server, seconds, "with a search in Lean")


def _streaming(terminal: WatchedTerminal, server: OpenAIServer, seconds: float, name: str) -> list[Figure]:
    server.will(Answer("Ready."), answer(seconds))
    terminal.press("hello\r")
    terminal.shows("Ready.")
    terminal.rest(2 * _SETTLED)
    terminal.press("/search A.lean:6\r")
    terminal.shows("searching")
    terminal.press("go on\r")
    terminal.shows("induction")
    reply = server.exchanges[-1]
    times = key_times(terminal, reply.over.is_set)
    rate = len(reply.sent) / (reply.sent[-1] - reply.sent[0])
    return key_figures(f"{name} and {rate:.0f} tokens/s", times)


# -- long sessions


def session_figures(folder: Path, messages: int, pages: int) -> list[Figure]:
    """Opening a long conversation, and paging up through it."""
    root = project(folder)
    write_long_session(root / "state" / "sessions" / "long.jsonl", root, messages)
    with watched(root, "--resume", "long") as terminal:
        opened = terminal.shows(last_words(messages)) - terminal.began
        terminal.rest(_SETTLED)
        terminal.press(_NEXT_AREA)
        terminal.rest(_SETTLED)
        times = [_page_up(terminal) for _ in range(pages)]
        memory = terminal.memory()
    note = f"worst {max(times):.0f}, to the last byte of the page"
    return [
        Figure(f"a session of {messages:,} messages: command to its end on the screen", opened, "s", 1.0),
        Figure(f"page up through it, median of {pages}", statistics.median(times), "ms", 30, note),
        Figure("resident, after all that", memory, "MiB", 150),
    ]


def _page_up(terminal: WatchedTerminal) -> float:
    pressed = terminal.press(_PAGE_UP)
    return 1e3 * (terminal.quiet(_PAGE_OVER) - pressed)


def memory_figures(folder: Path) -> list[Figure]:
    """The app alone, without a model and without Lean."""
    with watched(project(folder)) as terminal:
        terminal.shows(_READY)
        terminal.rest(2 * _SETTLED)
        return [Figure("resident, no model and no Lean", terminal.memory(), "MiB", 150)]


def measure(*, runs: int, seconds: float, messages: int, pages: int, lean: bool) -> list[Figure]:
    """All figures, in the order of the table."""
    with tempfile.TemporaryDirectory(prefix="qed-speed-") as name:
        folders = (Path(name) / str(number) for number in itertools.count())

        def fresh() -> Path:
            folder = next(folders)
            folder.mkdir()
            return folder

        figures = [yardstick(), *start_figures(fresh(), runs)]
        figures += session_figures(fresh(), messages, pages)
        figures += memory_figures(fresh())
        figures += idle_figures(fresh(), seconds)
        figures += loading_figures(fresh(), seconds)
        figures += streaming_figures(fresh(), seconds)
        return figures + (proving_figures(fresh(), seconds) if lean else [])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure the terminal.")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--lean", action="store_true", help="also beside a real search in the embedded Lean")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(runs=options.runs, seconds=options.seconds, messages=2000, pages=200, lean=options.lean)
    show(figures, as_json=options.json)


if __name__ == "__main__":
    main()
