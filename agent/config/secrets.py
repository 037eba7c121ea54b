"""Keys do not belong into files: those get committed, copied and shown. They are refused by name and by look."""

import re
from typing import cast

from agent.config.tables import KeyPath, Table, leaves

# `api_key_env` and `max_tokens` are settings; `api_key`, `openai_api_key`, `token`, `password` are keys.
_NAME = re.compile(
    r"(?:.*_)?(?:api_?key|key|secret|password|passwd|token|credentials?|authorization)", re.IGNORECASE | re.ASCII
)
_VALUE = re.compile(r"(?:Bearer\s+\S{8}|(?:sk|pk|fw|gsk|hf|xai|r8|pplx|nvapi)[-_][\w-]{12}|AIza[\w-]{20})", re.ASCII)
_USER_IN_ADDRESS = re.compile(r"\w+://[^/\s]*:[^/\s]*@")


def find_secret(table: Table) -> KeyPath | None:
    """The first setting that is named like a key, or whose value looks like one; None where there is none."""
    return next((path for path, value in leaves(table) if _named_like_a_key(path) or _looks_like_a_key(value)), None)


def _named_like_a_key(path: KeyPath) -> bool:
    is_alias = len(path) == 2 and path[0] == "models"
    return not is_alias and _NAME.fullmatch(path[-1]) is not None


def _looks_like_a_key(value: object) -> bool:
    if isinstance(value, list):
        return any(_looks_like_a_key(entry) for entry in cast(list[object], value))
    return isinstance(value, str) and bool(_VALUE.match(value) or _USER_IN_ADDRESS.match(value))
