"""Every slash command, with what it refuses. Those that need Lean are in test_proving.py."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from agent.conversation.permissions import Mode
from agent.conversation.session import Session
from agent.llm.chat import Message
from agent.tui.commands.command import parse
from agent.tui.commands.registry import COMMANDS
from agent.tui.remembered import remembered_theme
from agent.tui.screens.picker import Picker
from tests.agent.tui.opened import HOLES, Opened, opened
from tools.directories import state_dir
from tools.errors import QedError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENROUTER", "FIREWORKS", "FIREWORKS_AI", "OPENAI", "ANTHROPIC", "GEMINI", "DEEPSEEK", "MISTRAL"):
        monkeypatch.delenv(f"{name}_API_KEY", raising=False)
    root = tmp_path / "project"
    root.mkdir()
    (root / "A.lean").write_text(HOLES)
    return root


@pytest.fixture
async def app(project: Path) -> AsyncGenerator[Opened]:
    async with opened(project, lean=False) as there:
        await there.shows("2 open holes", "no such toolchain")
        yield there


def test_the_commands_that_the_help_promises() -> None:
    promised = (
        "help goals holes prove try score search check model models config permissions undo diff clear compact "
        "sessions resume export cost theme doctor watch quit"
    )
    assert [command.name for command in COMMANDS] == promised.split()


@pytest.mark.parametrize(
    ("line", "name", "argument"),
    [
        ("/goals", "goals", ""),
        ("/goals  swap ", "goals", "swap"),
        ("/try\nsimp\nomega", "try", "simp\nomega"),
        ("/perm ask", "permissions", "ask"),
        ("/model", "model", ""),
    ],
)
def test_a_line_becomes_a_command(line: str, name: str, argument: str) -> None:
    command, rest = parse(COMMANDS, line)
    assert (command.name, rest) == (name, argument)


@pytest.mark.parametrize("line", ["/", "/co", "/prvoe", "/s x", "/nothing"])
def test_what_is_no_command_is_refused(line: str) -> None:
    with pytest.raises(QedError, match="there is no command") as raised:
        parse(COMMANDS, line)
    assert "/help" in raised.value.hint


async def test_an_unknown_command_is_told(app: Opened) -> None:
    await app.says("/prvoe")
    await app.shows("there is no command /prvoe", "/prove")


async def test_holes(app: Opened) -> None:
    await app.says("/holes")
    await app.shows("A.lean: 2 open", "2: swap#1", "5: twice#1")
    await app.says("/holes B.lean")
    await app.shows("there is no file B.lean here")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/goals nothing", "there is no hole nothing here"),
        ("/goals A.lean:1", "no such toolchain"),
        ("/goals", "no such toolchain"),
        ("/try simp", "no such toolchain"),
        ("/try", "there is nothing to try"),
        ("/try ;; ;;", "there is nothing to try"),
        ("/try @nothing simp", "there is no hole nothing"),
        ("/score", "no LeanProgress model is chosen"),
        ("/score @swap simp", "LEANPROGRESS_MODEL"),
        ("/prove", "no such toolchain"),
        ("/prove nothing.lean", "there is no file nothing.lean"),
        ("/search twice#2", "there is no hole 2"),
        ("/check nothing.lean", "there is no file"),
        ("/undo", "there is nothing to undo"),
        ("/resume nothing", "no session nothing"),
        ("/theme nothing", "there is no theme nothing"),
        ("/permissions nothing", "there is no mode nothing"),
        ("/watch nothing", "there is no file nothing here"),
        ("/watch write 1", "nothing is watched"),
        ("/export", "nothing has been said yet"),
        ("/compact", "no model is chosen"),
        ("Hello!", "no model is chosen"),
    ],
)
async def test_what_cannot_be_done_is_told(app: Opened, line: str, message: str) -> None:
    before = app.text.count(message)
    await app.says(line)
    await app.until(lambda: app.text.count(message) > before, message)
    await app.idle()
    assert "qed itself failed" not in app.text


async def test_read_only_sessions_prove_nothing(app: Opened) -> None:
    app.app.mode = Mode.READ_ONLY
    await app.says("/prove")
    await app.shows("read-only session", "/search")


async def test_permissions(app: Opened) -> None:
    await app.says("/permissions accept-proofs")
    await app.shows("→ accept-proofs")
    assert app.bench.mode is Mode.ACCEPT_PROOFS


async def test_config_says_where_a_setting_comes_from(app: Opened) -> None:
    await app.says("/config tui")
    await app.shows("tui.bell", "tui.theme")
    assert "lean.toolchain" not in app.text


async def test_cost_and_diff_of_a_new_conversation(app: Opened) -> None:
    await app.says("/cost")
    await app.shows("0 tokens")
    await app.says("/diff")
    await app.shows("Nothing was written in this session.")


async def test_models_without_any(app: Opened) -> None:
    await app.says("/models")
    await app.shows("No model is set", "OPENROUTER_API_KEY")


async def test_a_model_is_chosen(app: Opened) -> None:
    await app.says("/model no_such_provider/x")
    await app.shows("From now on no_such_provider/x is asked", "names no provider that litellm knows")
    assert app.bench.model_name == "no_such_provider/x"


async def test_a_theme_is_kept(app: Opened) -> None:
    await app.says("/theme textual-light")
    await app.until(lambda: app.app.theme == "textual-light")
    assert remembered_theme(state_dir()) == "textual-light"


async def test_themes_are_previewed_and_escape_brings_the_old_one_back(app: Opened) -> None:
    before = app.app.theme
    await app.says("/theme")
    await app.until(lambda: isinstance(app.app.screen, Picker))
    await app.pilot.press(*"latte")
    await app.until(lambda: app.app.theme == "catppuccin-latte")
    await app.pilot.press("escape")
    await app.until(lambda: app.app.theme == before)


async def test_a_conversation_is_exported_and_never_over_a_file(app: Opened, project: Path) -> None:
    app.bench.session.say(Message(role="user", content="Hello"))
    await app.says("/export talk.md")
    await app.shows("The conversation stands in")
    assert "Hello" in (project / "talk.md").read_text()
    await app.says("/export talk.md")
    await app.shows("exists already")
    await app.says("/export talk.json")
    await app.until((project / "talk.json").exists)
    assert json.loads((project / "talk.json").read_text())["messages"][0]["content"] == "Hello"


async def test_sessions_are_listed_and_one_is_taken_up(app: Opened, project: Path) -> None:
    await app.says("/sessions")
    await app.shows("no other conversations")
    other = Session.create(project)
    other.say(Message(role="user", content="An older question"))
    other.close()
    await app.says("/sessions")
    await app.until(lambda: isinstance(app.app.screen, Picker))
    await app.pilot.press("enter")
    await app.until(lambda: app.bench.session.id == other.id)
    await app.says("/clear")
    await app.until(lambda: app.bench.session.id != other.id)


async def test_doctor(app: Opened) -> None:
    await app.says("/doctor")
    await app.shows("Looking around", "python", "folders")


async def test_quit(app: Opened) -> None:
    await app.says("/quit")
    await app.until(lambda: app.app.return_code == 0, "left")
