"""One elaboration of a whole file by a `lean` process of its own: its messages, and what it compiled."""
