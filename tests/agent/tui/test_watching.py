"""`/watch` on the real Lean: what is saved is worked on, stands in the panel, is written when the person says so."""

import shutil
from pathlib import Path

import pytest

from agent.conversation.permissions import Mode
from agent.tui.proof_pane.watch_panel import WatchPanel
from agent.tui.status_line import StatusLine
from agent.watch.suggestion import Suggestion
from tests.agent.tui.opened import Opened, opened
from tools.lean.claim import claim

BEGIN = "def two : Nat := 2\n"
EASY = "\ntheorem easy (n : Nat) : n + 0 = n := by\n  sorry\n"
ALSO = "\ntheorem also (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"
# True, but nothing that is tried closes it.
LONG = "\ntheorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"
FALSE = "\ntheorem wrong (n m : Nat) : n + m = n := by\n  sorry\n"
REAL = pytest.mark.usefixtures("toolchain")


@pytest.fixture
def file(project: Path) -> Path:
    """The one file of the project, which has no hole yet."""
    path = project / "A.lean"
    path.write_text(BEGIN)
    return path


def _status(app: Opened) -> str:
    return app.app.query_one(StatusLine).status.watching


def _suggestions(app: Opened) -> list[Suggestion]:
    view = app.app.watching.view
    return list(view.table.suggestions.values()) if view is not None else []


def _row(app: Opened, declaration: str) -> Suggestion | None:
    return next((each for each in _suggestions(app) if each.declaration == declaration), None)


async def _becomes(app: Opened, declaration: str, verdict: str) -> Suggestion:
    def there() -> bool:
        row = _row(app, declaration)
        return row is not None and row.verdict.value == verdict

    await app.until(there, f"{declaration}: {verdict}")
    found = _row(app, declaration)
    assert found is not None
    return found


async def _watches(app: Opened, command: str = "/watch") -> None:
    await app.lean_is_ready()
    await app.says(command)
    await app.sees("nothing to do until the next save")


@pytest.mark.lean
@REAL
async def test_a_proof_is_written_when_its_number_is_pressed(file: Path) -> None:
    async with opened(file.parent) as app:
        await _watches(app)
        assert _status(app) == "watching"
        assert isinstance(app.app.focused, WatchPanel)
        file.write_text(BEGIN + EASY + FALSE)
        easy = await _becomes(app, "easy", "accepted")
        await _becomes(app, "wrong", "disproved")
        await app.sees("Watch A.lean", " :4 easy", "accepted", " :7 wrong", "disproved")
        await app.pilot.press("9", "2")  # no such line; nothing to write in this one
        assert file.read_text() == BEGIN + EASY + FALSE

        await app.pilot.press("1")
        await _becomes(app, "easy", "written")
        await app.sees("written", "1 proved", "Written to A.lean")
        assert easy.proof in file.read_text()
        assert FALSE in file.read_text()
        await app.until(lambda: len(app.app.project.holes) == 1, "the hole is gone from the list")
        assert app.text.count("outside qed") == 1  # the save of the person, not ours

        await app.pilot.press("q")
        assert app.app.composer in app.app.focused.ancestors_with_self
        await app.says("/watch off")
        await app.shows("No longer watching")
        assert _status(app) == ""
        await app.until(lambda: not app.app.query_one(WatchPanel).display, "the table is gone")
        written = file.read_text()
        file.write_text(written + ALSO)
        await app.until(lambda: app.text.count("outside qed") == 2, "the save is seen")
        assert _row(app, "also") is None


@pytest.mark.lean
@REAL
async def test_cursor_and_commands(file: Path) -> None:
    async with opened(file.parent, size=(80, 24)) as app:
        await _watches(app, "/watch A.lean")
        file.write_text(BEGIN + EASY + ALSO)
        (file.parent / "B.lean").write_text(EASY)  # is not watched
        await _becomes(app, "easy", "accepted")
        await _becomes(app, "also", "accepted")
        await app.pilot.press("down", "enter")
        await _becomes(app, "also", "written")
        assert "  sorry" in file.read_text().split("theorem also")[0]
        await app.pilot.press("escape")
        await app.says("/watch write 7")
        await app.shows("there is no proof in line 7")
        await app.says("/watch write all")
        await _becomes(app, "easy", "written")
        assert "sorry" not in file.read_text()
        await app.says("/watch write all")
        await app.shows("no proof is accepted")
        assert (file.parent / "B.lean").read_text() == EASY
        assert {each.path for each in _suggestions(app)} == {file}


@pytest.mark.lean
@REAL
async def test_unasked_only_after_a_question_and_not_after_an_undo(file: Path) -> None:
    async with opened(file.parent) as app:
        await app.lean_is_ready()
        await app.says("/watch auto")
        await app.sees("while you watch?")
        await app.answers("n")
        await app.shows("Watching writes only what you say")
        assert _status(app) == ""
        await app.says("/watch auto")
        await app.answers("y")
        await app.sees("nothing to do until the next save", "writes unasked")
        assert _status(app) == "watching, writes"
        file.write_text(BEGIN + EASY)
        await _becomes(app, "easy", "written")
        assert "sorry" not in file.read_text()
        await app.says("/undo")
        await app.shows("Taken back", "Watching writes nothing unasked any more")
        await _becomes(app, "easy", "accepted")
        assert file.read_text() == BEGIN + EASY
        app.app.mode = Mode.READ_ONLY
        await app.says("/watch write all")
        await app.shows("this is a read-only session")
        assert file.read_text() == BEGIN + EASY


@pytest.mark.lean
@REAL
async def test_a_file_that_somebody_else_works_on_is_written_when_it_is_free(file: Path) -> None:
    async with opened(file.parent) as app:
        await _watches(app)
        file.write_text(BEGIN + EASY)
        await _becomes(app, "easy", "accepted")
        with claim(file):
            await app.pilot.press("1")
            await app.pilot.pause()
            assert file.read_text() == BEGIN + EASY
        await _becomes(app, "easy", "written")


@pytest.mark.lean
@REAL
async def test_a_folder_that_goes_away_ends_it(file: Path) -> None:
    folder = file.parent / "Below"
    folder.mkdir()
    (folder / "C.lean").write_text(BEGIN)
    async with opened(file.parent) as app:
        await _watches(app, "/watch Below/C.lean")
        shutil.rmtree(folder)
        await app.sees("ended", "is not there any more")
        assert _status(app) == ""
        assert not app.app.watching.is_on
        await app.says("/watch write 1")
        await app.shows("there is no proof in line 1")
        assert "qed itself failed" not in app.text


@pytest.mark.lean
@REAL
async def test_leaving_ends_it_while_it_works(file: Path) -> None:
    async with opened(file.parent) as app:
        await _watches(app)
        file.write_text(BEGIN + LONG)
        await _becomes(app, "long", "working")
        assert app.app.watching.is_on
        await app.app.finish()
        assert not app.app.watching.is_on
        assert "qed itself failed" not in app.text


async def test_what_cannot_be_watched_is_told(file: Path) -> None:
    async with opened(file.parent, lean=False) as app:
        await app.says("/watch")
        await app.sees("no/such/lean", "ended")
        await app.until(lambda: not app.app.watching.is_on)
        await app.says("/watch off")
        await app.shows("No longer watching")
