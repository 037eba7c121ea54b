"""The independent checker: asked where there is one, and honest where there is none.

No Lake is at hand here, so a script stands in for it: it logs how it was called and answers as told.
"""

from pathlib import Path

import pytest

from tools.lean.recheck import RecheckStatus, recheck
from tools.lean.toolchain import Toolchain, ToolchainKind

LAKE = """#!/bin/sh
echo "$@" >> calls
case "$*" in
  "env which "*) [ "$3" = "$(cat checker)" ];;
  "build "*) . ./build;;
  "env "*) . ./check;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Toolchain:
    lake = tmp_path / "lake"
    lake.write_text(LAKE)
    lake.chmod(0o755)
    for name, text in (("checker", "lean4checker"), ("build", "true"), ("check", "true"), ("calls", "")):
        (tmp_path / name).write_text(text)
    return Toolchain(ToolchainKind.LAKE, tmp_path, str(lake))


async def test_the_module_is_built_and_checked(project: Toolchain) -> None:
    result = await recheck(project, project.root / "A" / "B.lean")
    assert (result.status, result.detail) == (RecheckStatus.CONFIRMED, "lean4checker")
    assert (project.root / "calls").read_text().splitlines()[-2:] == ["build A.B", "env lean4checker A.B"]


async def test_a_refusal_is_told(project: Toolchain) -> None:
    (project.root / "check").write_text("echo 'invalid theorem t'; exit 3")
    result = await recheck(project, project.root / "A.lean")
    assert result.status is RecheckStatus.REFUSED
    assert "invalid theorem t" in result.detail


async def test_a_build_that_fails_refuses_nothing(project: Toolchain) -> None:
    (project.root / "build").write_text("exit 1")
    assert (await recheck(project, project.root / "A.lean")).status is RecheckStatus.INCONCLUSIVE


async def test_a_checker_that_hangs_is_ended(project: Toolchain) -> None:
    (project.root / "check").write_text("sleep 600")
    result = await recheck(project, project.root / "A.lean", timeout=0.5)
    assert result.status is RecheckStatus.INCONCLUSIVE
    assert "0.5 s" in result.detail


async def test_not_available(project: Toolchain, tmp_path: Path) -> None:
    assert (await recheck(project, Path("/elsewhere/A.lean"))).status is RecheckStatus.NOT_AVAILABLE
    embedded = Toolchain(ToolchainKind.EMBEDDED, tmp_path)
    assert (await recheck(embedded, tmp_path / "A.lean")).status is RecheckStatus.NOT_AVAILABLE
    (project.root / "checker").write_text("none")
    result = await recheck(project, project.root / "A.lean")
    assert result.status is RecheckStatus.NOT_AVAILABLE
    assert "lean4checker" in str(result)
    gone = Toolchain(ToolchainKind.LAKE, tmp_path, str(tmp_path / "gone"))
    assert (await recheck(gone, tmp_path / "A.lean")).status is RecheckStatus.NOT_AVAILABLE
