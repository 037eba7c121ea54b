"""A few kills in every test run; the command makes hundreds."""

import pytest

from tests.benchmarks.kill_prove import one_kill

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_a_killed_run_leaves_a_whole_file(seed: int) -> None:
    assert not one_kill(seed).startswith("broken")
