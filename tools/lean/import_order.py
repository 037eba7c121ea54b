"""The order in which to work on the files of a project: what is imported comes before what imports it."""

import heapq
import itertools
import tomllib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from tools.errors import QedError
from tools.lean.commands import Header
from tools.lean.document import Document
from tools.lean.tokens import name_components
from tools.lean.writeback import FileSnapshot

_FIRST_LINES = 4_000  # in code points
Cycle = tuple[Path, ...]
"""Files each of which imports the next, and the last one the first; the first by path stands first."""


class _Target(BaseModel):
    source: str = Field(default="", alias="srcDir")


class _Lakefile(_Target):
    lean_lib: tuple[_Target, ...] = ()
    lean_exe: tuple[_Target, ...] = ()


def in_dependency_order(
    root: Path, files: Sequence[Path], on_cycle: Callable[[Cycle], object] | None = None
) -> tuple[Path, ...]:
    """The files, each after those of them that it imports; where imports leave a choice, by path.

    `root` is the project's folder: modules are looked for there and in the `srcDir`s of its `lakefile.toml`. Lean
    accepts no files that import each other in a circle: `on_cycle` is told of each, and the first of its files by path
    comes before the others nonetheless. A file that cannot be read counts as one without imports. Blocks; for a thread.
    """
    roots = _source_roots(root.resolve())
    named = {path.resolve(): path for path in sorted(files, reverse=True)}
    imports: dict[Path, set[Path]] = {}
    for path in files:
        sought = (base.joinpath(*module) for module in _imports(path) for base in roots)
        imports[path] = {named[place] for each in sought if (place := each.with_name(f"{each.name}.lean")) in named}
    order, cycles = ordered(imports)
    if on_cycle is not None:
        for cycle in cycles:
            on_cycle(cycle)
    return order


def ordered(imports: Mapping[Path, AbstractSet[Path]]) -> tuple[tuple[Path, ...], tuple[Cycle, ...]]:
    """The keys, each after those that it imports and otherwise by path, and the circles that had to be broken."""
    left = {path: sorted(imports[path]) for path in sorted(imports)}
    cycles: list[Cycle] = []
    while True:
        sorter = TopologicalSorter(left)
        try:
            sorter.prepare()
        except CycleError as error:
            # graphlib lists each before what imports it, and the first again at the end.
            members: list[Path] = error.args[1][:0:-1]
            start = members.index(min(members))
            cycle = (*members[start:], *members[:start])
            left[cycle[0]].remove(cycle[1 % len(cycle)])
            cycles.append(cycle)
        else:
            return _by_path(sorter), tuple(cycles)


def _by_path(sorter: TopologicalSorter[Path]) -> tuple[Path, ...]:
    """Empties a prepared sorter, always by the first path that is ready."""
    order: list[Path] = []
    ready: list[Path] = []
    while sorter.is_active():
        for path in sorter.get_ready():
            heapq.heappush(ready, path)
        order.append(heapq.heappop(ready))
        sorter.done(order[-1])
    return tuple(order)


def _imports(path: Path) -> list[tuple[str, ...]]:
    try:
        header = _header(FileSnapshot.read(path).text)
    except QedError:
        return []
    return [components for each in header.imports if (components := name_components(each.name))]


def _header(text: str) -> Header:
    """The header of a file, of a long one from its first lines: where two commands follow, the header was whole."""
    end = text.find("\n", _FIRST_LINES)
    if end >= 0:
        first = Document.parse(text[:end])
        if len(first.commands) > 1:
            return first.header
    return Document.parse(text).header


def _source_roots(root: Path) -> tuple[Path, ...]:
    """The folders that hold modules: the project's own, and those that its `lakefile.toml` names."""
    try:
        lakefile = _Lakefile.model_validate(tomllib.loads((root / "lakefile.toml").read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
        return (root,)
    package = root / lakefile.source
    targets = itertools.chain(lakefile.lean_lib, lakefile.lean_exe)
    return tuple(dict.fromkeys(each.resolve() for each in (root, package, *(package / it.source for it in targets))))
