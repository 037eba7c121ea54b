"""Compiled modules of Lean (`.olean`), read without Lean."""
