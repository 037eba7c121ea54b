"""How a native Lean is run on a text: what is asked of Lake, and what is to be started.

Lake is a script (`native_programs.py`) whose answers have the shapes of Lake's sources; `test_native_lean.py` has Lean.
"""

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.tools.lean.batch.native_programs import module_setup, starts
from tests.tools.lean.batch.native_project import SECONDS, NativeProject, says
from tools.lean.batch.native import BatchUnavailableError, native_command
from tools.lean.machine import processes_below
from tools.lean.toolchain import Toolchain, ToolchainKind

TEXT = "prelude\ntheorem t (p : Prop) (h : p) : p := h\n"
OLD_ANSWER: Mapping[str, Any] = {
    "paths": {"oleanPath": ["./.lake/build/lib"], "srcPath": ["./src", "./."], "loadDynlibPaths": ["/x/libA.so"]},
    "setupOptions": {"autoImplicit": False, "weak.linter.x": True, "maxRecDepth": 7, "trace": "a b"},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NativeProject:
    return NativeProject.make(tmp_path, monkeypatch)


async def _refusal(project: NativeProject, answer: Mapping[str, Any]) -> BatchUnavailableError:
    with pytest.raises(BatchUnavailableError) as caught:
        await project.command(TEXT, plan={"setup-file": [answer]})
    return caught.value


async def test_the_question_is_the_servers(project: NativeProject) -> None:
    text = "module\n-- c\npublic import A.«B c»\nmeta import all D\nimport E\n\ntheorem t : True := trivial"
    command = await project.command(text)
    assert project.kinds == ["lake env", "lake setup-file"]
    _, arguments, given = starts(project.log)[1]
    assert arguments == [str(project.root / "A.lean"), "-", "--no-build", "--no-cache"]
    header = json.loads(given)
    assert header["isModule"]
    assert [(each["module"], each["isExported"], each["isMeta"], each["importAll"]) for each in header["imports"]] == [
        ("Init", True, False, False),
        ("Init", True, True, False),
        ("A.«B c»", True, False, False),
        ("D", False, True, True),
        ("E", False, False, False),
    ]
    assert command.cwd == project.root


async def test_the_command_of_a_new_lean(project: NativeProject) -> None:
    text = "import B\r\n\r\ntheorem t : 𝕜 := x"
    setup = {**module_setup("Lib.A", options={"weak.linter.x": True, "maxRecDepth": 7}), "dynlibs": ["/x/𝓝.so"]}
    command = await project.command(text, plan={"setup-file": [says(setup)]})
    lean, *arguments = command.argv
    assert Path(lean) == project.programs / "bin" / "lean"
    written = project.folder / "setup.json"
    assert arguments[:2] == ["--json", f"--setup={written}"]
    assert arguments[2:] == ["-o", str(command.olean), "--stdin", str(project.root / "A.lean")]
    assert json.loads(written.read_text(encoding="utf-8")) == setup
    assert command.stdin is not None
    assert command.stdin.read_bytes() == text.encode()
    assert command.olean.parent == project.folder
    assert command.file_name == str(project.root / "A.lean")
    assert command.env["LEAN_SYSROOT"] == str(project.programs)
    assert command.env["HOME"] == os.environ["HOME"]
    assert (project.root / "A.lean").read_text() == "-- what is saved"


async def test_a_variable_that_lake_unsets_is_not_there(
    project: NativeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAN_CC", "cc of the person")
    assert "LEAN_CC" not in (await project.command(TEXT)).env


async def test_the_environment_is_asked_for_once_a_project(project: NativeProject) -> None:
    await project.command(TEXT)
    await project.command(TEXT + "\n")
    assert project.kinds == ["lake env", "lake setup-file", "lake setup-file"]
    (project.root / "lakefile.toml").write_text('name = "other"')
    await project.command(TEXT)
    assert project.kinds[3:] == ["lake env", "lake setup-file"]


@pytest.mark.parametrize("name", ["B/C-d.lean", "B/E.f.lean"])
async def test_a_new_file_has_the_name_of_its_place(project: NativeProject, name: str) -> None:
    await project.command(TEXT, name)
    setup = json.loads((project.folder / "setup.json").read_text(encoding="utf-8"))
    assert setup["name"] == {"B/C-d.lean": "B.«C-d»", "B/E.f.lean": "B.«E.f»"}[name]
    assert not (project.root / "B").exists()


async def test_the_innermost_source_folder_counts(project: NativeProject) -> None:
    sources = os.pathsep.join(["./.", "./src", "./.lake/packages/other"])
    env = {"stdout": f"LEAN_SYSROOT={project.programs}\nLEAN_SRC_PATH={sources}\n"}
    for name, module in (("src/Lib/New.lean", "Lib.New"), ("Other/New.lean", "Other.New")):
        await project.command(TEXT, name, {"env": [env]})
        assert json.loads((project.folder / "setup.json").read_text(encoding="utf-8"))["name"] == module


async def test_what_an_earlier_run_left_is_not_taken_for_the_result(project: NativeProject) -> None:
    command = await project.command(TEXT)
    left = [command.olean.with_name(command.olean.name + part) for part in ("", ".server", ".private")]
    for file in left:
        file.touch()
    for kind in (ToolchainKind.LAKE, ToolchainKind.LEAN):
        toolchain = Toolchain(kind, project.root, project.toolchain().executable)
        await native_command(toolchain, project.root / "A.lean", TEXT, project.folder, timeout=SECONDS)
        assert not any(file.exists() for file in left)


async def test_a_file_elsewhere_keeps_the_name_that_lake_gives_it(project: NativeProject, tmp_path: Path) -> None:
    await project.command(TEXT, str(tmp_path / "elsewhere" / "X.lean"))
    assert json.loads((project.folder / "setup.json").read_text(encoding="utf-8"))["name"] == "_unknown"


async def test_the_command_of_an_old_lean(project: NativeProject) -> None:
    plan = {"setup-file": [says(OLD_ANSWER)]}
    text = "import B.C\nimport D\n"
    command = await project.command(text, "src/Lib/A.lean", plan)
    source = project.folder / "source"
    assert command.argv[1:] == (
        "-DautoImplicit=false",
        "-Dweak.linter.x=true",
        "-DmaxRecDepth=7",
        "-Dtrace=a b",
        "--load-dynlib=/x/libA.so",
        "--json",
        "-R",
        str(source),
        "-o",
        str(command.olean),
        str(source / "Lib" / "A.lean"),
    )
    assert (source / "Lib" / "A.lean").read_text() == text
    assert command.stdin is None
    # `-` was an import to it: imports are asked for again, and from now on at once.
    asked = [arguments[1:] for kind, arguments, _ in starts(project.log) if kind == "lake setup-file"]
    assert asked == [["-", "--no-build", "--no-cache"], ["Init", "B.C", "D", "--no-build"]]
    await project.command("prelude\nimport B", "src/Lib/A.lean", plan)
    assert starts(project.log)[-1][1][1:] == ["B", "--no-build"]
    assert len(project.kinds) == 4


async def test_an_older_lake_does_not_know_the_option(project: NativeProject) -> None:
    refused = {"stderr": "error: unknown long option '--no-cache'\n", "exit": 1}
    command = await project.command(TEXT, plan={"setup-file": [refused, says(OLD_ANSWER)]})
    assert "-R" in command.argv
    assert project.kinds == ["lake env", "lake setup-file", "lake setup-file"]


async def test_stale_imports_are_told_and_nothing_is_built(project: NativeProject) -> None:
    error = await _refusal(project, {"exit": 3})
    assert error.stale_imports
    assert error.reason == "imports are out of date: run `lake build`"
    assert project.kinds == ["lake env", "lake setup-file"]


async def test_newer_versions_name_the_stale_imports(project: NativeProject) -> None:
    modules = [{"module": name, "sourcePath": f"/x/{name}.lean"} for name in ("A.B", "C")]
    error = await _refusal(project, {"exit": 3, "stdout": json.dumps({"directImports": modules}) + "\n"})
    assert error.stale_imports
    assert "(A.B, C)" in error.reason


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"exit": 1, "stderr": "error: bad import 'Foo'\nFailed to build module dependencies.\n"}, "bad import 'Foo'"),
        ({"exit": 2}, "no lakefile"),
        ({"exit": 1, "stderr": "error: unknown command 'setup-file'\n"}, "unknown command"),
        ({"exit": -9}, "exit status"),
        ({"stdout": ""}, "something unknown"),
        ({"stdout": "{"}, "something unknown"),
        ({"stdout": "[]"}, "something unknown"),
        ({"stdout": '{"name": 3}'}, "something unknown"),
        ({"stdout": "hello from a lakefile\n{}"}, "hello from a lakefile"),
    ],
)
async def test_other_answers_are_no_command(project: NativeProject, answer: Mapping[str, Any], said: str) -> None:
    error = await _refusal(project, answer)
    assert said in error.reason
    assert not error.stale_imports
    assert list(project.folder.iterdir()) == []


