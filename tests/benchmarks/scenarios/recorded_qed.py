"""Runs `qed` in this process and writes down what happens: `recorded_qed.py RESULT ARGUMENT…`.

RESULT is a JSON file: `events` are `[seconds since the start, kind, number of the hole or null, its status or null]`,
`report` is what `qed prove --json` prints, `opened` tells which module opened how many documents in Lean, `batch` how
many batch runs there were, and `exit` is the exit code.
It works in any tree that is first in PYTHONPATH, and imports nothing from `tests`, which would be that tree's.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

began = time.monotonic()
events: list[tuple[float, str, int | None, str | None]] = []
opened: Counter[str] = Counter()
batch_runs: list[float] = []
reports: list[Any] = []


def _record_events() -> None:
    from agent.cli.display import ProveDisplay

    shown = ProveDisplay.show

    def show(self: ProveDisplay, event: Any) -> None:
        status = getattr(getattr(event, "report", None), "status", None)
        entry = type(event).__name__, getattr(event, "number", None), status.value if status is not None else None
        events.append((time.monotonic() - began, *entry))
        shown(self, event)

    ProveDisplay.show = show


def _record_report() -> None:
    from agent.cli import prove_run

    concluded: Any = prove_run.conclude

    def conclude(journal: Any, report: Any) -> None:
        reports.append(json.loads(report.model_dump_json()))
        concluded(journal, report)

    prove_run.conclude = conclude


def _record_documents() -> None:
    from tools.lean.server import LeanServer

    opens: Any = LeanServer.open

    def open_document(self: LeanServer, path: Path, text: str) -> Any:
        opened[str(sys._getframe(1).f_globals["__name__"])] += 1  # pyright: ignore[reportPrivateUsage]
        return opens(self, path, text)

    LeanServer.open = open_document


def _record_batch_runs() -> None:
    try:
        from tools.lean.batch.process import BatchLean
    except ImportError:  # an older tree, which has none
        return
    runs: Any = BatchLean.run

    def run(self: BatchLean, text: str, *, timeout: float) -> Any:
        batch_runs.append(time.monotonic() - began)
        return runs(self, text, timeout=timeout)

    BatchLean.run = run


def main() -> None:
    """Records a run, also one that is interrupted."""
    result, *arguments = sys.argv[1:]
    from agent.cli.main import main as qed

    _record_events()
    _record_report()
    _record_documents()
    _record_batch_runs()
    sys.argv = ["qed", *arguments]
    code: object = 0
    try:
        qed()
    except SystemExit as end:
        code = end.code or 0
    finally:
        seen = {"events": events, "opened": opened, "batch": len(batch_runs)}
        what = {**seen, "report": reports[-1] if reports else None, "exit": code}
        Path(result).write_text(json.dumps(what), encoding="utf-8")


if __name__ == "__main__":
    main()
