"""The transcript: a conversation as it is shown, block by block, and drawn row by row."""

from agent.tui.transcript.view import Transcript

__all__ = ["Transcript"]
