"""What holds for all tests of LeanProgress in a worker process."""

import pytest

from tools.progress.libraries import library


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Models this small gain nothing from threads, and lose much on a busy machine."""
    library("torch").set_num_threads(1)
