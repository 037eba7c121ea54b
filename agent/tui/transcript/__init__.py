"""The transcript: a conversation as it is shown, block by block, and drawn row by row."""
