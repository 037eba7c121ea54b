"""Fixtures for all tests: folders of their own, and one real Lean for each worker process."""

import gc
import itertools
import os
import signal
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from tests.openai_server import OpenAIServer
from tests.web import Web, web_server
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, discover

if TYPE_CHECKING:
    from tests.tools.progress.trained import Trained

_EMBEDDED = {"toolchain", "installation"}
"""The fixtures on which all others rest that have the embedded Lean."""


def pytest_configure() -> None:
    """What tests start can be sent signals: a shell has commands in the background ignore Ctrl+C, `nohup` SIGHUP."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _stay)  # which, other than ignoring it, no child inherits

    # No command that a test runs makes a code cache in the background.
    os.environ.setdefault("QED_CODE_CACHE", "use")


def _stay(_number: int, _frame: FrameType | None) -> None:
    """The tests go on."""


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever test has the embedded Lean from a fixture is marked `lean`."""
    for item in items:
        if isinstance(item, pytest.Function) and _EMBEDDED.intersection(item.fixturenames):
            item.add_marker("lean")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def unmade_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders, each for one test, that nobody has made yet."""
    parent = tmp_path_factory.mktemp("own")
    return (parent / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_folders(
    request: pytest.FixtureRequest, unmade_folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """State and configuration of a test stay in its own folder; the toolchain's cache is shared by all."""
    # Making a `tmp_path` takes the longer the more of them there are, and most tests do without.
    asked = "tmp_path" in request.fixturenames
    folder: Path = request.getfixturevalue("tmp_path") if asked else next(unmade_folders)
    monkeypatch.setenv("QED_STATE_DIR", str(folder / "state"))
    monkeypatch.setenv("QED_CONFIG_DIR", str(folder / "config"))
    for name in list(os.environ):
        ours = name.startswith("QED_") and name.endswith(("TOOLCHAIN", "TIMEOUT"))
        if ours or name.startswith("LEANPROGRESS_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def toolchain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolchain]:
    """The embedded toolchain, installed if need be."""
    from tools.lean.embedded.code_cache import build
    from tools.lean.embedded.install import ensure_installed

    build(ensure_installed())  # half a minute once, for some hundred starts; the other test processes go on without it
    yield discover(tmp_path_factory.mktemp("lean"), "embedded")


@pytest.fixture(scope="session")
async def lean(toolchain: Toolchain) -> AsyncGenerator[LeanServer]:
    """A running Lean server, shared by the tests of a worker process: open documents of your own, and close them."""
    async with LeanServer.running(toolchain) as server:
        yield server


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> "Trained":
    """One small LeanProgress model for all tests of a worker process."""
    from tests.tools.progress.trained import train_small

    return train_small(tmp_path_factory.mktemp("trained"))


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """A server that speaks OpenAI's chat protocol; tell it what to answer by `will`."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server; tell it what to answer."""
    with web_server() as server:
        yield server
