"""`qed config` and `qed trust`, run as a person does."""

import json
from pathlib import Path

from tests.agent.command import qed, qed_anew


def _project(folder: Path, text: str = "[prove]\ntimeout = 8\n") -> Path:
    (folder / ".qed" / "prompts").mkdir(parents=True)
    (folder / ".qed" / "config.toml").write_text(text)
    return folder


def test_config_shows_values_and_origins(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    own = tmp_path / "config" / "config.toml"
    own.write_text('[models]\nmine = "a/b"\n')
    shown = qed_anew(tmp_path, "config", variables={"QED_PROVE__TIMEOUT": "9"})
    assert shown.code == 0 and shown.err == ""
    rows = {line.split()[0]: line.split()[1:] for line in shown.out.splitlines() if line}
    assert rows["prove.timeout"] == ["9.0", "QED_PROVE__TIMEOUT"]
    assert rows["lean.toolchain"] == ['"auto"', "default"]
    assert rows["models.mine.model"] == ['"a/b"', f"{own}:2"]
    assert rows["ask.max_cost"] == ["-", "default"]
    assert str(own) in shown.out


def test_config_as_json(tmp_path: Path) -> None:
    report = json.loads(qed(tmp_path, "config", "--json").out)
    assert report["settings"]["ask.max_turns"] == {"value": 50, "from": "default"}
    assert report["user_file"] == str(tmp_path / "config" / "config.toml") and report["notice"] == ""


def test_bad_settings_as_json(tmp_path: Path) -> None:
    done = qed(tmp_path, "config", "--json", variables={"QED_PROVE__TIMEOUT": "soon"})
    error = json.loads(done.out)["error"]
    assert (done.code, error["code"]) == (50, "config") and "prove.timeout" in error["message"]


def test_trust_is_given_listed_and_taken_back(tmp_path: Path) -> None:
    project = _project(tmp_path / "project")
    before = qed(tmp_path, "config", "project")
    assert "30.0" in before.out and before.err.count("\n") == 1 and "qed trust" in before.err

    given = qed_anew(tmp_path, "trust", "project")
    assert (given.code, given.out) == (0, f"trusted: {project / '.qed' / 'config.toml'}\n")
    after = qed(tmp_path, "config", "project")
    assert f"{project / '.qed' / 'config.toml'}:2" in after.out and after.err == ""

    assert str(project) in qed(tmp_path, "trust", "--list").out
    (project / ".qed" / "config.toml").write_text("[prove]\ntimeout = 9\n")
    assert "changed" in qed(tmp_path, "trust", "--list").out

    assert qed(tmp_path, "trust", "--remove", "project").code == 0
    assert qed(tmp_path, "trust", "--list").out == ""
    again = qed(tmp_path, "trust", "--remove", "project")
    assert again.code == 50 and "was not trusted" in again.err


def test_a_project_that_is_gone_can_be_forgotten(tmp_path: Path) -> None:
    project = _project(tmp_path / "project")
    qed(tmp_path, "trust", "project")
    (project / ".qed" / "config.toml").unlink()
    assert "gone" in qed(tmp_path, "trust", "--list").out
    assert qed(tmp_path, "trust", "--remove", "project").code == 0


def test_nothing_to_trust(tmp_path: Path) -> None:
    done = qed(tmp_path, "trust")
    assert done.code == 50 and "nothing to trust" in done.err


def test_the_settings_of_a_files_own_project_count(tmp_path: Path) -> None:
    project = _project(tmp_path / "project", "[lean]\ntoolchain = '/no/such/lean'\n")
    (project / "A.lean").write_text("theorem t : 1 + 1 = 2 := by\n  sorry\n")
    qed(tmp_path, "trust", "project")
    for command in ("prove", "goals", "check"):
        done = qed(tmp_path, command, "project/A.lean")
        assert done.code == 30 and "/no/such/lean" in done.err
