"""What is said when qed itself has failed: one line for the person, the rest into a file."""

import contextlib
import traceback
from datetime import datetime

from tools.directories import state_dir


def crash_report(error: BaseException) -> str:
    """Keeps the traceback in the log, and returns what to tell the person."""
    log = state_dir() / "qed.log"
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as out:
            out.write(f"{datetime.now():%Y-%m-%d %H:%M:%S}\n{''.join(traceback.format_exception(error))}\n")
    return f"qed itself failed ({type(error).__name__}: {error}). The conversation goes on; details stand in {log}."
