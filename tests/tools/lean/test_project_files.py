"""Which Lean files a folder has; what git ignores is what git itself says it ignores."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.lean.project_files import project_files

_GIT_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, env=_GIT_ENVIRONMENT, capture_output=True, check=True)
    return os.fsdecode(done.stdout)


def _make(root: Path, *names: str, **texts: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    for name, text in texts.items():
        (root / name).write_text(text)


def _found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in project_files(root).paths]


def _as_git_says(top: Path) -> list[str]:
    """The Lean files that git would offer to add, hidden ones aside. Nothing is tracked here."""
    names = _git(top, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return sorted(name for name in names if name.endswith(".lean") and "/." not in f"/{name}")


def test_outside_a_work_tree_an_ignore_file_means_nothing(tmp_path: Path) -> None:
    _make(tmp_path, "A.lean", "out/B.lean", ".hidden/C.lean", ".D.lean", "notes.txt")
    (tmp_path / ".gitignore").write_text("out\nA.lean\n")
    assert _found(tmp_path) == ["A.lean", "out/B.lean"]


def test_an_empty_dot_git_makes_no_work_tree(tmp_path: Path) -> None:
    _make(tmp_path, "A.lean")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.lean\n")
    assert _found(tmp_path) == ["A.lean"]


def test_lakes_folders_stay_out_beside_a_lakefile_only(tmp_path: Path) -> None:
    _make(tmp_path, "lakefile.toml", "A.lean", "build/B.lean", "lake-packages/std/C.lean", ".lake/D.lean")
    _make(tmp_path, "Sub/build/E.lean")
    assert _found(tmp_path) == ["A.lean", "Sub/build/E.lean"]


def test_links_that_lead_out_are_left_out(tmp_path: Path) -> None:
    _make(tmp_path, "inside/A.lean", "outside/B.lean")
    root = tmp_path / "inside"
    (root / "Again.lean").symlink_to("A.lean")
    (root / "Out.lean").symlink_to("../outside/B.lean")
    (root / "Circle.lean").symlink_to("Circle.lean")
    (root / "Gone.lean").symlink_to("nowhere.lean")
    assert _found(root) == ["A.lean", "Again.lean"]


def test_a_folder_that_is_too_large_is_told(tmp_path: Path) -> None:
    _make(tmp_path, "a/A.lean", "b/B.lean")
    found = project_files(tmp_path, max_folders=2)
    assert not found.complete
    assert found.paths == (tmp_path / "a/A.lean",)


@needs_git
@pytest.mark.parametrize(
    ("top", "nested"),
    [
        ("out\n", ""),
        ("/out\n", ""),
        ("out/\n", ""),
        ("*.lean\n!K*.lean\n", ""),
        ("out/*\n!out/Keep.lean\n", ""),
        ("out/\n!out/Keep.lean\n", ""),
        ("/*\n!/src\n", ""),
        ("*\n!*/\n!Keep.lean\n", ""),
        ("**/out/Keep.lean\n", ""),
        ("src/**/Keep.lean\n", ""),
        ("src/**\n!src/out/\n", ""),
        ("Keep.lean\n", "!Keep.lean\n"),
        ("out\n", "!out\n"),
        ("", "/out\n"),
        ("", "out/Keep.lean\n"),
        ("\ufeff# a comment\r\nout/  \r\n\\#x.lean\r\n[A-K]*.lean\r\n", ""),
        ("a b.lean\n", "trailing\\ \n"),
        ("***\n!ü.lean\n", ""),
        ("[\n[z-a]\n", "\\\n"),
    ],
)
def test_what_git_ignores_is_left_out(tmp_path: Path, top: str, nested: str) -> None:
    _make(tmp_path, "Keep.lean", "Other.lean", "a b.lean", "ü.lean", "#x.lean", "out/Keep.lean", "out/deep/Other.lean")
    _make(tmp_path, "src/Keep.lean", "src/Other.lean", "src/out/Keep.lean", "src/out/deep/Keep.lean")
    (tmp_path / ".gitignore").write_text(top)
    (tmp_path / "src/.gitignore").write_text(nested)
    _git(tmp_path, "init", "-q")
    assert _found(tmp_path) == _as_git_says(tmp_path)


@needs_git
def test_any_mixture_of_patterns_means_what_git_says(tmp_path: Path) -> None:
    chosen = random.Random(7)
    parts, files = ["a", "b", "ab"], ["A.lean", "B.lean", "AB.lean"]
    pattern_parts = [*parts, *files, "*", "**", "a*", "*.lean", "?", "[ab]", "A?.lean"]
    for first in ("", *(f"{part}/" for part in parts)):
        for second in ("", *(f"{part}/" for part in parts)):
            _make(tmp_path, *(f"{first}{second}{file}" for file in files))
    _git(tmp_path, "init", "-q")
    folders = [tmp_path, tmp_path / "a", tmp_path / "b/ab"]
    for _ in range(60):
        for folder in folders:
            lines = [
                chosen.choice(["", "", "!"])
                + chosen.choice(["", "", "/"])
                + "/".join(chosen.choices(pattern_parts, k=chosen.choice([1, 1, 2, 3])))
                + chosen.choice(["", "", "/"])
                for _ in range(chosen.randrange(4))
            ]
            (folder / ".gitignore").write_text("\n".join(lines))
        written = [(folder / ".gitignore").read_text() for folder in folders]
        assert _found(tmp_path) == _as_git_says(tmp_path), written


@needs_git
def test_rules_above_the_folder_count_and_so_does_exclude(tmp_path: Path) -> None:
    project = tmp_path / "some/project"
    _make(project, "A.lean", "B.lean", "C.lean", "out/D.lean", "private/E.lean")
    _git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("some/project/out\nB.lean\n")
    (tmp_path / ".git/info/exclude").write_text("private/\n*.lean\n")
    (project / ".gitignore").write_text("!A.lean\n!B.lean\n")
    assert _found(project) == ["A.lean", "B.lean"]


@needs_git
def test_a_folder_that_is_ignored_itself_is_looked_at_when_asked_for(tmp_path: Path) -> None:
    _make(tmp_path, "scratch/A.lean", "scratch/B.lean")
    _git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("scratch/\n")
    (tmp_path / "scratch/.gitignore").write_text("B.lean\n")
    assert _found(tmp_path) == []
    assert _found(tmp_path / "scratch") == ["A.lean"]


@needs_git
def test_a_repository_within_has_rules_of_its_own(tmp_path: Path) -> None:
    _make(tmp_path, "A.lean", "inner/A.lean", "inner/B.lean")
    _git(tmp_path, "init", "-q")
    _git(tmp_path / "inner", "init", "-q")
    (tmp_path / ".gitignore").write_text("A.lean\n")
    (tmp_path / "inner/.git/info/exclude").write_text("B.lean\n")
    assert _found(tmp_path) == ["inner/A.lean"]


@needs_git
def test_a_linked_work_tree_has_the_exclude_file_of_its_repository(tmp_path: Path) -> None:
    main, linked = tmp_path / "main", tmp_path / "linked"
    main.mkdir()
    _git(main, "init", "-q")
    _git(main, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "First")
    _git(main, "worktree", "add", "-q", str(linked))
    (main / ".git/info/exclude").write_text("out\n")
    _make(linked, "A.lean", "out/B.lean")
    assert _found(linked) == ["A.lean"]
