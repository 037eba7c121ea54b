"""Slash commands: what a person can do without a model."""
