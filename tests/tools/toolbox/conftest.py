"""One workspace, with one Lean, for all tests of the tools in a worker process."""

from collections.abc import AsyncGenerator

import pytest

from tests.tools.toolbox.calling import Caller
from tools.lean.toolchain import Toolchain
from tools.toolbox.workspace import Workspace


@pytest.fixture(scope="session")
async def workspace(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Workspace]:
    """A workspace in a folder of its own: tests use files with names of their own."""
    workspace = Workspace(tmp_path_factory.mktemp("project"), toolchain.kind.value)
    yield workspace
    await workspace.close()


@pytest.fixture
def tools(workspace: Workspace) -> Caller:
    """The tools of the workspace, and somebody who allows everything."""
    return Caller(workspace)
