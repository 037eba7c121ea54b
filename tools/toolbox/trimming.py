"""Cuts texts to a size: errors before everything else, the end of a text rather than its beginning.

Sizes are in characters. Whatever is left out is counted.
"""

from collections.abc import Sequence

RESULT_SIZE = 8000
"""The longest text of a result: some 2,000 tokens of English, about twice that of Lean."""
_HEAD_SHARE = 4  # a quarter of what is kept
_NOTE_SIZE = 60  # the longest note about what was left out


def cut(text: str, size: int = RESULT_SIZE) -> str:
    """The text, or its beginning and (the larger part) its end with a note between them."""
    if len(text) <= size:
        return text
    room = max(size - _NOTE_SIZE, 0)
    head = text[: room // _HEAD_SHARE]
    tail = text[len(text) - (room - len(head)) :] if room else ""
    # Whole lines, where the lines are short enough for that to cost little.
    if (at := head.rfind("\n")) > len(head) // 2:
        head = head[:at]
    if 0 <= (at := tail.find("\n")) < len(tail) // 2:
        tail = tail[at + 1 :]
    left_out = len(text) - len(head) - len(tail)
    return f"{head}\n[{left_out} characters left out]\n{tail}"[: max(size, 0)]


def fit(errors: Sequence[str], rest: Sequence[str], size: int = RESULT_SIZE) -> str:
    """Errors from the first on, then of the rest the last ones that fit, in their order.

    No entry takes more than half of the size; what does not fit is counted.
    """
    shown, left, dropped_errors = _from_the_front(errors, size - 2 * _NOTE_SIZE)
    notes = [f"[{dropped_errors} more errors left out]"] if dropped_errors else []
    kept, _, dropped = _from_the_front(list(reversed(rest)), left)
    if dropped:
        notes.append(f"[{dropped} earlier entries left out]")
    return "\n".join([*shown, *notes, *reversed(kept)])


def _from_the_front(entries: Sequence[str], size: int) -> tuple[list[str], int, int]:
    """The first entries that fit, how much room is left, and how many entries do not fit."""
    kept: list[str] = []
    left = size
    for entry in entries:
        short = cut(entry, max(size // 2, _NOTE_SIZE))
        if len(short) + 1 > left:
            break
        kept.append(short)
        left -= len(short) + 1
    return kept, left, len(entries) - len(kept)
