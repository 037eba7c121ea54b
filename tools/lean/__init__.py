"""Everything that knows Lean."""
