"""Texts in a page."""

from html import escape

from agent.visible import shown


def escaped(text: str) -> str:
    """A text as HTML that shows it, whatever it holds."""
    return escape(shown(text))


def dollars(cost: float | None) -> str:
    """US dollars; nothing where they are not known."""
    return "" if cost is None else f"${cost:.4f}"
