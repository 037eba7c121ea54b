"""Proves the holes of files as they are saved."""
