"""The proof pane: holes, the goal, attempts, the search, and what all that costs."""
