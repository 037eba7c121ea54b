"""How a state of a search is told in few characters, in the terminal and on the command line."""

SIGNS = {"open": "○", "expanded": "●", "closed": "·", "dead": "✗", "proved": "✓"}
"""A sign for each status of a state. A closed state was left because it is one that was seen before."""


def target_line(goal: str) -> str:
    """The target of a printed goal on one line; a text without `⊢` is taken whole."""
    _, mark, target = goal.rpartition("\n⊢")
    text = target if mark else goal.removeprefix("⊢")
    return " ".join(text.split())


def to_go(steps: float) -> str:
    """How many steps a proof is predicted to have left: `≈3.2 to go`."""
    return f"≈{steps:.1f} to go"
