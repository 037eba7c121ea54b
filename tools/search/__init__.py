"""Proof search: generators of tactics, the search tree, limits."""
