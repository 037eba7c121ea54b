"""`qed progress` as a person runs it: from proofs to rows, to a model, to predictions."""

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.agent.command import Outcome, environment, qed, qed_anew, start
from tests.tools.progress.made_up import conjunctions
from tools.progress.example import ProgressExample, read_examples, write_examples

ONE_THREAD = {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "LEANPROGRESS_DEVICE": "cpu"}
TINY = ("--from-scratch", "tiny", "--max-length", "32", "--device", "cpu", "--learning-rate", "1e-3")
LEAN = """theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp
  · exact hq

theorem later : 1 = 1 := by
  sorry
"""


def run(folder: Path, *arguments: str) -> Outcome:
    return qed(folder, "progress", *arguments, variables=ONE_THREAD)


def test_help_is_instant_and_imports_nothing_heavy(tmp_path: Path) -> None:
    import subprocess

    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom agent.cli.main import cli\n"
        "for words in (['progress', '--help'], ['progress', 'train', '--help'], ['progress', 'score', '--help']):\n"
        "    assert CliRunner().invoke(cli, words).exit_code == 0\n"
        "print([name for name in ('torch', 'transformers', 'ijson', 'pydantic', 'numpy') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_from_the_sample_to_a_model_to_scores(tmp_path: Path) -> None:
    assert run(tmp_path, "sample", "--output", "data/rows.jsonl").out == "wrote data/rows.jsonl: 3 rows\n"
    flags = ("--dataset", "data/rows.jsonl", "--output-dir", "model", *TINY)
    trained = run(tmp_path, "train", *flags, "--json")
    assert trained.code == 0 and "epoch 3" in trained.err
    report = json.loads(trained.out)
    assert (report["train_rows"], report["eval_rows"], len(report["evaluations"])) == (2, 1, 3)
    again = run(tmp_path, "train", *flags)
    assert again.code == 2 and "--resume" in again.err
    more = run(tmp_path, "train", *flags, "--epochs", "4", "--resume")
    assert more.code == 0 and "epoch 4" in more.err and "LEANPROGRESS_MODEL=model" in more.out
    one = run(tmp_path, "score", "--model", "model", "--goal", "⊢ p", "--tactic", "simp", "--tactic", "rfl", "--json")
    answers = [json.loads(line) for line in one.out.splitlines()]
    assert {answer["tactic"] for answer in answers} == {"simp", "rfl"}
    assert all(answer["steps_remaining"] == -answer["reward"] >= 0 for answer in answers)
    assert [answer["steps_remaining"] for answer in answers] == sorted(each["steps_remaining"] for each in answers)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('[progress]\nmodel = "model"\n')
    variables = {**ONE_THREAD, "LEANPROGRESS_MODEL": "never-asked"}
    rows = qed(tmp_path, "progress", "score", "--file", "data/rows.jsonl", variables=variables)
    assert rows.code == 0 and [line.split(maxsplit=1)[1] for line in rows.out.splitlines()] == [
        "constructor",
        "rfl",
        "rw [Nat.two_mul]",
    ]


def test_ctrl_c_keeps_a_checkpoint_and_resume_goes_on(tmp_path: Path) -> None:
    write_examples(tmp_path / "rows.jsonl", conjunctions(200))
    flags = ("--dataset", "rows.jsonl", "--output-dir", "model", *TINY, "--batch-size", "2")
    with start(tmp_path, "progress", "train", *flags, "--epochs", "1000") as process:
        assert process.stderr is not None and process.stdout is not None
        while "epoch 1 " not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 130
        said = process.stdout.read()
    assert "stopped at step" in said and "--resume" in said and "Traceback" not in said
    step = int(said.partition("stopped at step ")[2].partition(";")[0])
    assert (tmp_path / "model" / f"checkpoint-{step}").is_dir() and not (tmp_path / "model" / "config.json").exists()
    epochs = step // 80 + 1
    resumed = run(tmp_path, "train", *flags, "--epochs", str(epochs), "--resume", "--json")
    assert resumed.code == 0
    assert json.loads(resumed.out)["steps"] == epochs * 80 > step


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_rows_from_files_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(LEAN)
    (tmp_path / "B.lean").write_text("import Mathlib\n\ntheorem t : 1 = 1 := by rfl\n")
    (tmp_path / "tree.jsonl").write_text("")
    refused = run(tmp_path, "dataset", "A.lean", "B.lean", "--output", "rows.jsonl", "--no-balance")
    assert refused.code == 22 and "Mathlib" in refused.err and not (tmp_path / "rows.jsonl").exists()
    sources = ("A.lean", "B.lean", "tree.jsonl")
    done = run(tmp_path, "dataset", *sources, "--output", "rows.jsonl", "--no-balance", "--skip-bad")
    assert done.code == 0 and "3 rows of 1 proofs" in done.out
    assert "A.lean:6: later: it says `sorry`" in done.err and "B.lean: " in done.err
    rows = list(read_examples(tmp_path / "rows.jsonl"))
    assert [(row.theorem, row.prefix, row.tactic, row.steps_remaining) for row in rows] == [
        ("A.lean:both", "", "constructor", 2),
        ("A.lean:both", "constructor", "exact hp", 1),
        ("A.lean:both", "constructor\nexact hp", "exact hq", 0),
    ]


