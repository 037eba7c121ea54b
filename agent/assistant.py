"""Puts a conversation together from the settings: the model, the tools, the prompts, who may write.

The only place that knows all the parts; the loop knows none of their making.
"""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from agent.config import Config
from agent.conversation.loop import Conversation
from agent.conversation.permissions import Gatekeeper
from agent.llm.chat import ChatModel
from agent.prompts import PromptLibrary
from agent.wishes import Wishes
from tools.premises.encoder import Encoder
from tools.premises.remote import remote_sources
from tools.toolbox.registry import toolbox
from tools.toolbox.tool import Permission, Tool
from tools.toolbox.workspace import Workspace


def workspace_of(wishes: Wishes) -> Workspace:
    """The folder with its Lean; nothing is started."""
    return workspace_in(wishes.root, wishes.toolchain, wishes.config)


def workspace_in(root: Path, toolchain: str | None, config: Config, leased_workers: int | None = None) -> Workspace:
    """A folder with its Lean; nothing is started. For `leased_workers` see `Workspace`."""
    return Workspace(
        root,
        toolchain or config.lean.toolchain,
        limits=config.lean.limits(),
        allowed_axioms=config.prove.allowed_axioms,
        max_heartbeats=config.prove.max_heartbeats,
        recipe=config.search_recipe(),
        environment=config.lean.environment,
        leased_workers=leased_workers,
    )


def tools_of(workspace: Workspace, config: Config) -> Mapping[str, Tool[Any]]:
    """The tools by name; the settings say which other machines they ask for premises."""
    encoder = config.premises.encoder()
    tools = toolbox(
        workspace,
        remote=remote_sources(config.premises.remote()),
        embedder=Encoder(encoder) if encoder else None,
    )
    return {tool.name: tool for tool in tools}


def gatekeeper_of(wishes: Wishes) -> Gatekeeper:
    """Who decides about writes."""
    allowed = {Permission.WRITE_PROOF, Permission.EDIT} if wishes.allow_writes else set[Permission]()
    return Gatekeeper(wishes.mode, wishes.approver, allowed)


def chat_model(config: Config, name: str | None, prompts: PromptLibrary) -> ChatModel:
    """The model of this name or alias; None: that of the settings. Raises `QedError` when none is named anywhere."""
    from agent.llm.litellm_model import LiteLLMModel

    chosen = config.model_settings(name)
    called = name or config.model.name or chosen.model
    settings = {called: chosen}
    while chosen.fallback is not None and chosen.fallback not in settings:
        settings[chosen.fallback] = chosen = config.model_settings(chosen.fallback)
    return LiteLLMModel(called, settings, prompts=prompts)


def conversation_in(lean: str, tools: Mapping[str, Tool[Any]], gatekeeper: Gatekeeper, wishes: Wishes) -> Conversation:
    """A conversation; `lean` are the words in which the model is told of Lean.

    Raises `QedError`: no model is named, or a prompt is damaged.
    """
    prompts = PromptLibrary.load(wishes.root)
    return Conversation(
        model=chat_model(wishes.config, wishes.model, prompts),
        tools=tools,
        session=wishes.session,
        gatekeeper=gatekeeper,
        prompts=prompts,
        system=prompts.render("system", root=str(wishes.root), toolchain=lean),
        limits=wishes.limits,
    )


@contextlib.asynccontextmanager
async def conversation(wishes: Wishes) -> AsyncGenerator[Conversation]:
    """A conversation; what it started (Lean, requests) is ended with the block.

    Raises `QedError`: as `conversation_in`, and where the Lean that was asked for is not there.
    """
    workspace = workspace_of(wishes)
    try:
        yield conversation_in(workspace.describe(), tools_of(workspace, wishes.config), gatekeeper_of(wishes), wishes)
    finally:
        await workspace.close()
