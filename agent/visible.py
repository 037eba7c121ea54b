"""Text from models, files and Lean on a terminal: shown, never executed."""

import re

# Beside the controls: what changes the direction or the line of the text around it, so that a statement would be read
# otherwise than Lean reads it, and halves of surrogate pairs, which cannot be encoded.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """A text that is safe on a terminal: control characters and escape sequences become visible."""
    return _CONTROL.sub(lambda match: _named(ord(match[0])), text)


def whole(text: str) -> str:
    """A text that can be encoded: halves of a surrogate pair are put together, and a half alone becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _named(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
