"""Styles that several blocks share, by the theme's variables."""

MUTED = "$text 60%"  # `$text-muted` loses its transparency on the way through Textual's styles
CODE_FILL = "on $surface"
ADDED, REMOVED = "on $success 12%", "on $error 12%"
LOUD = "on $error 15%"
