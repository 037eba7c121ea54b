"""Which models can be chosen, without litellm."""

import subprocess
import sys

import pytest

from agent.config.schema import Config
from agent.llm.settings import ModelSettings
from agent.workbench.models import known_models

KEYS = ("OPENROUTER_API_KEY", "FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KEYS, "GEMINI_API_KEY", "DEEPSEEK_API_KEY", "MISTRAL_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_and_keys_there_is_none() -> None:
    assert known_models(Config(), None) == []


def test_the_current_one_comes_first_then_aliases() -> None:
    config = Config(models={"fast": ModelSettings(model="openai/x"), "good": ModelSettings(model="openai/y")})
    found = known_models(config, "good")
    assert [each.name for each in found] == ["good", "fast"]
    assert found[1].detail == "alias of openai/x"


def test_a_key_brings_the_models_of_its_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREWORKS_API_KEY", "not-a-key")
    names = [each.name for each in known_models(Config(), None)]
    assert len(names) > 20
    assert all(name.startswith("fireworks_ai/") for name in names)


def test_litellm_is_not_imported() -> None:
    code = (
        "import os, sys; os.environ['OPENAI_API_KEY'] = 'x'\n"
        "from agent.config.schema import Config\n"
        "from agent.workbench.models import known_models\n"
        "assert known_models(Config(), None)\n"
        "assert 'litellm' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
