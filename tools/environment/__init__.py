"""Proof environments: a gym-like protocol in the vocabulary of LeanDojo."""
