"""The text that a model sees of a row: a format string with `{goal}`, `{prefix}` and `{tactic}`."""

import string
from collections.abc import Callable
from dataclasses import dataclass

from tools.errors import ExitCode, QedError

DEFAULT_TEMPLATE = "Goal:\n{goal}\n\nPrefix:\n{prefix}\n\nCandidate tactic:\n{tactic}\n"
"""As in lean-dojo-v2; what it renders is stripped."""
_FIELDS = frozenset({"goal", "prefix", "tactic"})
_REQUIRED = ("goal", "tactic")
_CUT = "…"
_MAX_CUTS = 12


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A checked template. `PromptTemplate.parse` is the way to one."""

    text: str = DEFAULT_TEMPLATE

    @classmethod
    def parse(cls, text: str) -> "PromptTemplate":
        """Checks a template; raises `QedError` (usage) that names what is wrong with it."""
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise _bad(f"it is no format string: {error}") from None
        names = [name for _, name, _, _ in parts if name is not None]
        for _, name, form, conversion in parts:
            if name is not None and name not in _FIELDS:
                raise _bad(f"it has no field `{{{name}}}`")
            if form or conversion:
                raise _bad(f"`{{{name}}}` takes neither a conversion nor a format")
        for name in _REQUIRED:
            if name not in names:
                raise _bad(f"it lacks `{{{name}}}`")
        return cls(text)

    def render(self, goal: str, tactic: str, prefix: str = "") -> str:
        """The text of a row, stripped."""
        return self.text.format(goal=goal, prefix=prefix, tactic=tactic).strip()

    def fit(self, goal: str, tactic: str, prefix: str, length: Callable[[str], int], limit: int) -> str:
        """The text of a row in at most `limit` units of `length` (tokens), as far as that can be had.

        Cutting the end off, as tokenizers do, would lose the tactic. So the oldest steps of the prefix go first, then
        the goals after the main one, then its first hypotheses. The tactic is never cut.
        """
        text = self.render(goal, tactic, prefix)
        for _ in range(_MAX_CUTS):
            size = length(text)
            if size <= limit or not (goal or prefix):
                break
            surplus = _characters(text, size, limit)
            if prefix:
                prefix = _cut_start(prefix, surplus)
            elif "\n\n" in goal:
                goal = goal[: goal.rindex("\n\n")]
            else:
                goal = _cut_start(goal, surplus)
            text = self.render(goal, tactic, prefix)
        return text


def _characters(text: str, size: int, limit: int) -> int:
    """About how many characters the surplus of a text takes; a little more, so that few rounds are needed."""
    return int(len(text) * (size - limit) / size * 1.1) + 4


def _cut_start(text: str, surplus: int) -> str:
    rest = text.removeprefix(_CUT)[surplus:]
    return _CUT + rest if rest else ""


def _bad(what: str) -> QedError:
    return QedError(
        f"the LeanProgress template cannot be used: {what}",
        hint="A template holds {goal} and {tactic}, and may hold {prefix}; a brace is written twice.",
        exit_code=ExitCode.USAGE,
    )
