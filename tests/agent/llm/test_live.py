"""One real request to each provider whose key is there; `QED_LIVE_<PROVIDER>` chooses another model."""

import os

import pytest

from agent.llm.chat import FinishReason, Message
from agent.llm.litellm_model import LiteLLMModel
from agent.llm.settings import ModelSettings
from tests.agent.llm.replies import LOOK, finished

pytestmark = pytest.mark.live

PROVIDERS = (
    ("OPENROUTER", "OPENROUTER_API_KEY", "openrouter/openai/gpt-4o-mini"),
    ("FIREWORKS", "FIREWORKS_API_KEY", "fireworks_ai/accounts/fireworks/models/deepseek-v3p1"),
    ("OPENAI", "OPENAI_API_KEY", "openai/gpt-4o-mini"),
    ("ANTHROPIC", "ANTHROPIC_API_KEY", "anthropic/claude-haiku-4-5"),
    ("VLLM", "HOSTED_VLLM_API_BASE", "hosted_vllm/default"),
)


@pytest.mark.parametrize(("provider", "variable", "name"), PROVIDERS)
async def test_a_real_provider(provider: str, variable: str, name: str) -> None:
    if not os.environ.get(variable):
        pytest.skip(f"{variable} is not set")
    settings = ModelSettings(model=os.environ.get(f"QED_LIVE_{provider}", name), max_output_tokens=500)
    question = Message(role="user", content="Look at the file Basic.lean with your tool.")
    reply = await finished(LiteLLMModel("live", {"live": settings}).reply([question], [LOOK]))
    assert reply.finish is FinishReason.TOOL_CALLS
    assert "Basic.lean" in reply.message.tool_calls[0].arguments
    assert reply.usage.prompt_tokens > 0
