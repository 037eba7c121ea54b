from textual.color import Color
from textual.style import Style

from agent.tui.transcript.styles import legible


def test_a_terminal_colour_is_no_ground():
    red = Color.parse("ansi_red")
    assert legible(Style(background=red, foreground=red, bold=True)) == Style(foreground=red, bold=True)


def test_a_shade_is():
    style = Style(background=Color(255, 0, 0, 0.1))
    assert legible(style) == style
