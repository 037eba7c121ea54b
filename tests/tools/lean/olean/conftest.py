"""One file of many features, compiled by the embedded Lean once for each worker process."""

import shutil
from pathlib import Path

import pytest

from tools.lean.batch.process import BatchLean, BatchStatus
from tools.lean.machine import MachineLimits
from tools.lean.olean.module import CompiledModule
from tools.lean.toolchain import Toolchain

FEATURES = Path(__file__).with_name("features.lean")
SECONDS = 300.0  # far more than it takes


@pytest.fixture(scope="session")
async def compiled_files(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `X.olean` that Lean made of `features.lean`; `X.olean.server` and `X.olean.private` lie beside it."""
    folder = tmp_path_factory.mktemp("compiled")
    read = CompiledModule.read

    def kept(olean: Path) -> CompiledModule:
        for file in olean.parent.glob("X.olean*"):
            shutil.copy(file, folder)
        return read(olean)

    lean = BatchLean(toolchain, folder / "Features.lean", MachineLimits.default())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CompiledModule, "read", kept)
        result = await lean.run(FEATURES.read_text(encoding="utf-8"), timeout=SECONDS)
    await lean.close()
    assert result.status is BatchStatus.COMPLETE and result.module is not None, result
    return folder / "X.olean"


@pytest.fixture(scope="session")
def module(compiled_files: Path) -> CompiledModule:
    """The same, read."""
    return CompiledModule.read(compiled_files)
