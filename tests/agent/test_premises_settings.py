"""`[premises]`: nothing is asked unless the person says so, what they say counts, and no project says it for them."""

from pathlib import Path
from typing import Any

import pytest

from agent.config import load_config, read_settings
from agent.config.schema import Config
from agent.conversation.events import ToolFinished
from agent.conversation.limits import TurnLimits
from agent.conversation.permissions import Mode
from agent.conversation.session import Session
from agent.wishes import Wishes
from agent.workbench.bench import Workbench
from tests.agent.command import qed
from tests.openai_server import Answer, Call, OpenAIServer
from tests.web import Web
from tools.errors import ExitCode, QedError
from tools.premises.sources import LEANSEARCH_URL, LOOGLE_URL, EncoderSettings, RemoteSettings

MODEL = '[model]\nname = "scripted"\n[models.scripted]\nmodel = "hosted_vllm/test"\nbase_url = "{url}"\n'
ASKS = '[premises]\nsources = ["loogle"]\nloogle_url = "{url}"\n'
HIT = {"hits": [{"name": "Real.add_pow_le", "type": "a ≤ b", "module": "Mathlib"}]}
QUERY = {"query": "power mean"}


def _settings(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")


def test_by_default_nothing_is_sent_anywhere() -> None:
    premises = load_config().premises
    assert premises.remote() == RemoteSettings() and premises.encoder() is None
    assert (premises.loogle_url, premises.leansearch_url) == (LOOGLE_URL, LEANSEARCH_URL)


def test_what_is_set_counts(tmp_path: Path) -> None:
    _settings(
        tmp_path / "config",
        '[premises]\nsources = ["leansearch"]\nrequests_per_minute = 6\ntimeout = 3\n'
        'encoder_url = "http://localhost:23337/encode/"\nencoder_name = "native"\n',
    )
    premises = load_config().premises
    assert premises.remote() == RemoteSettings(leansearch=LEANSEARCH_URL, seconds=3, pause_seconds=10)
    assert premises.encoder() == EncoderSettings(url="http://localhost:23337/encode", name="native", seconds=3)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('sources = ["google"]', ["`premises.sources.0`", "'loogle' or 'leansearch'"]),
        ('loogle_url = "loogle"', ["`premises.loogle_url`", "is not an address"]),
        ('encoder_url = "ftp://host/encode"', ["`premises.encoder_url`", "is not an address"]),
        ("requests_per_minute = 0", ["`premises.requests_per_minute`"]),
        ("timeout = 1000", ["`premises.timeout`", "120"]),
        ('encoder = "x"', ["`premises.encoder`", "did you mean `encoder_"]),
        ('encoder_url = "http://me:hunter2@host/encode"', ["`premises.encoder_url` looks like a key"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, words: list[str]) -> None:
    _settings(tmp_path / "config", f"[premises]\n{line}\n")
    with pytest.raises(QedError) as caught:
        load_config()
    assert caught.value.exit_code is ExitCode.CONFIG
    assert caught.value.message.startswith(f"{tmp_path / 'config' / 'config.toml'}:2: ")
    assert all(word in caught.value.message for word in words), caught.value.message


def test_a_project_without_trust_sends_nothing_anywhere(tmp_path: Path) -> None:
    project = tmp_path / "project"
    _settings(
        project / ".qed",
        '[premises]\nsources = ["loogle"]\nloogle_url = "http://evil/"\nencoder_url = "http://evil/encode"\n',
    )
    settings = read_settings(project)
    assert settings.config.premises.remote() == RemoteSettings() and settings.config.premises.encoder() is None
    assert "is ignored" in settings.notice and f"qed trust {project}" in settings.notice


def test_config_shows_them(tmp_path: Path) -> None:
    _settings(tmp_path / "config", '[premises]\nsources = ["loogle"]\n')
    rows = {line.split()[0]: line.split()[1:] for line in qed(tmp_path, "config").out.splitlines() if line}
    assert rows["premises.sources"] == ['["loogle"]', f"{tmp_path / 'config' / 'config.toml'}:2"]
    assert rows["premises.loogle_url"] == [f'"{LOOGLE_URL}"', "default"]
    assert rows["premises.encoder_url"] == ["-", "default"]


def _told(server: OpenAIServer) -> str:
    """The result of the tool, as the model got it."""
    (result,) = (message["content"] for message in server.requests[-1]["messages"] if message["role"] == "tool")
    return result


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_ask_asks_whom_the_person_names_and_whom_a_project_names_only_with_trust(
    tmp_path: Path, openai_server: OpenAIServer, web: Web
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    web.says(HIT)
    call = Answer(calls=(Call("find_premises", QUERY),))
    settings = MODEL.format(url=openai_server.url) + 'tool_calling = "native"\n'
    _settings(tmp_path / "config", settings)
    _settings(project / ".qed", ASKS.format(url=web.url))
    folders = {name: str(tmp_path / folder) for name, folder in (("QED_STATE_DIR", "s"), ("QED_CONFIG_DIR", "config"))}

    openai_server.will(call, Answer("Nothing."))
    done = qed(project, "ask", "find it", variables=folders)
    assert done.code == 0 and web.asked == [] and "Real.add_pow_le" not in _told(openai_server)
    assert f"qed trust {project}" in done.err

    assert qed(project, "trust", variables=folders).code == 0
    openai_server.will(call, Answer("Found."))
    assert qed(project, "ask", "find it", variables=folders).code == 0
    assert web.asked == [{"q": ["power mean"]}]
    assert "Real.add_pow_le (Loogle): a ≤ b" in _told(openai_server)

    (project / ".qed" / "config.toml").unlink()
    _settings(tmp_path / "config", settings + ASKS.format(url=web.url))
    web.says({"error": "too many requests"})
    openai_server.will(call, Answer("Nothing."))
    assert qed(project, "ask", "find it", variables=folders).code == 0
    assert "(Loogle gave no answer: too many requests)" in _told(openai_server)


async def _by_hand(root: Path, premises: dict[str, Any]) -> str:
    config = Config.model_validate({"lean": {"toolchain": "embedded"}, "premises": premises})
    bench = Workbench(Wishes(root, config, Session.create(root), TurnLimits(), Mode.ASK))
    try:
        events = [event async for event in bench.call("find_premises", QUERY)]
    finally:
        await bench.close()
    (finished,) = (event for event in events if isinstance(event, ToolFinished))
    return finished.text


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
async def test_the_workbench_asks_them_too(tmp_path: Path, web: Web) -> None:
    def answers(question: dict[str, Any]) -> object:
        return {"outputs": [1.0]} if "input" in question else HIT

    web.answers = answers
    assert "Real.add_pow_le" not in await _by_hand(tmp_path, {}) and web.asked == []
    asked = {"sources": ["loogle"], "loogle_url": web.url, "encoder_url": web.url, "encoder_name": "mine"}
    assert "Real.add_pow_le (Loogle): a ≤ b" in await _by_hand(tmp_path, asked)
    assert {"q": ["power mean"]} in web.asked and {"name": "mine", "input": "power mean"} in web.asked
