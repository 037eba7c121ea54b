"""Agents in a run of `qed prove`: their tools are opened for a file, and closed when the work on it is over."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from agent.assistant import tools_of, workspace_in
from agent.config import Config
from agent.prover.strategies.agent import AgentStrategy, AgentTools
from tools.lean.toolchain import Toolchain
from tools.toolbox.tool import Permission


@dataclass(frozen=True)
class AgentsForFiles:
    """Opens the agent of a file, with the settings of the run; implements `StrategyForFiles`.

    All holes of a file share its tools. `toolchain_choice` is what `discover` takes; None: the settings'.
    """

    config: Config
    toolchain_choice: str | None = None

    @property
    def workers(self) -> int:
        """The Lean workers of the tools: few, since they take from those in which strategies try tactics."""
        return max(1, min(2, self.config.lean.limits().max_workers // 4))

    @contextlib.asynccontextmanager
    async def opened(self, toolchain: Toolchain, file: Path) -> AsyncGenerator[AgentStrategy]:
        """The agent. Nothing is started before it needs it; at the end of the block all that was is ended."""
        root, path = _place(toolchain, file)
        workspace = workspace_in(root, self.toolchain_choice, self.config, self.workers)
        tools = tools_of(workspace, self.config).items()
        reading = {name: tool for name, tool in tools if tool.permission is Permission.READ}
        try:
            yield AgentStrategy(AgentTools(root, path, toolchain.describe(), reading))
        finally:
            await workspace.close()


def _place(toolchain: Toolchain, file: Path) -> tuple[Path, Path]:
    """The folder that an agent may look at, and the file in it: the project, else the file's own folder."""
    root, path = toolchain.root.resolve(), file.resolve()
    return (root if path.is_relative_to(root) else path.parent), path
