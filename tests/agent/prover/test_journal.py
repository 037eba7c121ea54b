"""The journal of a run: nothing that was paid for or found is lost, whatever happens to the process or to the file."""

import asyncio
import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from agent.llm.chat import Message, Usage
from agent.prover.journal import RUNS, RunJournal
from agent.prover.lessons import Lesson
from agent.prover.purse import Allowance, Purse
from agent.prover.report import HoleReport, OpenReason, StrategyReport
from agent.prover.request import RunRequest
from tests.agent.command import environment
from tests.agent.llm.scripted import ScriptedModel
from tools.errors import ExitCode, QedError
from tools.lean.acceptance.verdict import ProofStatus

REQUEST = RunRequest(targets=("A.lean", "B.lean:3"), max_cost=2.0, jobs=3)
OPEN = HoleReport(
    declaration="b",
    line=3,
    column=2,
    status=ProofStatus.NOT_PROVED,
    reason=OpenReason.EXHAUSTED,
    tried=(StrategyReport(strategy="search", outcome="nothing", seconds=2.0, tree=({"goal": "⊢ p"},)),),
)
PROVED = OPEN.model_copy(update={"status": ProofStatus.PROVED, "reason": None, "proof": "rfl", "declaration": "a"})
LESSONS = (Lesson(kind="tactic", text="simp", why="no progress"),)


def _ask(journal: RunJournal, key: str, text: str) -> str:
    async def asked() -> str:
        model = journal.model_for(key, Purse(above=journal.purse))
        assert model is not None
        (reply,) = await model.sample([Message(role="user", content=text)], n=1, temperature=1.0)
        return reply.message.content

    return asyncio.run(asked())


def _model(*answers: str) -> ScriptedModel:
    left = list(answers)
    return ScriptedModel(lambda _: [left.pop(0)])


def _begun(folder: Path, *answers: str) -> RunJournal:
    journal = RunJournal.begin(REQUEST, folder, "scripted")
    journal.model = _model(*answers)
    return journal


def _resumed(folder: Path, *answers: str, name: str | None = None) -> RunJournal:
    journal = RunJournal.resume(name, folder)
    journal.model = _model(*answers)
    return journal


def _key(folder: Path, name: str) -> str:
    return f"{folder.resolve()}/A.lean::{name} 0123"


def test_what_was_asked_for_comes_back(tmp_path: Path) -> None:
    journal = _begun(tmp_path)
    assert stat.S_IMODE(RUNS.path.stat().st_mode) == 0o700
    journal.close()
    again = _resumed(tmp_path)
    assert (again.header, again.id, again.notes) == (journal.header, journal.id, [])
    assert again.header.request == REQUEST and again.header.model == "scripted" and again.header.version
    again.close()


def test_answers_holes_and_what_was_spent_come_back(tmp_path: Path) -> None:
    journal = _begun(tmp_path, "one", "two", "three")
    key, other = _key(tmp_path, "b"), _key(tmp_path, "c")
    with journal.purse.working():
        assert [_ask(journal, key, "first"), _ask(journal, key, "again"), _ask(journal, other, "first")] == [
            "one",
            "two",
            "three",
        ]
    journal.lost(key, Usage(prompt_tokens=7, cost=0.5))
    journal.close()  # as after a kill: nothing is written when a run is left

    again = _resumed(tmp_path, "four")
    again.purse.allowance = Allowance(cost=1.30)
    assert again.purse.usage == Usage(prompt_tokens=37, completion_tokens=15, cost=1.25)
    assert again.purse.seconds > 0 and not again.purse.unpriced
    assert again.recall(key).usage == Usage(prompt_tokens=27, completion_tokens=10, cost=1.0)
    assert [_ask(again, key, "again"), _ask(again, key, "first")] == ["two", "one"]
    assert again.purse.usage.cost == 1.25
    assert _ask(again, key, "first") == "four"
    with pytest.raises(QedError, match="not asked"):
        _ask(again, key, "fifth")
    assert _ask(again, other, "first") == "three"
    again.close()
    assert _resumed(tmp_path).purse.usage.cost == 1.5


def test_a_strategy_that_came_to_nothing_has_used_up_its_answers(tmp_path: Path) -> None:
    journal = _begun(tmp_path, "one")
    key = _key(tmp_path, "b")
    _ask(journal, key, "first")
    journal.strategy_ended(key, OPEN.tried[0], LESSONS)
    journal.close()
    assert "⊢ p" not in journal.file.read_text(encoding="utf-8")  # search trees are for the report

    again = _resumed(tmp_path, "two")
    known = again.recall(key)
    assert [each.strategy for each in known.tried] == ["search"] and known.lessons == LESSONS
    assert known.report is None
    assert _ask(again, key, "first") == "two"
    again.close()


def test_holes_that_are_over(tmp_path: Path) -> None:
    journal = _begun(tmp_path)
    path = tmp_path / "A.lean"
    journal.hole_ended(_key(tmp_path, "b"), OPEN)
    journal.proof_accepted(_key(tmp_path, "a"), PROVED)
    journal.hole_ended(_key(tmp_path, "a"), PROVED.model_copy(update={"seconds": 5.0}))
    journal.proof_accepted(_key(tmp_path, "d"), PROVED.model_copy(update={"declaration": "d"}))  # and killed there
    journal.close()

    again = _resumed(tmp_path)
    report = again.recall(_key(tmp_path, "b")).report
    assert report is not None and report.status is ProofStatus.NOT_PROVED and report.tried[0].tree == ()
    assert [(each.declaration, each.seconds) for each in again.earlier(path)] == [("a", 5.0), ("d", 0.0)]
    assert again.earlier(tmp_path / "Other.lean") == []
    again.close()


