"""Keys: from the environment, then from the person's keyring. They are never logged, shown or written anywhere."""

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

KEYRING_SERVICE = "qed"
"""The service under which a keyring holds keys; the user name is that of the environment variable."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the name of the variable that it came from."""

    name: str
    value: SecretStr


def find_key(names: Sequence[str]) -> Key | None:
    """The first of `names` that the environment or the keyring knows. Asking a keyring can take long: not in a loop."""
    for name in names:
        if value := os.environ.get(name, "").strip():
            return Key(name, SecretStr(value))
    keyring = _keyring()
    if keyring is None:
        return None
    for name in names:
        if value := _ask(keyring, name):
            return Key(name, SecretStr(value))
    return None


def _keyring() -> Any:
    try:
        return importlib.import_module("keyring")
    except ImportError:
        return None


def _ask(keyring: Any, name: str) -> str | None:
    try:
        return keyring.get_password(KEYRING_SERVICE, name)
    except Exception:  # a locked keyring, no desktop session, a backend that is broken: all the same, there is no key
        return None