async def test_a_lake_that_hangs_is_ended(project: NativeProject) -> None:
    await native_command(project.toolchain(), project.root / "A.lean", TEXT, project.folder, timeout=SECONDS)
    toolchain = project.toolchain({"setup-file": [{"hang": True}]})
    with pytest.raises(BatchUnavailableError, match="has not said within 1 s"):
        await native_command(toolchain, project.root / "A.lean", TEXT, project.folder, timeout=1.0)
    for process in processes_below(os.getpid()):
        with contextlib.suppress(psutil.Error):
            assert str(project.programs) not in " ".join(process.cmdline())


@pytest.mark.parametrize("answer", [{"exit": 1, "stderr": "error: lakefile\n"}, {"hang": True}])
async def test_an_environment_that_cannot_be_had(project: NativeProject, answer: Mapping[str, Any]) -> None:
    toolchain = project.toolchain({"env": [answer]})
    with pytest.raises(BatchUnavailableError, match=r"exit status 1|within"):
        await native_command(
            toolchain, project.root / "A.lean", TEXT, project.folder, timeout=1.0 if "hang" in answer else SECONDS
        )


async def test_toolchains_that_are_not_there(project: NativeProject) -> None:
    for kind in (ToolchainKind.LAKE, ToolchainKind.EMBEDDED):
        toolchain = Toolchain(kind, project.root, str(project.root / "no such lake"))
        with pytest.raises(BatchUnavailableError):
            await native_command(toolchain, project.root / "A.lean", TEXT, project.folder, timeout=SECONDS)


