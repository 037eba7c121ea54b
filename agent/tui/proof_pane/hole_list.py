"""The holes of a project with their states, kept true while files are read anew and proofs are accepted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.tui.proof_pane.place import HoleState, Place
from agent.workbench.outline import FileOutline, HoleInfo

_Declaration = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class HoleRow:
    """A hole that is open in the file; `state` is never PROVED: a proved hole is no longer there."""

    place: Place
    info: HoleInfo
    state: HoleState


@dataclass(frozen=True, slots=True)
class DeclarationRows:
    """The open holes of a declaration, and how many of its holes were proved while this pane was there."""

    name: str
    holes: tuple[HoleRow, ...]
    proved: int


@dataclass(frozen=True, slots=True)
class FileRows:
    """A file with holes, or with proofs that were accepted; `problem` says why it could not be read."""

    path: Path
    name: str
    declarations: tuple[DeclarationRows, ...]
    problem: str = ""


@dataclass
class HoleList:
    """Folds what files say and what happens to their holes. `version` changes when rows come or go."""

    files: dict[Path, FileOutline] = field(default_factory=dict[Path, FileOutline])
    proved: Counter[_Declaration] = field(default_factory=Counter[_Declaration])
    version: int = 0
    _states: dict[Place, HoleState] = field(default_factory=dict[Place, HoleState])

    def show(self, files: Sequence[FileOutline]) -> None:
        """Takes the files of the project as they are now.

        A declaration that has more holes than before lost as many proofs: they were undone, or deleted.
        """
        before = self._counts()
        self.files = {file.path: file for file in files}
        now = self._counts()
        for declaration in list(self.proved):
            path, name = declaration
            file = self.files.get(path)
            returned = max(0, now[declaration] - before[declaration]) if declaration in before else 0
            self.proved[declaration] -= returned
            gone = file is not None and not file.problem and name not in file.declarations
            if self.proved[declaration] <= 0 or gone:
                del self.proved[declaration]
        there = {Place(path, hole.declaration, hole.number) for path, file in self.files.items() for hole in file.holes}
        self._states = {place: state for place, state in self._states.items() if place in there}
        self.version += 1

    def _counts(self) -> Counter[_Declaration]:
        counts = Counter((path, hole.declaration) for path, file in self.files.items() for hole in file.holes)
        for declaration in self.proved:
            counts.setdefault(declaration, 0)
        return counts

    def state(self, place: Place) -> HoleState:
        """How an open hole stands."""
        return self._states.get(place, HoleState.OPEN)

    def mark(self, place: Place, state: HoleState) -> None:
        """Gives a hole that is in the files a state; a hole that is not known is left alone."""
        if self.find(place) is not None:
            self._states[place] = state

    def accept(self, path: Path, declaration: str, number: int | None) -> None:
        """A proof was written: the hole is filled, and those after it in its declaration move up.

        Without a number it is the first hole in work, else the first one.
        """
        self.proved[path, declaration] += 1
        self.version += 1
        file = self.files.get(path)
        holes = [hole for hole in file.holes if hole.declaration == declaration] if file else []
        if file is None or not holes:
            return
        numbers = [hole.number for hole in holes]
        working = [n for n in numbers if self.state(Place(path, declaration, n)) is HoleState.WORKING]
        filled = number if number in numbers else next(iter((*working, *numbers)))
        self._move_up(path, declaration, filled, numbers)
        kept = [_without(hole, declaration, filled) for hole in file.holes]
        self.files[path] = replace(file, holes=tuple(hole for hole in kept if hole is not None))

    def take_back(self, path: Path, declarations: Sequence[str]) -> None:
        """Proofs were undone. Where the file is known, its holes tell that by themselves when it is read again."""
        for name in declarations if path not in self.files else ():
            self.proved[path, name] -= 1
            if self.proved[path, name] <= 0:
                del self.proved[path, name]
        self.version += 1

    def clear(self) -> None:
        """Forgets all."""
        self.files.clear()
        self.proved.clear()
        self._states.clear()
        self.version += 1

    def _move_up(self, path: Path, declaration: str, filled: int, numbers: list[int]) -> None:
        self._states.pop(Place(path, declaration, filled), None)
        for number in sorted(n for n in numbers if n > filled):
            state = self._states.pop(Place(path, declaration, number), None)
            if state is not None:
                self._states[Place(path, declaration, number - 1)] = state

    def find(self, place: Place) -> HoleInfo | None:
        """The hole at a place, as its file has it."""
        file = self.files.get(place.path)
        holes = file.holes if file else ()
        return next((h for h in holes if (h.declaration, h.number) == (place.declaration, place.number)), None)

    def place_of(self, name: str, declaration: str, number: int, line: int) -> Place | None:
        """The hole that a tool call names: a file by its name or path, and a declaration, a number, a line, or none.

        None where the call names no hole that is there; what tools refuse need not be understood here.
        """
        file = next((f for f in self.files.values() if name in (f.name, str(f.path))), None)
        if file is None:
            return None
        named = [h for h in file.holes if not declaration or _is_named(h.declaration, declaration)]
        found = [h for h in named if line in (0, h.line)]
        if not 1 <= max(number, 1) <= len(found):
            return None
        hole = found[max(number, 1) - 1]
        return Place(file.path, hole.declaration, hole.number)

    def rows(self) -> list[FileRows]:
        """What the pane lists: files with open holes, accepted proofs or problems, in the order of the project."""
        listed = [self._file_rows(path, file) for path, file in self.files.items()]
        outside = dict.fromkeys(path for path, _ in self.proved if path not in self.files)
        listed += [self._file_rows(path, FileOutline(path, path.name)) for path in outside]
        return [rows for rows in listed if rows.declarations or rows.problem]

    def _file_rows(self, path: Path, file: FileOutline) -> FileRows:
        holes: dict[str, list[HoleRow]] = {name: [] for at, name in self.proved if at == path}
        for info in file.holes:
            place = Place(path, info.declaration, info.number)
            holes.setdefault(info.declaration, []).append(HoleRow(place, info, self.state(place)))
        order = {name: index for index, name in enumerate(file.declarations)}
        names = sorted(holes, key=lambda name: order.get(name, len(order)))
        declarations = (DeclarationRows(name, tuple(holes[name]), self.proved[path, name]) for name in names)
        return FileRows(path, file.name, tuple(declarations), file.problem)

    def summary(self) -> str:
        """The counts of all states that occur, most telling first."""
        open_holes = sum(len(file.holes) for file in self.files.values())
        states = Counter(self._states.values())
        counts = {
            HoleState.PROVED: self.proved.total(),
            HoleState.WORKING: states[HoleState.WORKING],
            HoleState.FAILED: states[HoleState.FAILED],
        }
        counts[HoleState.OPEN] = open_holes - counts[HoleState.WORKING] - counts[HoleState.FAILED]
        order = (HoleState.OPEN, HoleState.WORKING, HoleState.FAILED, HoleState.PROVED)
        return " · ".join(f"{counts[state]:,} {state.value}" for state in order if counts[state])


def _without(hole: HoleInfo, declaration: str, filled: int) -> HoleInfo | None:
    if hole.declaration != declaration or hole.number < filled:
        return hole
    return None if hole.number == filled else replace(hole, number=hole.number - 1)


def _is_named(full: str, given: str) -> bool:
    return full == given or full.endswith(f".{given}")
