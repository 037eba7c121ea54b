"""Commands about holes and proofs. None of them needs a model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.conversation.permissions import Mode
from agent.workbench.places import Place, find_file, find_places
from tools.errors import ExitCode, QedError

if TYPE_CHECKING:
    from agent.tui.app import QedApp

SEPARATOR = ";;"
_SECONDS = 30
_MAX_LISTED = 200


async def goals(app: "QedApp", argument: str) -> None:
    """Shows the goals at a hole, and makes it the current one; `FILE:LINE` also where there is no hole."""
    file, colon, line = argument.rpartition(":")
    if colon and line.isdigit():
        name = find_file(app.project.outlines, file).name
        app.call("goals", {"file": name, "line": int(line)}, f"/goals {argument}")
        return
    place = _one(app, argument)
    app.project.choose(place)
    app.call("goals", {"file": place.name, "line": _line(app, place)}, f"/goals {argument}")


async def holes(app: "QedApp", argument: str) -> None:
    """Lists the holes of the project, or of one file."""
    await app.project.refresh()
    chosen = [find_file(app.project.outlines, argument)] if argument else app.project.outlines
    lines: list[str] = []
    for file in chosen:
        if file.problem:
            lines.append(f"{file.name}: {file.problem}")
        elif file.holes:
            lines.append(f"{file.name}: {len(file.holes)} open")
            for hole in file.holes:
                where = "" if hole.fillable else " (in the statement)"
                lines.append(f"  {hole.line}: {hole.declaration}#{hole.number}{where}  {hole.statement}")
    if len(lines) > _MAX_LISTED:
        lines[_MAX_LISTED:] = [f"… {len(lines) - _MAX_LISTED} more lines"]
    app.note("\n".join(lines) or "No open holes here.", title="Holes")


async def prove(app: "QedApp", argument: str) -> None:
    """Searches for proofs and has them written: of a hole, of a file, or of everything."""
    await prove_places(app, _several(app, argument))


async def prove_places(app: "QedApp", chosen: Sequence[Place]) -> None:
    """Searches for proofs of holes, one after the other, and has them written."""
    require_writable(app)
    for place in chosen:
        app.prove(place, _SECONDS)


def require_writable(app: "QedApp") -> None:
    """Raises `QedError` in a read-only session."""
    if app.mode is Mode.READ_ONLY:
        raise QedError(
            "this is a read-only session: nothing would be written",
            hint="/permissions ask, or Shift+Tab, changes that; /search writes nothing.",
            exit_code=ExitCode.NOT_ALLOWED,
        )


async def search(app: "QedApp", argument: str) -> None:
    """Searches for proofs and shows them; nothing is written."""
    for place in _several(app, argument):
        app.search(place, _SECONDS)


async def try_(app: "QedApp", argument: str) -> None:
    """Tries tactics at the current hole; `;;` separates several, each of which begins at the goal of the hole."""
    place, tactics = _tactics(app, argument)
    if not tactics:
        raise QedError(
            "there is nothing to try",
            hint="/try simp ;; omega ;; exact?  (at the current hole)",
            exit_code=ExitCode.USAGE,
        )
    app.call("try_tactics", {**place.arguments(), "tactics": tactics}, f"/try {argument}")


async def score(app: "QedApp", argument: str) -> None:
    """Has LeanProgress predict the steps that remain after tactics at the current hole; without any, at the hole."""
    if app.bench.wishes.config.progress.scoring_model() is None:
        from tools.progress.choice import CHOOSE_MODEL

        raise QedError("no LeanProgress model is chosen", hint=CHOOSE_MODEL, exit_code=ExitCode.CONFIG)
    place, tactics = _tactics(app, argument)
    app.call("score_tactics", {**place.arguments(), "tactics": tactics}, f"/score {argument}".strip())


async def check(app: "QedApp", argument: str) -> None:
    """Lets Lean check a file: the one named, or that of the current hole."""
    name = find_file(app.project.outlines, argument).name if argument else _current(app).name
    app.call("check", {"file": name}, f"/check {argument}".strip())


async def undo(app: "QedApp", argument: str) -> None:
    """Takes back the last write of qed in this project."""
    event = await app.bench.undo()
    if app.watching.ask_again():  # else it would be found and written once more
        app.note("Watching writes nothing unasked any more; /watch auto begins again.")
    app.show(event)
    await app.project.wrote(event.path)


async def diff(app: "QedApp", argument: str) -> None:
    """Shows what this session has written."""
    text = await app.bench.written()
    if text:
        app.show_diff(text, "Written in this session")
    else:
        app.note("Nothing was written in this session.")


def hole_names(app: "QedApp") -> list[str]:
    """What can be completed after /goals, /prove and /search."""
    files = [file.name for file in app.project.outlines if file.holes]
    return [*files, *(place.describe() for place in app.project.holes)]


def file_names(app: "QedApp") -> list[str]:
    """What can be completed after /check, /holes and /watch."""
    return [file.name for file in app.project.outlines]


def _current(app: "QedApp") -> Place:
    if app.project.current is None:
        raise QedError(
            "no hole is chosen",
            hint="Name one, or choose one in the proof pane (F2); /holes lists them.",
            exit_code=ExitCode.USAGE,
        )
    return app.project.current


def _one(app: "QedApp", argument: str) -> Place:
    return find_places(app.project.outlines, argument)[0] if argument else _current(app)


def _several(app: "QedApp", argument: str) -> list[Place]:
    if argument == "all":
        found = list(app.project.holes)
        if not found:
            raise QedError("there is no open hole here", exit_code=ExitCode.USAGE)
        return found
    return find_places(app.project.outlines, argument) if argument else [_current(app)]


def _target(app: "QedApp", argument: str) -> tuple[Place, str]:
    """The hole that `@NAME` at the beginning names, else the current one; and the rest."""
    first, _, rest = argument.partition(" ")
    if first.startswith("@"):
        return find_places(app.project.outlines, first)[0], rest
    return _current(app), argument


def _tactics(app: "QedApp", argument: str) -> tuple[Place, list[str]]:
    """The hole, and the tactics that are named for it."""
    place, text = _target(app, argument)
    tactics = [each.strip("\n ") for each in text.split(SEPARATOR)]
    return place, [each for each in tactics if each]


def _line(app: "QedApp", place: Place) -> int:
    line = app.project.line_of(place)
    if line is None:
        raise QedError(f"{place.describe()} is no longer open", exit_code=ExitCode.USAGE)
    return line