async def test_a_lean_without_lake(project: NativeProject) -> None:
    toolchain = Toolchain(ToolchainKind.LEAN, project.root, "lean")
    command = await native_command(toolchain, project.root / "B" / "C d.lean", TEXT, project.folder, timeout=SECONDS)
    source = project.folder / "source"
    file = source / "B" / "C d.lean"
    assert command.argv == ("lean", "--json", "-R", str(source), "-o", str(command.olean), str(file))
    assert (command.cwd, command.file_name, command.stdin) == (project.root, str(file), None)
    assert project.kinds == []


@pytest.mark.parametrize(
    "named",
    [
        ["/x/A.olean", "/x/A.olean.server", "/x/A.olean.private"],
        ["/x/A.olean", "/x/A.ir", "/x/A.olean.server", "/x/A.olean.private"],
        [["/x/A.olean", "/x/A.olean.server", "/x/A.olean.private"], ["/x/A.ir.sig", "/x/A.ir"]],
    ],
)
async def test_the_files_of_an_import_in_any_version(project: NativeProject, named: Sequence[Any]) -> None:
    answer = {**module_setup("A"), "importArts": {"A.«b c»": named, "D": [["/x/D.olean"]], "E": [], "F": None}}
    command = await project.command(TEXT, plan={"setup-file": [says(answer)]})
    parts = tuple(Path(f"/x/A.olean{part}") for part in ("", ".server", ".private"))
    assert command.imports == {"A.«b c»": parts, "D": (Path("/x/D.olean"),), "E": (), "F": ()}
