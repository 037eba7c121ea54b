"""Text from models, files and Lean on a terminal: shown, never executed."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def shown(text: str) -> str:
    """A text that is safe on a terminal: control characters and escape sequences become visible."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
