"""Styles that several blocks share, by the theme's variables."""

from dataclasses import replace

from textual.style import Style

MUTED = "$text 60%"  # `$text-muted` loses its transparency on the way through Textual's styles
CODE_FILL = "on $surface"
ADDED, REMOVED = "on $success 12%", "on $error 12%"
LOUD = "on $error 15%"


def legible(style: Style) -> Style:
    """A style that hides no text: one of the terminal's own colours has no shades, so it is no ground for others."""
    ground = style.background
    return replace(style, background=None) if ground is not None and ground.ansi is not None else style
