"""Rows as a model takes them: rendered, cut to length, and in tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.progress.example import ProgressExample
from tools.progress.template import PromptTemplate


@dataclass(frozen=True, slots=True)
class Encoder:
    """Turns rows into tokens of one tokenizer; `max_length` counts tokens, with those that begin and end a text."""

    tokenizer: Any
    template: PromptTemplate
    max_length: int

    def text(self, goal: str, tactic: str, prefix: str) -> str:
        """The text of a row, cut so that it fits."""
        return self.template.fit(goal, tactic, prefix, self._length, self.max_length)

    def tokens(self, text: str) -> dict[str, list[int]]:
        """The tokens of a text; what does not fit in spite of all is cut off at the end."""
        return dict(self.tokenizer(text, truncation=True, max_length=self.max_length))

    def _length(self, text: str) -> int:
        return len(self.tokenizer(text)["input_ids"])


class EncodedRows:
    """Rows as the Trainer takes a data set: encoded when they are asked for, so that texts alone fill the memory."""

    def __init__(self, rows: Sequence[ProgressExample], encoder: Encoder) -> None:
        self._rows, self._encoder = rows, encoder

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        row = self._rows[index]
        tokens = self._encoder.tokens(self._encoder.text(row.goal, row.tactic, row.prefix))
        return {**tokens, "labels": float(row.steps_remaining)}
