"""Kills writing processes at random moments and reports what is left. A program of its own, for forks need no threads.

`python -m tests.tools.lean.kill_writers FILE KILLS SEED`: FILE is rewritten again and again with one of two texts by a
forked process, which is killed; after every kill FILE and the journal are looked at. Prints a JSON object: the number
of `kills`, how often FILE was the first or the second text (`texts`) or something else (`broken`), how often the
journal disagreed with it (`disagreements`), and how often a temporary file or an open entry was left (`leftovers`,
`open_entries`), which says that kills did hit the middle of a write.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tools.lean.journal import Journal
from tools.lean.writeback import FileSnapshot, digest, write

TEXTS = tuple(letter * 300_000 + "\n" for letter in "ab")


def rewrite_forever(file: Path) -> None:
    while True:
        snapshot = FileSnapshot.read(file)
        write(snapshot, TEXTS[snapshot.text == TEXTS[0]])


def kill_one(file: Path, delay: float) -> None:
    child = os.fork()
    if child == 0:
        rewrite_forever(file)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main(file: Path, kills: int, seed: int) -> dict[str, int | list[int]]:
    dice = random.Random(seed)
    file.write_text(TEXTS[0])
    texts, broken, disagreements, leftovers, open_entries = [0, 0], 0, 0, 0, 0
    for _ in range(kills):
        kill_one(file, dice.uniform(0.001, 0.03))
        text = file.read_text()
        if text in TEXTS:
            texts[TEXTS.index(text)] += 1
        else:
            broken += 1
        leftovers += any(p.suffix == ".tmp" for p in file.parent.iterdir())
        open_entries += any(b'"prepared"' in p.read_bytes() for p in (Journal().folder / "entries").glob("*.json"))
        entries = Journal().entries()
        disagreements += bool(entries) and entries[-1].new_sha256 != digest(text.encode())
    return {
        "kills": kills,
        "texts": texts,
        "broken": broken,
        "disagreements": disagreements,
        "leftovers": leftovers,
        "open_entries": open_entries,
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
