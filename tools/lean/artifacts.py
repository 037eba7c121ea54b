"""Which messages mean nothing for a proof, since only the toolchain at hand shows them."""

from collections.abc import Callable

from tools.lean.embedded.quirks import is_toolchain_artifact
from tools.lean.messages import Message
from tools.lean.toolchain import Toolchain, ToolchainKind

IsArtifact = Callable[[Message], bool]


def artifacts_of(toolchain: Toolchain, text: str) -> IsArtifact:
    """Tells errors that a toolchain shows for a file with this text, and that another Lean would not show."""
    if toolchain.kind is not ToolchainKind.EMBEDDED:
        return lambda message: False
    return lambda message: is_toolchain_artifact(message.severity, message.text, text)
