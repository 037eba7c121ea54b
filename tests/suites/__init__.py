"""The suite of `lean/suites/`, on which the proof search is measured: how it is read, and that it is what it says."""
