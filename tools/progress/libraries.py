"""The libraries of the extra `progress`, imported when they are first used.

They take seconds to import and have types in parts only, so they come through here as `Any`, and the modules that use
them give what they return a type of its own.
"""

import importlib
import os
from typing import Any

from tools.errors import ExitCode, QedError

_ENVIRONMENT = {
    # Tokenizers warn, and switch threads off, in a process that forks after they were used.
    "TOKENIZERS_PARALLELISM": "false",
    # Threads that wait must not spin: Lean needs the cores.
    "OMP_WAIT_POLICY": "PASSIVE",
}


def library(name: str) -> Any:
    """A module of the extra; raises `QedError` that says what to install when it is not there."""
    for variable, value in _ENVIRONMENT.items():
        os.environ.setdefault(variable, value)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        missing = error.name or name
        raise QedError(
            f"LeanProgress needs the package {missing.partition('.')[0]}, which cannot be imported: {error}",
            hint="Install the extra: pip install 'qed-agent[progress]'.",
            exit_code=ExitCode.EXTRA_NOT_INSTALLED,
        ) from None


def transformers() -> Any:
    """The package transformers, which from now on logs errors only: what matters is said by qed."""
    module = library("transformers")
    module.utils.logging.set_verbosity_error()
    module.utils.logging.disable_progress_bar()
    return module
