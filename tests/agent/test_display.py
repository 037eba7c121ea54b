"""What `qed prove` shows: on a terminal lines that move, elsewhere only lines that stay."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path

import pyte
import pytest
from rich.cells import cell_len
from rich.console import Console

from agent.cli.at_work import AtWork
from agent.cli.display import ProveDisplay
from agent.cli.live_lines import LiveLines
from agent.cli.work_table import table
from agent.prover.events import (
    Checking,
    FileFinished,
    FileStarted,
    HoleFinished,
    HoleSetAside,
    HoleStarted,
    Noted,
    ProverEvent,
    Rechecking,
    Searching,
    Spent,
    StrategyStarted,
    WaitingForWorkers,
    Working,
)
from agent.prover.report import FileReport, HoleReport, OpenReason, RunReport, StrategyReport
from tools.errors import QedError
from tools.lean.acceptance.verdict import ProofStatus
from tools.lean.recheck import RecheckStatus

PATH = Path("A.lean")
WIDTHS = (1, 2, 5, 10, 20, 39, 59, 60, 89, 90, 120, 400)


def report(number: int = 1, status: ProofStatus = ProofStatus.PROVED, **more: object) -> HoleReport:
    fields: dict[str, object] = {"declaration": f"t{number}", "line": number, "column": 2, "status": status}
    if status is ProofStatus.PROVED:
        fields |= {"proof": "by\n  simp [foo]\n  omega", "strategy": "search"}
    return HoleReport.model_validate(fields | {"seconds": 1.25} | more)


def file_report(*holes: HoleReport, **more: object) -> FileReport:
    fields = {"path": PATH, "toolchain": "Lean", "holes": holes, "written": True, "diff": "", "seconds": 9.0}
    return FileReport.model_validate(fields | more)


BEGIN = (FileStarted(PATH, "Lean 4"), HoleStarted("t1", 1, 1, 3), StrategyStarted(1, "search", 30.0))
EVENTS: Sequence[ProverEvent] = (
    *BEGIN,
    Searching(1, 12, 3, "simp", 1.0, 20.0, "a = b"),
    HoleSetAside(1),
    HoleStarted("t2", 9, 2, 3),
    StrategyStarted(2, "whole proof"),
    Working(2, "round 2: Lean refused it"),
    Spent(2, 12_345, 0.25),
    Checking(2, "by simp"),
    HoleFinished(2, report(2)),
    Noted("a note"),
    Rechecking(),
    FileFinished(file_report(report(2))),
)


def taken(*events: ProverEvent, now: float = 0.0) -> AtWork:
    work = AtWork()
    for event in events:
        work.take(event, now)
    return work


def texts(work: AtWork, now: float = 0.0, width: int = 119, height: int = 23) -> list[str]:
    return ["".join(text for text, _ in line) for line in table(work, now, width, height)]


class Terminal:
    """A display on a terminal of a size, and what one sees there; the clock stands where the test puts it."""

    def __init__(self, width: int = 120, height: int = 24, **console: object) -> None:
        self.file = io.StringIO()
        self.screen = pyte.HistoryScreen(width, height, history=1000)
        self._stream = pyte.Stream(self.screen)
        self.now = 0.0
        self.written = ""
        self.console = Console(
            file=self.file,
            force_terminal=True,
            width=width,
            height=height,
            highlight=False,
            soft_wrap=True,
            color_system="truecolor",
            _environ={},
            **console,  # pyright: ignore[reportArgumentType]
        )
        self.display = ProveDisplay(self.console, lambda: self.now)

    def shows(self, *events: ProverEvent) -> list[str]:
        """The screen after events, without empty lines."""
        for event in events:
            self.display.show(event)
        self.display.draw()
        return self.lines()

    def lines(self) -> list[str]:
        self.written += self.file.getvalue()
        self._stream.feed(self.file.getvalue().replace("\n", "\r\n"))
        self.file.seek(0)
        self.file.truncate()
        return [line.rstrip() for line in self.screen.display if line.strip()]


# -- the rows


def test_a_row_says_what_is_done_at_a_hole() -> None:
    work = taken(*BEGIN, Searching(1, 120, 3, "simp", 1.0, 20.0, "a = b"), Spent(1, 12_345, 0.25))
    heading, row, others = texts(work, now=5.5)
    assert heading.split("  ")[1] == "hole" and heading.endswith("time left")
    assert [part.strip() for part in row.split("  ") if part] == [
        "t1:1",
        "search",
        "⊢ a = b",
        "120",
        "12.3k tokens $0.2500",
        "24 s",
    ]
    assert others.strip() == "2 waiting · 12.3k tokens $0.2500"


def test_without_a_model_there_is_no_column_for_money() -> None:
    assert "spent" not in texts(taken(*BEGIN))[0]
    assert "tokens" in texts(taken(*BEGIN, Spent(1, 10, None)))[1]


def test_several_holes_at_once_and_one_that_waits_again() -> None:
    second = (HoleStarted("t2", 9, 2, 3), StrategyStarted(2, "agent"), Working(2, "reads the file"))
    lines = texts(taken(*BEGIN, *second))
    assert "t1:1" in lines[1] and "t2:9" in lines[2] and "reads the file" in lines[2] and "1 waiting" in lines[3]
    lines = texts(taken(*BEGIN, *second, HoleSetAside(1)))
    assert "t2:9" in lines[1] and "2 waiting" in lines[2]
    lines = texts(taken(*BEGIN, *second, HoleFinished(1, report(1, ProofStatus.DISPROVED))))
    assert "t2:9" in lines[1] and lines[2].strip() == "1 waiting · 1 disproved"


def test_of_two_hundred_holes_only_those_at_work_are_rows() -> None:
    work = taken(FileStarted(PATH, "Lean"))
    for number in range(1, 201):
        work.take(HoleStarted(f"t{number}", number, number, 200), 0.0)
        if number <= 190:
            work.take(HoleFinished(number, report(number)), 0.0)
    assert len(texts(work)) == 12 and texts(work)[-1].strip() == "190 proved"
    low = texts(work, height=6)
    assert len(low) == 6 and low[-1].strip() == "6 more at work · 190 proved"


def test_while_nothing_is_at_work_it_says_what_is_done_about_the_file() -> None:
    work = taken(FileStarted(PATH, "Lean"))
    assert texts(work) == ["  Lean reads the file"] and texts(work, now=70) == ["  Lean reads the file (1 min 10 s)"]
    work.take(WaitingForWorkers(4), 70)
    assert "all 4 Lean workers" in texts(work, now=70)[0]
    work = taken(*EVENTS[:-1], HoleFinished(1, report(1)), HoleFinished(3, report(3)))
    assert texts(work)[0].strip() == "the project's checker replays the file"


def test_money_is_that_of_the_whole_run_and_counts_those_of_the_file() -> None:
    work = taken(*EVENTS, *BEGIN, Spent(1, 1000, None))
    assert texts(work)[-1].strip() == "2 waiting · 13.3k tokens $0.2500"
    tried = StrategyReport(strategy="agent", outcome="", tokens=5, cost=1.5)
    work = taken(*BEGIN, HoleFinished(1, report(1, tried=(tried,))))
    assert (work.tokens, work.cost) == (5, 1.5)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 2, 3, 24])
def test_no_line_is_wider_than_the_terminal(width: int, height: int) -> None:
    wide = "定理証明" * 40 + "é" * 300
    work = taken(
        FileStarted(PATH, "Lean"), HoleStarted(wide, 10**9, 1, 5), StrategyStarted(1, wide, 10**6), Working(1, wide)
    )
    for more in (Searching(1, 10**9, 1, wide, 1.0, 2.0, wide), Spent(1, 10**12, 10**6), Checking(1, wide)):
        work.take(more, 0.0)
        lines = texts(work, width=width, height=height)
        assert 0 < len(lines) <= height and all(cell_len(line) <= width for line in lines)
    assert all(cell_len(line) <= width for line in texts(taken(FileStarted(PATH, "Lean")), 100, width, height))


def test_a_narrow_terminal_keeps_what_matters_most() -> None:
    row = texts(taken(*BEGIN, Searching(1, 120, 3, "simp", 1.0, 20.0, "a = b")), width=39)[1]
    assert [part.strip() for part in row.split("  ") if part] == ["t1:1", "⊢ a = b", "30 s"]
    looks = taken(*BEGIN, StrategyStarted(1, "agent"), Working(1, "looks"))
    assert "agent: looks" in texts(looks, width=60)[1] and "  looks" in texts(looks, width=59)[1]
    assert "  agent" in texts(taken(*BEGIN, StrategyStarted(1, "agent")), width=59)[1]
    assert "  Lean shows the goal" in texts(taken(*BEGIN[:2]), width=80)[1]


def test_what_lean_and_models_write_is_not_executed() -> None:
    evil = "exact\x1b[2J \x1b]0;title\x07 \u202e[bold]x[/]"
    work = taken(*BEGIN, Working(1, evil), HoleStarted(evil, 2, 2, 3))
    assert all(not set(line) & {"\x1b", "\x07", "\u202e"} for line in texts(work))
    assert "\\x1b[2J" in texts(work)[1] and "[bold" in texts(work)[1]
    terminal = Terminal()
    with terminal.display:
        finished = HoleFinished(1, report(1, proof=evil, declaration=evil))
        terminal.shows(FileStarted(PATH, evil), finished, Noted(evil))
    assert "\x1b[2J" not in terminal.written and "\x07" not in terminal.written and "[bold]x" in terminal.written
    terminal.display.summary(RunReport(files=(file_report(report(1), path=Path(evil)),), errors=()))
    terminal.display.error(Path(evil), QedError(evil, hint=evil))
    assert "\x1b[2J" not in terminal.file.getvalue() and "[bold]x" in terminal.file.getvalue()


# -- the terminal


def test_finished_lines_stand_above_those_that_move() -> None:
    terminal = Terminal()
    with terminal.display:
        lines = terminal.shows(*BEGIN, Searching(1, 12, 3, "simp", 1.0, 20.0, "a = b"))
        assert lines[0] == "A.lean  Lean 4" and "⊢ a = b" in lines[2] and lines[3].strip() == "2 waiting"
        lines = terminal.shows(HoleFinished(1, report(1)), HoleStarted("t2", 9, 2, 3), StrategyStarted(2, "agent"))
        assert lines[1] == f"  ✓ {'t1:1':<34} by simp [foo] omega  1.2 s"
        assert "t2:9" in lines[3] and lines[4].strip() == "1 waiting · 1 proved" and len(lines) == 5
        terminal.shows(FileFinished(file_report(report(1))))
    assert terminal.lines()[:2] == lines[:2]


def test_at_the_end_nothing_is_left_of_what_moved() -> None:
    terminal = Terminal()
    with terminal.display:
        terminal.shows(*EVENTS[:-1])
        terminal.shows(EVENTS[-1])
    lines = [line.strip() for line in terminal.lines()]
    assert lines == ["A.lean  Lean 4", f"✓ {'t2:2':<34} by simp [foo] omega  1.2 s", "note: a note"]
    assert terminal.screen.cursor.x == 0


def test_it_is_drawn_without_being_asked() -> None:
    terminal = Terminal()
    drawn = threading.Event()

    class Telling(io.StringIO):
        def write(self, text: str) -> int:
            if "t1:1" in text:
                drawn.set()
            return super().write(text)

    terminal.console.file = Telling()
    with terminal.display:
        for event in BEGIN:
            terminal.display.show(event)
        assert drawn.wait(60)


def test_what_has_not_changed_is_not_drawn_again() -> None:
    terminal = Terminal()
    live = LiveLines(terminal.console, lambda width, height: ((("the same", "bold"),),))
    live.draw()
    first = terminal.file.getvalue()
    live.draw()
    assert "the same" in first and terminal.file.getvalue() == first


def test_a_window_that_becomes_narrower_leaves_nothing_behind() -> None:
    terminal = Terminal(width=80)
    live = LiveLines(terminal.console, lambda width, height: ((("x" * (width - 1), ""),),) * 2)
    live.draw()
    terminal.lines()
    # A terminal breaks its lines anew: each of the two takes two rows in half the width.
    terminal.console.width = 40
    live.draw()
    assert terminal.file.getvalue().count("\x1b[1A") == 3


def test_no_color_and_dumb_terminals() -> None:
    plain = Terminal(no_color=True)
    with plain.display:
        plain.shows(*BEGIN, HoleFinished(1, report(1)))
    assert "✓" in plain.written and not any(f"\x1b[{code}m" in plain.written for code in ("32", "1;32", "33", "31"))
    file = io.StringIO()
    dumb = Console(file=file, force_terminal=True, width=80, _environ={"TERM": "dumb"})
    with ProveDisplay(dumb) as display:
        for event in EVENTS:
            display.show(event)
        display.draw()
    assert file.getvalue().splitlines()[0] == "A.lean  Lean 4" and "\x1b[1A" not in file.getvalue()


# -- elsewhere


def test_without_a_terminal_only_finished_lines_appear() -> None:
    file = io.StringIO()
    console = Console(file=file, width=80, highlight=False, soft_wrap=True)
    holes = (
        report(1),
        report(2, ProofStatus.DISPROVED, detail="false for [n := 1]", reason=OpenReason.DISPROVED),
        report(3, ProofStatus.NOT_PROVED, detail="not proved:\nout of time"),
        report(4, ProofStatus.INCONCLUSIVE, detail="Lean crashed"),
    )
    with ProveDisplay(console) as display:
        for event in (*EVENTS[:8], *(HoleFinished(at, each) for at, each in enumerate(holes, 1)), *EVENTS[-3:]):
            display.show(event)
        display.error(PATH, QedError("no [good]", hint="do it"))
        display.summary(RunReport(files=(file_report(*holes, recheck=RecheckStatus.REFUSED),), errors=()))
    assert file.getvalue().splitlines() == [
        "A.lean  Lean 4",
        "  ✓ t1:1                               by simp [foo] omega  1.2 s",
        "  ✗ t2:2                               false for [n := 1]  1.2 s",
        "  ○ t3:3                               not proved: out of time  1.2 s",
        "  ? t4:4                               Lean crashed  1.2 s",
        "note: a note",
        "error: no [good]",
        "  hint: do it",
        "1 proved, 1 disproved, 1 not proved, 1 inconclusive of 4 holes in 9 s",
        "A.lean: the checker's answer: refused: ",
        "wrote A.lean; `qed undo` takes the last write back",
    ]


def test_the_summary_says_by_which_strategy_and_for_how_much() -> None:
    search = StrategyReport(strategy="search", outcome="")
    agent = StrategyReport(strategy="agent", outcome="", tokens=12_300, cost=0.125)
    holes = (
        report(1, tried=(search,)),
        report(2, tried=(search,)),
        report(3, tried=(search, agent), strategy="agent"),
        report(4, ProofStatus.NOT_PROVED, tried=(search, agent.model_copy(update={"cost": None}))),
    )
    file = io.StringIO()
    console = Console(file=file, width=200)
    ProveDisplay(console).summary(RunReport(files=(file_report(*holes, written=False),), errors=(), interrupted=True))
    assert file.getvalue().splitlines() == [
        "interrupted: what was accepted before is kept",
        "3 proved, 1 not proved of 4 holes in 9 s",
        "proved: 2 by search, 1 by agent; 24.6k tokens; $0.1250",
    ]
