"""A proof environment over the `lean-dojo` package, for repositories that it has traced."""
