"""Lean's hierarchical names, as lists of components.

Two names are the same when their components are: a dot within a component, or a letter that looks like another, makes
another name, however it is printed (`Lean.Name` in `Init/Prelude.lean` of Lean 4).
"""

import re
from typing import Final

Name = tuple[str | int, ...]
"""A name: its components from the left, strings and numbers. The anonymous name is empty."""

_PRIVATE: Final = "_private"
# `Lean.isIdFirst`, `Lean.isIdRest` and `Lean.isLetterLike` in `Init/Meta/Defs.lean`.
_LETTER_LIKE: Final = "α-κμ-ωΑ-ΟΡΤ-Ωϊ-ϻἀ-῾℀-⅏\U0001d49c-\U0001d59f"
_FIRST: Final = f"[A-Za-z_{_LETTER_LIKE}]"
_REST: Final = f"[A-Za-z0-9_'!?₀-₉ₐ-ₜᵢ-ᵪⱼ{_LETTER_LIKE}]"
_PLAIN: Final = re.compile(f"{_FIRST}{_REST}*")
# What Lean makes for itself beside a declaration, rather than for people (`Lean.Name.isInternalDetail`).
_AUXILIARY: Final = re.compile(r"_.*|(match|proof|eq|omega|sparseCasesOn|ctor|instance)_[0-9]+(_[0-9]+)*")


def dotted(name: Name) -> str:
    """A name as Lean writes it, `«»` around components that are no identifiers."""
    return ".".join(_component(part) for part in name)


def _component(part: str | int) -> str:
    if isinstance(part, int):
        return str(part)
    if _PLAIN.fullmatch(part):
        return part
    # No source can write a component with the closing mark in it: what says so must not look like two.
    return f"«{part!r}»" if "»" in part else f"«{part}»"


def split_private(name: Name) -> tuple[bool, Name]:
    """Whether a name is private to a module, and the name without the mark: `_private.MODULE.0.NAME`."""
    if name[:1] != (_PRIVATE,) or 0 not in name:
        return False, name
    return True, name[name.index(0) + 1 :]


def is_auxiliary(name: Name) -> bool:
    """Whether Lean made a constant for itself, as a part of another: `foo._proof_1`, `foo.match_1`."""
    _, own = split_private(name)
    return any(isinstance(part, int) or _AUXILIARY.fullmatch(part) for part in own)
