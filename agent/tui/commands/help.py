"""What /help says."""

from collections.abc import Sequence

from agent.tui.commands.command import SlashCommand

KEYS = (
    ("Enter", "send; `Shift+Enter`, `Alt+Enter`, `Ctrl+J`, or `\\` at the end of a line: a new line"),
    ("Tab", "take the completion; `@` completes files and declarations, `/` commands, `\\alpha` symbols"),
    ("↑ ↓", "what you said before; `Ctrl+R` searches it"),
    ("Esc", "interrupt; from elsewhere: back to the composer"),
    ("Ctrl+C", "clear what is typed, then interrupt, then (twice) leave; copies where text is selected"),
    ("Shift+Tab", "what is written without asking: ask, accept-proofs, read-only"),
    ("F1", "this text"),
    ("F2", "show or hide the proof pane"),
    ("F6", "go to the conversation, the proof pane, the composer"),
    ("PgUp PgDn", "scroll the conversation; `Ctrl+End`: to its end"),
    ("Ctrl+G", "write in your editor"),
    ("Ctrl+D", "leave (with nothing typed)"),
)
IN_CONVERSATION = (
    ("↑ ↓ PgUp PgDn Home End", "move; the wheel scrolls"),
    ("Enter", "open or close a line: a tool call, reasoning, a proof; `o`: all of them"),
    ("c", "copy what the cursor is on"),
)
IN_PANE = (
    ("Enter", "the goal of the hole; it becomes the current one"),
    ("p", "search a proof of the hole"),
    ("t", "try tactics at the hole"),
)
IN_WATCH = (
    ("1 … 9", "write the proof in that line; `Enter`: in the line under the cursor"),
    ("a", "write all that are accepted"),
    ("q Esc", "back to the composer; `/watch off` ends watching"),
)
AT_QUESTION = (
    ("y", "yes, write it"),
    ("a", "yes, and do not ask again for writes of this kind in this session"),
    ("n", "no; `r`: no, and say why"),
)


def help_text(commands: Sequence[SlashCommand]) -> str:
    """Keys and commands as Markdown."""
    parts = ["Say what you want in plain words; `!` before a line runs it in your shell.", "**Keys**", _list(KEYS)]
    parts += ["**In the conversation**", _list(IN_CONVERSATION), "**In the proof pane**", _list(IN_PANE)]
    parts += ["**In what is watched (`/watch`)**", _list(IN_WATCH)]
    parts += ["**When qed asks**", _list(AT_QUESTION), "**Commands**"]
    parts.append(
        "\n".join(f"- `/{each.name}{' ' + each.arguments if each.arguments else ''}` {each.help}" for each in commands)
    )
    parts.append("A HOLE is the name of its declaration (`Nat.foo`, the second one `Nat.foo#2`) or `FILE:LINE`.")
    return "\n\n".join(parts)


def _list(keys: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- `{key}` {what}" for key, what in keys)
