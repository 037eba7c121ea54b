"""Lean in colour."""

from pygments.token import Token
from textual.content import Content
from textual.highlight import HighlightTheme, TokenType, highlight

from agent.visible import shown

_STYLES: dict[TokenType, str] = {
    **HighlightTheme.STYLES,
    Token.Keyword: "$text-accent",
    Token.Keyword.Type: "$text-accent",
    Token.Keyword.Declaration: "$text-accent",
    Token.Keyword.Namespace: "$text-accent",
    Token.Name: "",
    Token.Name.Builtin.Pseudo: "$text-secondary",
    Token.Operator: "$text-secondary",
}


class _LeanTheme(HighlightTheme):
    STYLES = _STYLES


def highlight_lean(text: str) -> Content:
    """Lean source or a goal, coloured from the app's theme; control characters are made visible."""
    return highlight(shown(text), language="lean4", theme=_LeanTheme)
