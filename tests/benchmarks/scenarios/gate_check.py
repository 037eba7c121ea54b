"""What one acceptance check costs against one plain run of Lean: `gate_check.py RESULT FILE`, with the embedded Lean.

FILE has one hole, which `rfl` closes. RESULT gets the processor seconds of `lean FILE` with the hole filled (`plain`),
of the first look at the file (`freeze`), of the check of the proof (`check`), and what it said (`status`). It works in
any tree that is first in PYTHONPATH, on Linux.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER` of `prctl(2)`: processes whose parents have gone belong to this one."""
_PROOF = "rfl"


_REST_SECONDS = 1.0
"""So long what was told to end may take for it."""


def _spent() -> float:
    """Processor seconds of this process and all below it, those included that have ended (Linux)."""
    parents: dict[int, int] = {}
    spent: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            # utime, stime, and those of children that were waited for: fields 14 to 17 of proc_pid_stat(5).
            parents[int(folder.name)], spent[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    family, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return sum(spent.get(pid, 0) for pid in family) / os.sysconf("SC_CLK_TCK")


def _plain(file: Path) -> float:
    from tools.lean.embedded.install import ensure_installed
    from tools.lean.embedded.launch import lean_command

    command = lean_command(ensure_installed(), [file.name])
    before = _spent()
    done = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)
    time.sleep(_REST_SECONDS)
    if done.returncode:
        raise RuntimeError(f"Lean does not take the file: {done.stdout}{done.stderr}")
    return _spent() - before


def _gate(file: Path) -> Any:
    from tools.lean.toolchain import discover

    try:
        from tools.lean.acceptance.gate import AcceptanceGate
        from tools.lean.acceptance.screening import screen_fill
    except ImportError:  # 731484b
        import importlib

        gate: Any = importlib.import_module("tools.lean.acceptance").AcceptanceGate
        return gate(discover(file.parent, "embedded"), file, screen=_no_screening)
    return AcceptanceGate(discover(file.parent, "embedded"), file, screen=screen_fill)


def _no_screening(_fill: object, _strict: object) -> tuple[str, ...]:
    return ()


def _check(file: Path) -> tuple[float, float, str]:
    try:
        from tools.lean.acceptance.comparison import Fill, apply_fills
    except ImportError:  # 731484b
        import importlib

        comparison: Any = importlib.import_module("tools.lean.comparison")
        Fill, apply_fills = comparison.Fill, comparison.apply_fills  # noqa: N806
    from tools.lean.document import Document

    text = file.read_text(encoding="utf-8")
    (hole,) = Document.parse(text).holes
    fill: Any = Fill(hole.span, _PROOF)
    spent: list[float] = [_spent()]

    async def both() -> Any:
        gate = _gate(file)
        try:
            baseline = await gate.freeze(text)
            await asyncio.sleep(_REST_SECONDS)
            spent.append(_spent())
            return await gate.check(baseline, apply_fills(text, [fill])[0], [fill])
        finally:
            await gate.close()

    verdict = asyncio.run(both())
    time.sleep(_REST_SECONDS)
    spent.append(_spent())
    return spent[1] - spent[0], spent[2] - spent[1], f"{verdict.status.value} {' '.join(verdict.reasons)}".strip()


def main() -> None:
    """Measures."""
    result, file = Path(sys.argv[1]), Path(sys.argv[2])
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    filled = file.with_name(f"Filled{file.name}")
    filled.write_text(file.read_text(encoding="utf-8").replace("sorry", _PROOF), encoding="utf-8")
    plain = _plain(filled)
    freeze, check, status = _check(file)
    again = _plain(filled)
    measured = {"plain": (plain + again) / 2, "freeze": freeze, "check": check, "status": status}
    result.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