def test_rows_from_a_benchmark_are_balanced(tmp_path: Path) -> None:
    def entry(name: str, length: int) -> dict[str, object]:
        tactics = [{"tactic": "t", "state_before": f"⊢ {name}{n}"} for n in range(length)]
        return {"full_name": name, "file_path": "A.lean", "traced_tactics": tactics}

    entries = [entry(f"short{n}", 1) for n in range(300)] + [entry("long", 30)]
    (tmp_path / "train.json").write_text(json.dumps(entries))
    done = run(tmp_path, "dataset", "train.json", "--output", "rows.jsonl")
    assert done.code == 0 and "(balanced: of 301 proofs of 1.1 steps)" in done.out
    names = {row.theorem for row in read_examples(tmp_path / "rows.jsonl")}
    assert "A.lean:long" in names and len(names) < 30
    (tmp_path / "train.json").write_text("[")
    broken = run(tmp_path, "dataset", "train.json", "--output", "none.jsonl")
    assert broken.code == 70 and "train.json" in broken.err and not (tmp_path / "none.jsonl").exists()


def test_bad_input_is_told_in_one_line_and_a_code(tmp_path: Path) -> None:
    rows = [*conjunctions(4), ProgressExample(goal="g", tactic="t", steps_remaining=1, theorem="x")]
    write_examples(tmp_path / "rows.jsonl", rows)
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write("nonsense\n")
    (tmp_path / "empty").mkdir()
    train = ("train", "--dataset", "rows.jsonl", "--output-dir", "m")
    ask = ("--goal", "g", "--tactic", "t")
    cases: list[tuple[tuple[str, ...], int, str]] = [
        ((*train, *TINY), 70, "rows.jsonl:6: not JSON"),
        ((*train, "--skip-bad", "--model-name", "nobody/nothing"), 71, "--from-scratch tiny"),
        ((*train, "--device", "cuda:9"), 2, "CUDA_VISIBLE_DEVICES"),
        (("score", "--model", "empty", *ask), 71, "config.json"),
        (("score", "--model", "empty", "--device", "cuda:99", *ask), 73, "cuda:99"),
        (("score", "--model", "empty", "--template", "{goal}", *ask), 2, "{tactic}"),
        (("score", *ask), 2, "LEANPROGRESS_MODEL"),
        (("score", "--model", "empty"), 2, "--goal and --tactic, or --file"),
        (("dataset", "none.lean", "--output", "x"), 10, "none.lean"),
    ]
    for arguments, code, what in cases:
        done = run(tmp_path, *arguments)
        assert (done.code, what in done.err, "Traceback" in done.err) == (code, True, False), (arguments, done)


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text("raise ImportError('No module named torch', name='torch')")
    variables = environment(tmp_path)
    path = f"{tmp_path / 'broken'}:{variables['PYTHONPATH']}"
    (tmp_path / "m").mkdir()
    arguments = ("progress", "score", "--model", "m", "--goal", "g", "--tactic", "t")
    done = qed_anew(tmp_path, *arguments, variables={"PYTHONPATH": path})
    assert done.code == 72 and "pip install 'qed-agent[progress]'" in done.err
