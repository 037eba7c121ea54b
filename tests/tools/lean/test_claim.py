"""A file belongs to one at a time."""

import asyncio
from pathlib import Path

import pytest

from tools.errors import ExitCode, QedError
from tools.lean.claim import claim, claim_soon


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "A.lean"
    path.write_text("")
    return path


async def test_a_claim_is_waited_for(file: Path) -> None:
    with claim(file):

        async def waits() -> None:
            async with claim_soon(file, patience=60):
                pass

        waiting = asyncio.create_task(waits())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
    async with asyncio.timeout(60):
        await waiting
    with claim(file):
        pass


async def test_patience_ends_and_says_who_has_the_file(file: Path) -> None:
    with claim(file), pytest.raises(QedError, match="this qed, in another place") as raised:
        async with claim_soon(file, patience=0):
            pytest.fail("it is claimed")
    assert raised.value.exit_code is ExitCode.BUSY


async def test_a_claim_ends_with_an_error_inside_it(file: Path) -> None:
    with pytest.raises(RuntimeError):
        async with claim_soon(file, patience=0):
            raise RuntimeError
    with claim(file):
        pass
