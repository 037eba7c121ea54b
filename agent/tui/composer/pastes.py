"""Long pastes: a short chip stands for them in the composer, and what they are is put in when the text is sent."""

import re
from dataclasses import dataclass, field

from agent.visible import shown

MOST_CHARACTERS = 10_000
MOST_LINES = 50


def cleaned(text: str) -> str:
    """What is pasted, as text: every kind of line end is one, and control characters are made visible."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n")
    return shown(text)


def is_long(text: str) -> bool:
    """Whether a text had better not be shown in the composer."""
    return len(text) > MOST_CHARACTERS or text.count("\n") >= MOST_LINES


@dataclass
class Pastes:
    """The long pastes of one message, by their chips."""

    chips: dict[str, str] = field(default_factory=dict[str, str])
    _number: int = 0

    def take(self, text: str) -> str:
        """Keeps a long text, and gives the chip that stands for it; the same one for the same text."""
        known = next((chip for chip, kept in self.chips.items() if kept == text), None)
        if known is not None:
            return known
        self._number += 1
        lines = text.count("\n") + 1
        size = f"{lines:,} lines" if lines > 1 else f"{len(text):,} characters"
        chip = f"[pasted text {self._number}: {size}]"
        self.chips[chip] = text
        return chip

    def expanded(self, text: str) -> str:
        """The text with what its chips stand for."""
        if not self.chips:
            return text
        pattern = "|".join(map(re.escape, self.chips))
        return re.sub(pattern, lambda match: self.chips[match[0]], text)

    def chip_before(self, line: str, column: int) -> str | None:
        """The chip that ends at this column of a line, to be deleted as one."""
        return next((chip for chip in self.chips if line[:column].endswith(chip)), None)

    def forget(self) -> None:
        """Begins a new message."""
        self.chips.clear()
        self._number = 0
