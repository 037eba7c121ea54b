"""Which files tools may look at. No Lean here."""

from pathlib import Path

import pytest

from tests.tools.toolbox.calling import Caller, write
from tools.errors import ExitCode, QedError
from tools.toolbox.tool import ToolVerdict
from tools.toolbox.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    """A project, with things around it that are nobody's business."""
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "Secret.lean").write_text("theorem secret : True := trivial\n")
    (root / "Link.lean").symlink_to(tmp_path / "Secret.lean")
    (root / "out").symlink_to(tmp_path)
    workspace = Workspace(root, "embedded")
    write(workspace, "Sub/Real.lean", "theorem real : True := trivial\n")
    (root / "Inner.lean").symlink_to(root / "Sub" / "Real.lean")
    write(workspace, ".env.toml", "KEY = 1\n")
    write(workspace, ".lake/packages/P/P.lean", "theorem p : True := trivial\n")
    write(workspace, "notes.md", "# Notes\n")
    write(workspace, "key.pem", "secret\n")
    return workspace


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../Secret.lean", "outside"),
        ("/etc/passwd", "outside"),
        ("Sub/../../Secret.lean", "outside"),
        ("Link.lean", "outside"),
        ("out/Secret.lean", "outside"),
        ("key.pem", "not a file of these kinds"),
        ("Sub", "not a file of these kinds"),
        ("a\0.lean", "not a path"),
    ],
)
def test_what_lies_outside_is_refused(folder: Workspace, name: str, message: str) -> None:
    with pytest.raises(QedError, match=message) as raised:
        folder.resolve(name)
    assert raised.value.exit_code is ExitCode.USAGE


def test_what_lies_inside_is_found_by_any_name(folder: Workspace) -> None:
    real = folder.root / "Sub" / "Real.lean"
    for name in ("Sub/Real.lean", "./Sub/../Sub/Real.lean", "Inner.lean", str(real)):
        assert folder.resolve(name) == real
    assert folder.read("Inner.lean").name == "Sub/Real.lean"
    assert [folder.relative(path) for path in folder.lean_files()] == ["Inner.lean", "Sub/Real.lean"]


async def test_packages_may_be_read_but_not_written(folder: Workspace) -> None:
    tools = Caller(folder)
    name = ".lake/packages/P/P.lean"
    assert (await tools("read_file", file=name)).verdict is ToolVerdict.OK
    refused = await tools("edit_file", file=name, old="trivial", new="sorry")
    assert refused.verdict is ToolVerdict.NOT_ALLOWED and "belongs to a package" in refused.text


async def test_reading(folder: Workspace) -> None:
    tools = Caller(folder)
    assert (await tools("read_file", file="notes.md")).text == "    1  # Notes"
    hidden = await tools("read_file", file=".env.toml")
    assert hidden.verdict is ToolVerdict.BAD_ARGUMENTS and "hidden" in hidden.text and "KEY" not in hidden.text
    missing = await tools("read_file", file="Missing.lean")
    assert missing.verdict is ToolVerdict.BAD_ARGUMENTS and "Missing.lean" in missing.text


async def test_reading_goes_on_where_it_stopped(folder: Workspace) -> None:
    tools = Caller(folder)
    lines = [f"-- {'x' * 50} {number}" for number in range(1, 501)]
    write(folder, "Long.lean", "\n".join(lines) + "\n")
    seen: list[str] = []
    first = 1
    while first <= 500:
        result = await tools("read_file", file="Long.lean", first_line=first)
        shown = [line for line in result.text.split("\n") if not line.startswith("[")]
        assert shown[0].strip().startswith(f"{first}  ")
        seen += [line[7:] for line in shown]
        first = result.data["last_line"] + 1
    assert seen == lines
    part = await tools("read_file", file="Long.lean", first_line=7, last_line=8)
    assert part.text == f"    7  {lines[6]}\n    8  {lines[7]}"
    beyond = await tools("read_file", file="Long.lean", first_line=900)
    assert beyond.verdict is ToolVerdict.BAD_ARGUMENTS and "1 to 500" in beyond.text
