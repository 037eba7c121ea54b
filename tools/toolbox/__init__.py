"""The tools that a model can call, one file each; `tool` has the types, `workspace` what they work on."""
