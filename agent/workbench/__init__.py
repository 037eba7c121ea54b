"""What a person works at: the project, its holes, Lean, the conversation, and what the person does by hand."""
