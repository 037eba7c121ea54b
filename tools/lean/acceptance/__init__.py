"""The acceptance check: what counts as proved, and how it is written."""
