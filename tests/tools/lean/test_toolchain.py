"""Which Lean is chosen. Scripts stand for `lake` and `lean` here; discovery does not run them."""

from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.toolchain import Toolchain, ToolchainKind, discover, find_project_root, missing_modules


def _executable(folder: Path, name: str, output: str = "") -> str:
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f"#!/bin/sh\necho '{output}'\n")
    script.chmod(0o755)
    return str(script)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A search path with nothing on it yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "Project"
    (root / "Project" / "Deep").mkdir(parents=True)
    (root / "lakefile.toml").touch()
    return root


def test_without_anything_it_is_the_embedded_one(tmp_path: Path, path: Path) -> None:
    assert discover(tmp_path / "A.lean") == Toolchain(ToolchainKind.EMBEDDED, tmp_path)


def test_lean_on_the_path_comes_before_the_embedded_one(tmp_path: Path, path: Path, project: Path) -> None:
    lean = _executable(path, "lean")
    assert discover(tmp_path / "A.lean") == Toolchain(ToolchainKind.LEAN, tmp_path, lean)
    # In a project without lake the server at least runs at its root.
    assert discover(project / "Project" / "A.lean") == Toolchain(ToolchainKind.LEAN, project, lean)


@pytest.mark.parametrize("lakefile", ["lakefile.lean", "lakefile.toml"])
def test_lake_comes_first_in_a_project(tmp_path: Path, path: Path, lakefile: str) -> None:
    lake, lean = _executable(path, "lake"), _executable(path, "lean")
    file = tmp_path / "Own" / "Sub" / "A.lean"
    file.parent.mkdir(parents=True)
    assert discover(file) == Toolchain(ToolchainKind.LEAN, file.parent, lean)
    (tmp_path / "Own" / lakefile).touch()
    assert discover(file) == Toolchain(ToolchainKind.LAKE, tmp_path / "Own", lake)
    assert discover(file.parent) == Toolchain(ToolchainKind.LAKE, tmp_path / "Own", lake)
    assert find_project_root(tmp_path) is None


@pytest.mark.parametrize("choice", ["lake", "lean", "/no/such/lean", "lake-4"])
def test_what_was_asked_for_and_is_not_there(tmp_path: Path, path: Path, choice: str) -> None:
    with pytest.raises(QedError) as caught:
        discover(tmp_path, choice)
    assert caught.value.exit_code is ExitCode.TOOLCHAIN_NOT_FOUND
    assert choice in (caught.value.hint or "")


def test_lake_needs_a_project(tmp_path: Path, path: Path) -> None:
    lake = _executable(path, "lake")
    for choice in ("lake", lake):
        with pytest.raises(QedError, match="not inside a Lake project"):
            discover(tmp_path, choice)


def test_a_path_says_which(tmp_path: Path, path: Path, project: Path) -> None:
    lean, lake = _executable(tmp_path / "other", "lean"), _executable(tmp_path / "other", "lake")
    assert discover(tmp_path, lean) == Toolchain(ToolchainKind.LEAN, tmp_path, lean)
    assert discover(project, lake) == Toolchain(ToolchainKind.LAKE, project, lake)
    assert discover(project, "embedded") == Toolchain(ToolchainKind.EMBEDDED, project)


def test_commands(tmp_path: Path) -> None:
    assert Toolchain(ToolchainKind.LAKE, tmp_path, "lake").server_command()[:3] == ["lake", "serve", "--"]
    assert Toolchain(ToolchainKind.LEAN, tmp_path, "lean").server_command()[:2] == ["lean", "--server"]


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("Lean (version 4.23.0, x86_64-unknown-linux-gnu, commit abc, Release)", "4.23.0"),
        ("Lean (version 4.28.0-pre, wasm32)", "4.28.0-pre"),
        ("no idea", "unknown"),
        ("", "unknown"),
    ],
)
def test_version(tmp_path: Path, output: str, version: str) -> None:
    lean = _executable(tmp_path / "bin", "lean", output)
    assert Toolchain(ToolchainKind.LEAN, tmp_path, lean).version == version


@pytest.mark.lean
def test_modules_of_the_embedded_one(toolchain: Toolchain) -> None:
    assert missing_modules(toolchain, ["Init", "Std.Data.HashMap", "Lean.Elab.Command"]) == []
    assert missing_modules(toolchain, ["Mathlib", "Init.Nothing"]) == ["Mathlib", "Init.Nothing"]
