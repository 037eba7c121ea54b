"""The ways to a proof, from the cheapest to the dearest."""
