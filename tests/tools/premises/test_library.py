"""The index beside the event loop: made when it is wanted, told about, given up."""

import asyncio
from pathlib import Path

import pytest

from tests.tools.premises.conftest import NATIVE
from tools.errors import ExitCode, QedError
from tools.lean.document import Document
from tools.lean.toolchain import Toolchain, ToolchainKind
from tools.premises.library import PremiseLibrary, imports_of
from tools.premises.modules import library_roots
from tools.premises.store import Store, store_path


@pytest.fixture
def toolchain_of_two_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toolchain:
    """A script that answers as a native `lean` does, with a library of the two modules."""
    monkeypatch.setenv("QED_CACHE_DIR", str(tmp_path / "cache"))
    library = tmp_path / "prefix" / "lib" / "lean"
    library.mkdir(parents=True)
    for path in NATIVE.iterdir():
        (library / path.name).write_bytes(path.read_bytes())
    script = tmp_path / "lean"
    script.write_text(f'#!/bin/sh\n[ "$*" = --print-prefix ] && echo {tmp_path / "prefix"}\n')
    script.chmod(0o755)
    return Toolchain(ToolchainKind.LEAN, tmp_path, str(script))


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("theorem a : 1 = 1 := rfl", ("Init",)),
        ("import Std\nimport Lean.Elab\n", ("Init", "Std", "Lean.Elab")),
        ("prelude\nimport Init.Core\n", ("Init.Core",)),
    ],
)
def test_what_a_file_imports(text: str, imports: tuple[str, ...]) -> None:
    assert imports_of(Document.parse(text).header) == imports
    assert imports_of(None) == ("Init",)


async def test_the_index_of_a_native_lean(toolchain_of_two_modules: Toolchain) -> None:
    library, told = PremiseLibrary(toolchain_of_two_modules), list[str]()
    index = await library.index_for(("Upper",), told.append)
    assert [module.name for module in index.modules] == ["Base", "Upper"] and index.by_name("Same.map") != []
    await asyncio.sleep(0)
    assert told[0] == "building the index of premises: 0 of 2 modules"
    told.clear()
    assert await library.index_for(("Upper",), told.append) is index and told == []
    base = await library.index_for(("Base",), told.append)
    assert [module.name for module in base.modules] == ["Base"] and base.by_name("Same.map") == [] and told == []
    assert index.by_name("Same.map") != []  # whoever still asks the first one gets his answer
    library.close()


async def test_several_at_once_make_it_once(toolchain_of_two_modules: Toolchain) -> None:
    library, told = PremiseLibrary(toolchain_of_two_modules), list[str]()
    indexes = await asyncio.gather(*(library.index_for(("Upper",), told.append) for _ in range(5)))
    assert all(index is indexes[0] for index in indexes)
    await asyncio.sleep(0)
    assert told == ["building the index of premises: 0 of 2 modules"]
    library.close()


async def test_given_up_it_keeps_what_it_has(toolchain_of_two_modules: Toolchain) -> None:
    library = PremiseLibrary(toolchain_of_two_modules)
    task: asyncio.Task[object] | None = None

    def give_up(_: str) -> None:
        assert task is not None
        task.cancel()

    task = asyncio.create_task(library.index_for(("Upper",), give_up))
    with pytest.raises(asyncio.CancelledError):
        await task
    index = await library.index_for(("Upper",))
    assert index.by_name("Same.map") != [] and index.by_name("Same.symm") != []
    library.close()


async def test_without_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QED_CACHE_DIR", str(tmp_path / "cache"))
    for executable in ("/no/such/lean", "/bin/true"):
        with pytest.raises(QedError, match="no compiled library") as caught:
            await PremiseLibrary(Toolchain(ToolchainKind.LEAN, tmp_path, executable)).index_for(("Init",))
        assert caught.value.exit_code is ExitCode.LEAN_FAILED


def test_the_packages_of_a_project_are_libraries_too(toolchain_of_two_modules: Toolchain, tmp_path: Path) -> None:
    for package in ("mathlib", "batteries"):
        (tmp_path / ".lake" / "packages" / package / ".lake" / "build" / "lib" / "lean").mkdir(parents=True)
    (tmp_path / ".lake" / "build" / "lib" / "lean").mkdir(parents=True)
    lake = tmp_path / "lake"
    lake.write_text(f'#!/bin/sh\n[ "$*" = "env lean --print-prefix" ] && echo {tmp_path / "prefix"}\n')
    lake.chmod(0o755)
    folders = library_roots(Toolchain(ToolchainKind.LAKE, tmp_path, str(lake))).folders
    relative = [folder.relative_to(tmp_path).as_posix() for folder in folders]
    packages = [f".lake/packages/{name}/.lake/build/lib" for name in ("batteries", "mathlib")]
    built = [path for package in packages for path in (f"{package}/lean", package)]
    assert relative == ["prefix/lib/lean", *built, ".lake/build/lib/lean", ".lake/build/lib"]


async def test_a_cache_that_cannot_be_written(toolchain_of_two_modules: Toolchain, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(QedError) as caught:
        await PremiseLibrary(toolchain_of_two_modules).index_for(("Upper",))
    assert caught.value.exit_code is ExitCode.WRITE_FAILED


async def test_what_is_written_survives(toolchain_of_two_modules: Toolchain) -> None:
    library = PremiseLibrary(toolchain_of_two_modules)
    await library.index_for(("Upper",))
    library.close()
    with Store.opened(store_path(library_roots(toolchain_of_two_modules).folders)) as store:
        assert sorted(store.modules()) == ["Base", "Upper"]
