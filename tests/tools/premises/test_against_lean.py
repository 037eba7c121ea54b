"""Types as they are printed here, and as Lean itself prints them."""

import random
import re
from pathlib import Path

import pytest

from tools.lean.server import LeanServer
from tools.premises.index import PremiseIndex
from tools.premises.patterns import tokens
from tools.premises.premise import LibraryPremise

pytestmark = pytest.mark.lean

_UNIVERSES = re.compile(r"\.\{[^}]*\}")
_DAGGERS = re.compile(r"✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*")
# Lean writes these in notations of their own, or hides them; a sample without them must agree.
_OTHERWISE = re.compile(r"\bmatch_\d|\bStd\.R[cio][cio]\.mk|=> do\b|⋯")
FAMILIES = (
    "Nat.",
    "Int.",
    "List.",
    "Array.",
    "Option.",
    "Bool.",
    "BitVec.",
    "Fin.",
    "Prod.",
    "And.",
    "Or.",
    "Iff.",
    "Eq.",
)


def _sample(premises: PremiseIndex, size: int) -> list[LibraryPremise]:
    """Theorems of the everyday families, always the same ones."""
    words = ("add", "mul", "le", "lt", "append", "map", "length", "reverse", "mem", "some", "not", "comm", "sub", "mod")
    found = {premise.name: premise for word in words for premise in premises.for_words(word, 200)}
    wanted = [
        found[name]
        for name in sorted(found)
        if name.startswith(FAMILIES) and found[name].kind == "theorem" and not _OTHERWISE.search(found[name].type)
    ]
    return random.Random(7).sample(wanted, size)


async def test_a_sample_agrees_with_lean(premises: PremiseIndex, lean: LeanServer, tmp_path: Path) -> None:
    sample = _sample(premises, 60)
    text = "set_option format.width 100000\n" + "".join(f"#check {premise.written}\n" for premise in sample)
    document = await lean.open(tmp_path / "Sample.lean", text)
    elaboration = await document.elaborate(text, timeout=120)
    await document.close()
    said = {message.start.line - 1: " ".join(message.text.split()) for message in elaboration.messages}
    letters, constants = 0, list[str]()
    for line, premise in enumerate(sample):
        theirs = _DAGGERS.sub("", _UNIVERSES.sub("", said[line], count=1))
        ours = f"{premise.written} {premise.type}"
        letters += theirs == ours
        if set(tokens(theirs)) - set(premise.variables) != set(tokens(ours)) - set(premise.variables):
            constants.append(f"{theirs}\n{ours}")
    assert letters >= 50, f"only {letters} of {len(sample)} agree to the letter"
    assert len(constants) <= 3, "\n".join(constants)
