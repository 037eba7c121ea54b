"""Source code in colour."""

import re

from textual.content import Content

from agent.tui.transcript.rows import Line, clean
from agent.tui.transcript.styles import CODE_FILL

_LEAN = re.compile(r"lean ?4?", re.IGNORECASE)
_MAX_COLOURED = 20_000  # characters; beyond it colouring takes too long


def coloured(code: str, language: str = "lean") -> list[Content]:
    """Code, line by line, in the colours of its language; as it is where the language is not known."""
    text = clean(code)
    if not language or len(text) > _MAX_COLOURED:
        return [Content(line) for line in text.split("\n")]
    if _LEAN.fullmatch(language):
        from agent.tui.lean_text import highlight_lean

        content = highlight_lean(text)
    else:
        from textual.highlight import highlight

        content = highlight(text, language=language)
    return content.split("\n", allow_blank=True)


def code_lines(code: str, language: str = "lean", lead: str = "  ") -> list[Line]:
    """A block of code on a ground of its own."""
    return [Line(content, lead, f"{lead}  ", fill=CODE_FILL) for content in coloured(code, language)]
