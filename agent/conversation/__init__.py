"""The conversation: a loop that knows no UI and yields typed events, its permissions, budgets and sessions."""
