"""qed acts here: the connection to Lean, proof environments, search, acceptance and write-back."""
