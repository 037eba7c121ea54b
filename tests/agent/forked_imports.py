"""What the fork server of `tests.agent.forked` imports: all that commands import while they run."""

import asyncio
import importlib

from agent.llm.engine import litellm_module
from tools.progress.libraries import transformers

_MODULES = (
    "agent.assistant",
    "agent.cli.main",
    "agent.cli.prove_run",
    "agent.cli.transcript",
    "agent.prover.prove_file",
    "agent.prover.setup",
    "agent.watch.watcher",
    "tools.progress.training",
)
# transformers imports a part of itself when it is first named.
_NAMES_OF_TRANSFORMERS = ("AutoTokenizer", "BertForSequenceClassification", "PreTrainedTokenizerFast", "Trainer")


async def _first_request() -> None:
    """litellm imports more at its first."""
    messages = [{"role": "user", "content": "?"}]
    async for _ in await litellm_module().acompletion("hosted_vllm/test", messages, mock_response="!", stream=True):
        pass


for _name in _MODULES:
    importlib.import_module(_name)
asyncio.run(_first_request())
for _name in _NAMES_OF_TRANSFORMERS:
    getattr(transformers(), _name)
