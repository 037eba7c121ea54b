"""Where qed keeps things on this machine, as the system's conventions have it.

`QED_CACHE_DIR`, `QED_STATE_DIR` and `QED_CONFIG_DIR` override the folders.
"""

import os
from pathlib import Path

import platformdirs

_APPLICATION = "qed"


def cache_dir() -> Path:
    """What can be had again: the embedded toolchain."""
    return _override("QED_CACHE_DIR") or platformdirs.user_cache_path(_APPLICATION)


def state_dir() -> Path:
    """What must not be lost: the undo journal and the receipts; also the locks."""
    return _override("QED_STATE_DIR") or platformdirs.user_state_path(_APPLICATION)


def config_dir() -> Path:
    """The user's settings."""
    return _override("QED_CONFIG_DIR") or platformdirs.user_config_path(_APPLICATION)


def _override(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser().absolute() if value else None
