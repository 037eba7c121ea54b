"""Fixtures of the embedded toolchain: the real installation, shared by all test runs of a user."""

import pytest

from tools.lean.embedded.install import Installation, ensure_installed


@pytest.fixture(scope="session")
def installation() -> Installation:
    return ensure_installed()
