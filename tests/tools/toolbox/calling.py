"""Calls of tools as the conversation makes them, and a workspace with a file for each test."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.toolbox.registry import call, toolbox
from tools.toolbox.tool import AcceptedProof, Decision, Proposal, Tool, ToolContext, ToolResult
from tools.toolbox.workspace import Workspace


@dataclass
class Caller:
    """Makes calls; keeps the proposals and the accepted proofs, and decides as it is told."""

    workspace: Workspace
    decision: Decision = field(default_factory=lambda: Decision(True))
    proposals: list[Proposal] = field(default_factory=list[Proposal])
    accepted: list[AcceptedProof] = field(default_factory=list[AcceptedProof])
    reports: list[str] = field(default_factory=list[str])
    data: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])

    @property
    def context(self) -> ToolContext:
        async def approve(proposal: Proposal) -> Decision:
            self.proposals.append(proposal)
            return self.decision

        def report(text: str, data: Mapping[str, Any] | None = None) -> None:
            self.reports.append(text)
            if data:
                self.data.append(data)

        return ToolContext(report, approve, self.accepted.append)

    async def __call__(self, name: str, **arguments: Any) -> ToolResult:
        return await call(self.tool(name), json.dumps(arguments), self.context)

    def tool(self, name: str) -> Tool[Any]:
        return next(tool for tool in toolbox(self.workspace) if tool.name == name)


def write(workspace: Workspace, name: str, text: str) -> Path:
    """Puts a file into the folder of a workspace."""
    path = workspace.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path
