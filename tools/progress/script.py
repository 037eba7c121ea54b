"""The steps of tactics that are not yet a proof: those before a hole, and those of a script that is to be tried."""

from tools.lean.document import Document, Hole
from tools.lean.tactic_tree import tactic_trees
from tools.progress.walk import steps_before

_HEAD = "example : True := by\n"
_INDENT = "  "


def steps_before_hole(document: Document, hole: Hole) -> tuple[str, ...]:
    """The steps that lead to a hole in the tactic block that holds it, as the rows of a data set write them.

    There are none for a hole that is a whole proof, or that stands for a term.
    """
    for declaration, blocks in tactic_trees(document):
        if not declaration.span.encloses(hole.span):
            continue
        for block in blocks:
            if block.span.encloses(hole.span):
                return tuple(steps_before(document.text, block, hole.span.start))
    return ()


def split_script(script: str) -> tuple[str, ...]:
    """The tactics of a script that begins at column 0, one after the other, each with the lines that belong to it.

    A script whose layout says nothing is one tactic. What follows from that is for Lean to say.
    """
    indented = script.strip("\n").replace("\n", f"\n{_INDENT}")
    document = Document.parse(f"{_HEAD}{_INDENT}{indented}\n")
    blocks = [block for _, found in tactic_trees(document) for block in found]
    if len(document.declarations) != 1 or len(blocks) != 1:
        return (script.strip("\n"),)
    spans = [tactic.span for tactic in blocks[0].tactics]
    return tuple(document.text[span.start : span.end].replace(f"\n{_INDENT}", "\n") for span in spans)
