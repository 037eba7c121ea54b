"""Keys are found, and are seen nowhere."""

import logging
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.keys import KEYRING_SERVICE, find_key
from agent.llm.litellm_model import LiteLLMModel
from tests.agent.llm.conftest import MakeModel
from tests.agent.llm.replies import HELLO, finished
from tests.openai_server import Answer, OpenAIServer, Refusal

SECRET = "sk-very-secret-7f3a"
ROOT = Path(__file__).parents[3]


class FakeKeyring(types.ModuleType):
    """A keyring that knows one key."""

    def get_password(self, service: str, user: str) -> str | None:
        return SECRET if (service, user) == (KEYRING_SERVICE, "FIREWORKS_API_KEY") else None


class BrokenKeyring(types.ModuleType):
    """A keyring without a desktop behind it."""

    def get_password(self, service: str, user: str) -> str | None:
        raise RuntimeError(f"no backend for {service} {user}")


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openrouter/some/model", "OPENROUTER_API_KEY"),
        ("fireworks_ai/some", "FIREWORKS_API_KEY"),
        ("openai/gpt-4o", "OPENAI_API_KEY"),
        ("gpt-4o", "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("groq/some", "GROQ_API_KEY"),
    ],
)
async def test_no_key_names_the_variable(name: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ModelError) as caught:
        await finished(LiteLLMModel(name).reply(HELLO))
    assert caught.value.kind is ModelErrorKind.NO_KEY
    assert caught.value.code == "model-no-key"
    assert variable in caught.value.message
    assert variable in caught.value.hint
    assert "`qed prove` works without a model" in caught.value.hint


async def test_a_variable_of_ones_own(
    openai_server: OpenAIServer, model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="MY_KEY is not set"):
        await finished(model(api_key_env="MY_KEY").reply(HELLO))
    monkeypatch.setenv("MY_KEY", SECRET)
    openai_server.will(Answer("hi"))
    await finished(model(api_key_env="MY_KEY").reply(HELLO))
    assert openai_server.exchanges[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_the_environment_comes_before_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring("keyring"))
    found = find_key(["OTHER_KEY", "FIREWORKS_API_KEY"])
    assert found is not None
    assert (found.name, found.value.get_secret_value()) == ("FIREWORKS_API_KEY", SECRET)
    monkeypatch.setenv("OTHER_KEY", "from-the-environment")
    found = find_key(["OTHER_KEY", "FIREWORKS_API_KEY"])
    assert found is not None
    assert found.value.get_secret_value() == "from-the-environment"


def test_a_broken_keyring_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", BrokenKeyring("keyring"))
    assert find_key(["FIREWORKS_API_KEY"]) is None


@pytest.mark.parametrize("name", ["openai/test", "hosted_vllm/test", "openrouter/test", "fireworks_ai/test"])
async def test_a_key_is_never_shown(
    openai_server: OpenAIServer,
    model: MakeModel,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MY_KEY", SECRET)
    caplog.set_level(logging.DEBUG)
    openai_server.will(Refusal(401, f"Incorrect API key provided: {SECRET}"))
    with pytest.raises(ModelError) as caught:
        await finished(model(name, api_key_env="MY_KEY").reply(HELLO))
    assert caught.value.kind is ModelErrorKind.REFUSED
    assert "MY_KEY" in caught.value.message
    output = capfd.readouterr()
    assert SECRET not in f"{caught.value!r} {caught.value.hint} {find_key(['MY_KEY'])!r}"
    assert SECRET not in caplog.text + output.out + output.err


PROGRAM = """
import asyncio, sys, threading
from agent.llm.chat import Message
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings

async def main():
    settings = ModelSettings(model="openai/test", base_url=sys.argv[1])
    async for part in LiteLLMModel("m", {"m": settings}).reply([Message(role="user", content="hi")]):
        last = part
    print(last.message.content)

assert "litellm" not in sys.modules
asyncio.run(main())
"""


def test_it_is_quiet_and_reads_no_dot_env(openai_server: OpenAIServer, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={SECRET}\n")
    openai_server.will(Answer("hello"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name in ("OPENAI_API_KEY", "LITELLM_MODE", "LITELLM_LOCAL_MODEL_COST_MAP"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, openai_server.url],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
    assert SECRET not in str(openai_server.exchanges[0].headers)
