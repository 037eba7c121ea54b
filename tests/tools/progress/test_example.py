"""Rows and their files."""

import json
from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.progress.example import MAX_STEPS, ProgressExample, Skipped, read_examples, write_examples
from tools.progress.sample import SAMPLE

GOOD = '{"goal": "⊢ p", "tactic": "simp", "steps_remaining": 0}'


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "rows.jsonl"
    rows = [*SAMPLE, ProgressExample(goal="⊢ \ud800 𝕜", prefix="a\nb", tactic="t", steps_remaining=3, theorem="x")]
    assert write_examples(path, rows) == 4
    assert list(read_examples(path)) == rows
    assert len(SAMPLE) == 3 and any(row.steps_remaining == 0 for row in SAMPLE) and any(row.prefix for row in SAMPLE)


def test_fields_beyond_ours_are_ignored_and_the_prefix_may_be_absent(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\ufeff" + GOOD[:-1] + ', "source": "mathlib"}\r\n\n' + GOOD)
    assert [(row.goal, row.prefix, row.theorem) for row in read_examples(path)] == [("⊢ p", "", "")] * 2


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"goal": "g", "steps_remaining": 1}', "`tactic` is missing"),
        ('{"goal": 3, "tactic": "t", "steps_remaining": 1}', "`goal`"),
        ('{"goal": "g", "tactic": "t", "steps_remaining": -1}', "`steps_remaining`"),
        ('{"goal": "g", "tactic": "t", "steps_remaining": 1.5}', "`steps_remaining`"),
        ('{"goal": "g", "tactic": "t", "steps_remaining": true}', "`steps_remaining`"),
        ('{"goal": "g", "tactic": "t", "steps_remaining": NaN}', "`steps_remaining`"),
        (f'{{"goal": "g", "tactic": "t", "steps_remaining": {MAX_STEPS + 1}}}', "`steps_remaining`"),
    ],
)
def test_a_bad_line_is_named_or_passed_over(tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{GOOD}\n{line}\n{GOOD}\n")
    with pytest.raises(QedError) as caught:
        list(read_examples(path))
    assert caught.value.exit_code == ExitCode.BAD_DATASET
    assert f"{path}:2: " in caught.value.message and what in caught.value.message
    assert "--skip-bad" in caught.value.hint and len(caught.value.message) < 400
    skipped = Skipped()
    assert len(list(read_examples(path, skipped))) == 2
    assert skipped.count == 1 and what in skipped.notes[0]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(GOOD.encode() + b"\n\xff\xfe\n")
    with pytest.raises(QedError, match=":2: not UTF-8"):
        list(read_examples(path))


def test_many_bad_lines_are_counted_and_few_are_kept() -> None:
    skipped = Skipped()
    for number in range(1000):
        skipped.add(str(number))
    assert skipped.count == 1000 and len(skipped.notes) < 100


@pytest.mark.parametrize(("name", "code"), [("none.jsonl", ExitCode.FILE_NOT_FOUND), (".", ExitCode.IS_A_DIRECTORY)])
def test_files_that_cannot_be_read(tmp_path: Path, name: str, code: ExitCode) -> None:
    with pytest.raises(QedError) as caught:
        list(read_examples(tmp_path / name))
    assert caught.value.exit_code == code


def test_what_was_there_stays_when_rows_fail_half_way(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("before")

    def rows():
        yield SAMPLE[0]
        raise ValueError

    with pytest.raises(ValueError):
        write_examples(path, rows())
    assert path.read_text() == "before" and [each.name for each in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QedError) as caught:
        write_examples(tmp_path / "file" / "rows.jsonl", SAMPLE)
    assert caught.value.exit_code == ExitCode.WRITE_FAILED


def test_rows_are_one_json_object_a_line(tmp_path: Path) -> None:
    write_examples(tmp_path / "a.jsonl", SAMPLE)
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    assert [json.loads(line)["steps_remaining"] for line in lines] == [2, 0, 1]
