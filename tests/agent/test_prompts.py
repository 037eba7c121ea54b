"""Prompts: what is shipped, what is refused when loaded, and who overrides whom."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.config.project import read_project
from agent.config.trust import TrustStore
from agent.prompts import SLOTS, Prompt, PromptLibrary
from tests.agent.command import REPOSITORY
from tools.errors import ExitCode, QedError

SEED = (
    "Help me prove a theorem in Lean 4. Here is my current proof state:\n⊢ 1 = 1\nBased on this state, suggest the "
    "next tactic I should use in Lean 4 code. Only output one tactic step in lean code and nothing else."
)


def _override(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def _trust(root: Path) -> None:
    files = read_project(root)
    assert files is not None
    TrustStore().add(files)


@pytest.mark.parametrize("name", sorted(SLOTS))
def test_every_prompt_is_there_and_takes_its_slots(name: str) -> None:
    text = PromptLibrary.load().render(name, **{slot: f"<{slot} here>" for slot in SLOTS[name]})
    assert all(f"<{slot} here>" in text for slot in SLOTS[name])
    assert "{{" not in text


def test_no_file_is_without_a_prompt() -> None:
    files = {path.stem for path in (REPOSITORY / "prompts").glob("*.md")}
    assert files == {*SLOTS, "README"}


def test_the_seed_papers_words() -> None:
    assert PromptLibrary.load().render("seed_tactic", state="⊢ 1 = 1") == SEED


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    prompt = Prompt.parse("correction", "{{ proved }}|{{open}}", "here")
    assert prompt.render({"proved": "{{open}} {{", "open": r"\1 \g<0>"}) == r"{{open}} {{|\1 \g<0>"


@pytest.mark.parametrize("slots", [{}, {"state": "x", "context": "y"}])
def test_a_wrong_slot_is_the_callers_mistake(slots: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="seed_tactic"):
        PromptLibrary.load().render("seed_tactic", **slots)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        (" \n\n", 1, "empty"),
        ("One\nand {{statee}}", 2, "`statee`"),
        ("One\nand\n{{state", 3, "`}}`"),
        ("{{state}}\n{{}}", 2, "`}}`"),
        ("{{state}}\n{{a b}}", 2, "`}}`"),
        ("Nothing\nto fill\n", 2, "`state`"),
    ],
)
def test_a_template_is_refused_by_file_line_and_slot(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = _override(tmp_path / "config" / "prompts", "seed_tactic", text)
    with pytest.raises(QedError) as caught:
        PromptLibrary.load()
    assert caught.value.exit_code is ExitCode.CONFIG
    assert caught.value.message.startswith(f"{path}:{line}: ") and words in caught.value.message
    assert "{{state}}" in caught.value.hint


def test_an_unknown_prompt_is_named(tmp_path: Path) -> None:
    _override(tmp_path / "config" / "prompts", "sistem", "x")
    with pytest.raises(QedError, match="sistem") as caught:
        PromptLibrary.load()
    assert "system" in caught.value.hint


def test_a_prompt_that_is_not_utf_8(tmp_path: Path) -> None:
    _override(tmp_path / "config" / "prompts", "seed_tactic", "").write_bytes(b"caf\xe9 {{state}}")
    with pytest.raises(QedError, match="UTF-8"):
        PromptLibrary.load()


def test_project_over_user_over_built_in_and_only_with_trust(tmp_path: Path) -> None:
    project = tmp_path / "project"
    own = _override(project / ".qed" / "prompts", "seed_tactic", "project {{state}}\r\n")
    _override(tmp_path / "config" / "prompts", "README", "no prompt")
    user = _override(tmp_path / "config" / "prompts", "seed_tactic", "user {{state}}")
    inner = project / "src"
    inner.mkdir()

    assert PromptLibrary.load(inner).render("seed_tactic", state="s") == "user s"
    _trust(project)
    library = PromptLibrary.load(inner)
    assert (library.render("seed_tactic", state="s"), library.source("seed_tactic")) == ("project s", str(own))
    assert library.source("system") == str(REPOSITORY / "prompts" / "system.md")
    own.write_text("changed {{state}}")
    assert PromptLibrary.load(inner).source("seed_tactic") == str(user)


def test_prompts_are_found_where_the_folders_lie_side_by_side(tmp_path: Path) -> None:
    # What a wheel installs: `agent`, `tools` and `prompts` beside each other, and no checkout around them.
    for name in ("agent", "tools", "prompts"):
        shutil.copytree(REPOSITORY / name, tmp_path / "site" / name)
    program = "from agent.prompts import PromptLibrary; print(PromptLibrary.load().source('system'))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path / "site", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str((tmp_path / "site" / "prompts" / "system.md").resolve())