def test_the_last_run_of_the_folder_that_did_not_end(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    first, last, elsewhere = _begun(here), _begun(here), _begun(there)
    for journal in (first, elsewhere):
        journal.stop()
        journal.close()
    last.end(0)
    last.close()
    again = _resumed(here)
    assert again.id == first.id
    again.end(3)
    again.close()
    with pytest.raises(QedError, match="no run in") as none:
        RunJournal.resume(None, here)
    assert none.value.exit_code is ExitCode.USAGE and none.value.hint
    with pytest.raises(QedError, match="is over") as over:
        RunJournal.resume(last.id, here)
    assert over.value.hint
    by_name = _resumed(here, name=elsewhere.id[:-1])
    assert by_name.id == elsewhere.id
    by_name.close()
    with pytest.raises(QedError, match="no run 1999"):
        RunJournal.resume("1999", here)


def test_a_run_that_is_worked_on_by_another_process(tmp_path: Path) -> None:
    journal = _begun(tmp_path)
    code = (
        "from pathlib import Path; from agent.prover.journal import RunJournal; from tools.errors import QedError\n"
        "try: RunJournal.resume(None, Path.cwd())\n"
        "except QedError as error: print(error.exit_code.name, error.message, error.hint)"
    )
    ask = [sys.executable, "-c", code]
    done = subprocess.run(ask, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"BUSY run {journal.id} is open in another qed")
    journal.close()
    RunJournal.resume(None, tmp_path).close()


def test_a_half_line_at_the_end_is_passed_over_and_damage_is_told(tmp_path: Path) -> None:
    journal = _begun(tmp_path, "one", "two")
    key = _key(tmp_path, "b")
    _ask(journal, key, "first")
    journal.close()
    whole = journal.file.read_bytes()
    for cut in (b'{"kind":"answ', b"\x00\x00", '{"kind":"answer","key":"ä'.encode()[:-1]):
        journal.file.write_bytes(whole + cut)
        again = _resumed(tmp_path)
        assert again.notes == [] and journal.file.read_bytes() == whole
        again.stop()
        again.close()
        assert _lines(journal.file)[-1]["kind"] == "stopped"
    journal.file.write_bytes(whole[:-1])  # the line is whole, but for its end
    again = _resumed(tmp_path)
    again.stop()
    assert _ask(again, key, "first") == "one" and [line["kind"] for line in _lines(journal.file)] == [
        "run",
        "answer",
        "stopped",
    ]
    again.close()
    first, answer = whole.splitlines(keepends=True)
    journal.file.write_bytes(first + answer[:40] + b"\n" + answer)
    again = _resumed(tmp_path)
    assert len(again.notes) == 1 and f"{journal.file}:2 is damaged" in again.notes[0]
    assert again.purse.usage.cost == 0.25
    again.close()
    journal.file.write_bytes(b"nonsense\n" + answer)
    with pytest.raises(QedError, match="no journal of a run"):
        RunJournal.resume(journal.id, tmp_path)


def _lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_an_answer_is_on_the_disk_when_it_is_handed_on(tmp_path: Path) -> None:
    """A process that is killed as soon as it has an answer has kept it."""
    code = (
        "import asyncio, os, signal; from pathlib import Path\n"
        "from agent.llm.chat import Message; from agent.prover.journal import RunJournal\n"
        "from agent.prover.purse import Purse; from agent.prover.request import RunRequest\n"
        "from tests.agent.llm.scripted import ScriptedModel\n"
        "journal = RunJournal.begin(RunRequest(), Path.cwd(), 'scripted')\n"
        "journal.model = ScriptedModel(lambda _: ['one'])\n"
        "model = journal.model_for('k', Purse(above=journal.purse))\n"
        "asyncio.run(model.sample([Message(role='user', content='first')], n=1, temperature=1.0))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(tmp_path), check=False)
    assert done.returncode == -signal.SIGKILL
    again = _resumed(tmp_path)
    assert _ask(again, "k", "first") == "one" and again.purse.usage.total_tokens == 15
    again.close()


def test_the_newest_fifty_are_kept_and_whoever_is_at_work(tmp_path: Path) -> None:
    first = _begun(tmp_path)
    first.close()
    busy, *old = (RUNS.file(f"20200101-0000{number:02}-aaaa") for number in range(55))
    for file in (busy, *old):
        file.write_bytes(first.file.read_bytes())
    with FileLock(busy.with_suffix(".lock")):
        RunJournal.begin(REQUEST, tmp_path).close()
    left = list(RUNS.files)
    assert left[:2] == [busy, old[-48]] and len(left) == 51 and first.file in left
    RunJournal.begin(REQUEST, tmp_path).close()
    left = list(RUNS.files)
    assert len(left) == 50 and left[0] == old[-47] and not busy.with_suffix(".lock").exists()


def test_a_run_that_cannot_be_kept_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, where a folder is wanted")
    journal = _begun(tmp_path, "one")
    assert not journal.is_kept and "cannot be resumed" in journal.notes[0]
    assert _ask(journal, _key(tmp_path, "b"), "first") == "one"
    journal.end(0)
    journal.close()


def test_what_is_said_later_counts() -> None:
    more = REQUEST.changed_by(RunRequest(max_cost=5.0, dry_run=True))
    assert (more.max_cost, more.dry_run, more.jobs, more.targets) == (5.0, True, 3, REQUEST.targets)
    alone = REQUEST.of_model(None)
    assert alone.no_model and alone.changed_by(RunRequest(model="mine")).no_model is False
    without = REQUEST.of_model("mine").changed_by(RunRequest(no_model=True))
    assert without.no_model and without.model is None
