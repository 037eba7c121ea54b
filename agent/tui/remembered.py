"""What the terminal remembers from one time to the next."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any, cast

_FILE = "tui.json"


def remembered_theme(folder: Path) -> str | None:
    """The theme that was chosen last; None when none was, or when the file is damaged."""
    try:
        data: Any = json.loads((folder / _FILE).read_bytes())
    except (OSError, ValueError):
        return None
    theme = cast("dict[str, Any]", data).get("theme") if isinstance(data, dict) else None
    return theme if isinstance(theme, str) else None


def remember_theme(folder: Path, theme: str) -> None:
    """Keeps the choice. It matters too little to complain where it cannot be kept."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        making = folder / f".{_FILE}.{os.getpid()}"
        making.write_text(json.dumps({"theme": theme}), encoding="utf-8")
        making.replace(folder / _FILE)
