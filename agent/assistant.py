"""Puts a conversation together from the settings: the model, the tools, the prompts, who may write.

The only place that knows all the parts; the loop knows none of their making.
"""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from agent.config import Config
from agent.conversation.limits import TurnLimits
from agent.conversation.loop import Conversation
from agent.conversation.permissions import Approver, Gatekeeper, Mode
from agent.conversation.session import Session
from agent.llm.chat import ChatModel
from agent.prompts import PromptLibrary
from tools.toolbox.tool import Permission


@dataclass(frozen=True)
class Wishes:
    """What a person wants: where, with which settings and limits, and what may be written.

    `model` and `toolchain` are None for those of the settings; `approver` is None where there is nobody to ask;
    `allow_writes` allows proofs and edits, but no change of a statement.
    """

    root: Path
    config: Config
    session: Session
    limits: TurnLimits
    mode: Mode
    model: str | None = None
    toolchain: str | None = None
    allow_writes: bool = False
    approver: Approver | None = None


def chat_model(config: Config, name: str | None, prompts: PromptLibrary) -> ChatModel:
    """The model of this name or alias; None: that of the settings. Raises `QedError` when none is named anywhere."""
    from agent.llm.litellm_model import LiteLLMModel

    chosen = config.model_settings(name)
    called = name or config.model.name or chosen.model
    settings = {called: chosen}
    while chosen.fallback is not None and chosen.fallback not in settings:
        settings[chosen.fallback] = chosen = config.model_settings(chosen.fallback)
    return LiteLLMModel(called, settings, prompts=prompts)


@contextlib.asynccontextmanager
async def conversation(wishes: Wishes) -> AsyncGenerator[Conversation]:
    """A conversation; what it started (Lean, requests) is ended with the block. Raises `QedError`."""
    from tools.toolbox.registry import toolbox
    from tools.toolbox.workspace import Workspace

    config = wishes.config
    prompts = PromptLibrary.load(wishes.root)
    workspace = Workspace(
        wishes.root,
        wishes.toolchain or config.lean.toolchain,
        limits=config.lean.limits(),
        allowed_axioms=config.prove.allowed_axioms,
        max_heartbeats=config.prove.max_heartbeats,
    )
    allowed = {Permission.WRITE_PROOF, Permission.EDIT} if wishes.allow_writes else set[Permission]()
    try:
        yield Conversation(
            model=chat_model(config, wishes.model, prompts),
            tools={tool.name: tool for tool in toolbox(workspace)},
            session=wishes.session,
            gatekeeper=Gatekeeper(wishes.mode, wishes.approver, allowed),
            prompts=prompts,
            system=prompts.render("system", root=str(wishes.root), toolchain=workspace.describe()),
            limits=wishes.limits,
        )
    finally:
        await workspace.close()
