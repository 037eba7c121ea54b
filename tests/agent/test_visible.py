"""Nothing that others wrote is executed by a terminal, or read otherwise than it is."""

import pytest

from agent.visible import shown, whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("∀ x : 𝕜, x = x\n\tsimp", "∀ x : 𝕜, x = x\n\tsimp"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("p \u202e→ q", "p \\u202e→ q"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("one\u2028two", "one\\u2028two"),
        ("\ud83d", "\\ud83d"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("𝕜 = ℝ", "𝕜 = ℝ"), ("\ud835\udd5c", "𝕜"), ("a\ud835b", "a\ufffdb"), ("\udd5c", "\ufffd")],
)
def test_whole(text: str, expected: str) -> None:
    assert whole(text) == expected
    assert expected.encode()
