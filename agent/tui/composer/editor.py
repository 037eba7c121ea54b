"""The person's own editor for a long message."""

import asyncio
import os
import shlex
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tools.errors import QedError


def editor_command() -> list[str]:
    """The command of $VISUAL or $EDITOR. Raises `QedError` where neither is set, or it cannot be read."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        parts = shlex.split(command)
    except ValueError as error:
        raise QedError(f"$VISUAL or $EDITOR cannot be read: {error}") from error
    if not parts:
        raise QedError("no editor is set", hint="Set $VISUAL or $EDITOR, to `vim` say.")
    return parts


async def edited(app: App[object], text: str) -> str:
    """The text as the person leaves it in their editor, which has the terminal meanwhile.

    The event loop goes on, so that a model's reply is not lost; the screen is only not drawn. Raises `QedError` where
    there is no editor or it fails.
    """
    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="qed-") as folder:
        file = Path(folder) / "message.md"
        file.write_text(text, encoding="utf-8")
        try:
            with app.batch_update(), app.suspend():
                process = await asyncio.create_subprocess_exec(*command, str(file))
                status = await process.wait()
        except SuspendNotSupported as error:
            raise QedError("this terminal cannot be handed to an editor") from error
        except OSError as error:
            raise QedError(f"cannot run {command[0]}: {error.strerror}") from error
        if status != 0:
            raise QedError(f"{command[0]} ended with status {status}; the text is as it was")
        return file.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
