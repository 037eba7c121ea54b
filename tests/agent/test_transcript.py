"""What `qed ask` prints: nothing that a terminal would act upon."""

from pathlib import Path

import pytest

from agent.cli.transcript import TextPrinter, shown
from agent.conversation.events import MessageDelta, Notice, ProofAccepted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p ∧ q\n\tindented", "p ∧ q\n\tindented"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("back\x08\x7f\r\x9b1m", "back\\x08\\x7f\\x0d\\x9b1m"),
    ],
)
def test_control_characters_become_visible(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_everything_from_outside_is_made_safe(capsys: pytest.CaptureFixture[str]) -> None:
    printer = TextPrinter()
    printer.show(MessageDelta(text="evil \x1b[31m"))
    printer.show(Notice(kind="retry", text="\x1b[2J"))
    printer.show(ProofAccepted(path=Path("A\x1b.lean"), declaration="«\x1b»", proof="", axioms=()))
    printed = capsys.readouterr()
    assert "\\x1b[31m" in printed.out and "\x1b" not in printed.out
    assert "\\x1b[2J" in printed.err and "«\\x1b»" in printed.err
