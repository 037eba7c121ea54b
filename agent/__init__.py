"""qed decides here: command line, prover, and later the conversation, the terminal and the models."""
