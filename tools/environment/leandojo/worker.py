"""The process that holds LeanDojo: `python -m tools.environment.leandojo.worker FOLDER`, never imported by qed itself.

LeanDojo is synchronous, changes the working directory, prints, and deletes `lakefile.olean` from the directory that it
happens to stand in. So it gets a process, and FOLDER, an empty one, to stand in. Requests come over standard input and
answers go out over standard output (see `wire`); what LeanDojo and its children print goes to standard error.

When standard input closes, because qed is done or because it has died, the process ends with all that it started.
"""

import os
import queue
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn, TextIO

from tools.environment.leandojo.wire import ANSWER, REQUEST

if TYPE_CHECKING:
    from tools.environment.leandojo.session import Session


def _own_pipes() -> tuple[TextIO, TextIO]:
    """Keeps the two pipes for this module: others that print, print to standard error, and read nothing."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return os.fdopen(requests, encoding="utf-8"), os.fdopen(answers, "w", encoding="utf-8")


def _watch(requests: TextIO, waiting: "queue.Queue[str]", sessions: "list[Session]") -> NoReturn:
    """Hands lines on; when there are no more, whatever the other thread does, ends the process and all below it."""
    for line in requests:
        waiting.put(line)
    for session in sessions:
        session.end()
    os._exit(0)


def _session() -> "Session":
    from tools.environment.leandojo.session import Session  # prints, asks git, takes seconds

    return Session()


def main() -> NoReturn:
    """Answers requests until standard input closes."""
    requests, answers = _own_pipes()
    # LeanDojo's Lean hangs at a terminal of this process, and ends with it by the hang-up: also where `nohup` has qed
    # and all below it ignore that.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.chdir(sys.argv[1])
    waiting: queue.Queue[str] = queue.Queue()
    sessions: list[Session] = []  # one, once LeanDojo is there
    watch = threading.Thread(target=_watch, args=(requests, waiting, sessions), daemon=True)
    watch.start()
    session = _session()
    sessions.append(session)
    while True:
        reply = session.answer(REQUEST.validate_json(waiting.get()))
        try:
            answers.write(ANSWER.dump_json(reply).decode() + "\n")
            answers.flush()
        except OSError:  # nobody listens any more: the other thread is about to end the process
            watch.join()


if __name__ == "__main__":
    main()
