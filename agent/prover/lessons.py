"""What was learned at a hole, handed on from one strategy to the next."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.one_line import shortened

Kind = Literal["tactic", "proof", "sketch", "lemmas", "lemma"]

_MOST = {"tactic": 12, "proof": 4, "sketch": 3, "lemmas": 3, "lemma": 12}
"""So many of a kind are told; the last ones."""
_TITLES = {
    "tactic": "Tactics that failed at the start",
    "proof": "Proofs that Lean refused",
    "sketch": "Sketches that did not work",
    "lemmas": "Helper lemmas that did not work",
    "lemma": "Facts that were found true on the way, or useful",
}
_TEXT, _WHY = 1200, 400


class Lesson(BaseModel):
    """One thing learned: a tactic, a proof, a sketch, some lemmas that failed and `why`, or a lemma that helps."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    text: str
    why: str = ""


@dataclass
class Lessons:
    """The lessons of one hole, each once, in their order."""

    all: list[Lesson] = field(default_factory=list[Lesson])

    def learn(self, kind: Kind, text: str, why: str = "") -> None:
        """Takes down a lesson; the same text again only replaces why."""
        self.all[:] = [each for each in self.all if (each.kind, each.text) != (kind, text)]
        self.all.append(Lesson(kind=kind, text=text, why=why))

    def recall(self, lessons: Iterable[Lesson]) -> None:
        """Takes over what was learned before."""
        for each in lessons:
            self.learn(each.kind, each.text, each.why)

    def of(self, kind: Kind) -> list[Lesson]:
        """The lessons of a kind."""
        return [each for each in self.all if each.kind == kind]

    def describe(self) -> str:
        """The lessons as a model is told of them; empty where there are none."""
        parts: list[str] = []
        for kind, title in _TITLES.items():
            chosen = self.of(kind)[-_MOST[kind] :]  # pyright: ignore[reportArgumentType]
            if chosen:
                parts.append("\n".join([f"{title}:", *(_told(each) for each in chosen)]))
        return "\n\n".join(parts)


def _told(lesson: Lesson) -> str:
    text = shortened(lesson.text, _TEXT)
    body = f"- `{text}`" if "\n" not in text else f"- ```lean\n{text}\n```"
    return f"{body}: {shortened(lesson.why, _WHY)}" if lesson.why else body
