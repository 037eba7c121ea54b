"""Questions to Lean about a text, asked in lines that are appended to it.

A candidate for a hole stands far above these lines and can neither write nor see them, and only what Lean says at the
very line of a question is taken for its answer.
"""

from collections.abc import Sequence

from tools.lean.lean_document import LeanDocument
from tools.lean.messages import Elaboration, ElaborationStatus, Message
from tools.lean.tokens import tokenize

# Everything is printed, nothing is abbreviated, and no option that the file has set stands in the way.
PRINT_OPTIONS = (
    "pp.all true",
    "pp.deepTerms true",
    "pp.sanitizeNames false",
    "pp.maxSteps 100000000",
    "pp.oneline false",
    "maxRecDepth 10000",
    "maxHeartbeats 0",
)
_PREFIX = "".join(f"set_option {option} in " for option in PRINT_OPTIONS)
_LIMITS = "set_option maxHeartbeats 0 in "


_BORDER = "section"
UNFINISHED = f"unexpected token '{_BORDER}'"
"""How the error begins that a text with an unfinished command at its end shows when there are questions below it."""


class NoAnswerError(Exception):
    """Lean did not finish with the text: it timed out, or its process died (`crashed`)."""

    def __init__(self, message: str, *, crashed: bool = False) -> None:
        super().__init__(message)
        self.crashed = crashed

    @classmethod
    def after(cls, result: Elaboration) -> "NoAnswerError":
        """The error for an elaboration that did not complete."""
        return cls(f"Lean {result.status.value}", crashed=result.status is ElaborationStatus.CRASHED)


def printed_in_full(command: str) -> str:
    """A command (`#print …`, `#check …`) under the options that print everything."""
    return _PREFIX + command


def unlimited(command: str) -> str:
    """A command without a limit on Lean's work."""
    return _LIMITS + command


class Asker:
    """Asks questions below a text in an open document.

    Questions accumulate: each round stands below those before it, so that Lean has only the new ones to do, and what
    it has derived on demand for one question (an induction principle, an equation) is there for the later ones.

    `file_end` is the offset behind which a `#exit` of the file itself may stand (everything that a candidate wrote is
    before it); questions are then asked above that `#exit`. `timeout` is in seconds, for one round of questions.
    """

    def __init__(self, document: LeanDocument, text: str, *, file_end: int, timeout: float) -> None:
        self._document = document
        self._timeout = timeout
        for token in tokenize(text[file_end:]):
            if token.text == "#exit":
                text = text[: file_end + token.start]
                break
        # The text may end in a line comment or in the middle of a line, and with an unfinished command: that takes
        # `section` for its end, while it would take a `set_option … in` for a tactic.
        self._text = f"{text}\n{_BORDER}\n"
        self._text_lines = self._text.count("\n") - 1
        self.above: tuple[Message, ...] = ()

    async def ask(self, questions: Sequence[str]) -> list[tuple[Message, ...]]:
        """What Lean says at each question (of one line), in their order; empty where it says nothing.

        `above` then holds what Lean said about the text itself. Raises `NoAnswerError` when Lean did not finish.
        """
        first_line = self._text.count("\n")
        self._text += "".join(f"{question}\n" for question in questions)
        result = await self._document.elaborate(self._text, timeout=self._timeout)
        if not result.complete:
            raise NoAnswerError.after(result)
        self.above = tuple(m for m in result.messages if m.start.line < self._text_lines)
        answers: list[list[Message]] = [[] for _ in questions]
        for message in result.messages:
            line = message.start.line - first_line
            if 0 <= line < len(questions):
                answers[line].append(message)
        return [tuple(messages) for messages in answers]
