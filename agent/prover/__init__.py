"""Proves the holes of a file: selection, search, acceptance, write-back, report."""
