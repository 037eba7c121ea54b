"""The terminal: the conversation, and beside it the proof. It knows no Lean and no litellm."""
