"""Which lemmas may help."""
