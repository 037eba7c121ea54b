"""The index of the real library, made once on this machine: workers share it, and wait while one of them makes it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.lean.toolchain import Toolchain
from tools.premises.index import PremiseIndex
from tools.premises.library import PremiseLibrary
from tools.premises.modules import LibraryRoots

NATIVE = Path(__file__).parent / "native"
"""Two modules that a native Lean 4.35.0 compiled from the sources beside them; `Upper` imports `Base`."""


@pytest.fixture(scope="session")
def premises(toolchain: Toolchain) -> Iterator[PremiseIndex]:
    """The index of what every file imports."""
    library = PremiseLibrary(toolchain)
    yield asyncio.new_event_loop().run_until_complete(library.index_for(("Init",)))
    library.close()


@pytest.fixture
def native(tmp_path: Path) -> LibraryRoots:
    """The native modules, in a folder of the test's own."""
    folder = tmp_path / "library"
    folder.mkdir()
    for path in NATIVE.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return LibraryRoots((folder,))
