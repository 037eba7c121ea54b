"""Starts the embedded Lean again and again, several at once, and says how many starts never came to an end.

`python -m tests.tools.lean.embedded.many_starts STARTS [AT_ONCE]`: a thread of Lean that misses its wake-up shows only
on a busy machine, some once in a hundred starts, so this is a program to run by hand after a change of the host or of
what `prepare_wasm.cjs` repairs; have something else keep the processors busy meanwhile.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tools.lean.embedded.install import ensure_installed
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, discover

TEXT = "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n\ntheorem u (n : Nat) : n + 0 = n := by\n  simp\n"
PATIENCE_SECONDS = 120


async def start_often(toolchain: Toolchain, folder: Path, starts: int) -> int:
    """How many of so many starts did not lead to a result."""
    hung = 0
    for _ in range(starts):
        async with LeanServer.running(toolchain) as server:
            document = await server.open(folder / "A.lean", TEXT)
            hung += not (await document.elaborate(timeout=PATIENCE_SECONDS)).complete
    return hung


async def main(starts: int, at_once: int) -> int:
    """Prints and returns how many starts hung."""
    ensure_installed()
    with tempfile.TemporaryDirectory() as folder:
        toolchain = discover(Path(folder), "embedded")
        hung = await asyncio.gather(*(start_often(toolchain, Path(folder), starts) for _ in range(at_once)))
    print(f"{sum(hung)} of {starts * at_once} starts hung")
    return sum(hung)


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3))))
