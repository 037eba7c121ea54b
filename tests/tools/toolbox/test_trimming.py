"""What is kept of a text that is too long."""

import pytest

from tools.toolbox.trimming import cut, fit


def test_a_short_text_stays_as_it_is() -> None:
    assert cut("a\nb", 100) == "a\nb"


@pytest.mark.parametrize("size", [100, 500, 5000])
def test_the_end_is_kept_and_what_is_missing_is_counted(size: int) -> None:
    text = "\n".join(f"line {number}" for number in range(5000))
    short = cut(text, size)
    head, note, tail = short.partition("[")[0], short.split("[")[1].split("]")[0], short.split("]\n")[1]
    assert len(short) <= size
    assert text.startswith(head.rstrip("\n")) and text.endswith(tail) and len(tail) > len(head)
    assert int(note.split()[0]) == len(text) - len(head.rstrip("\n")) - len(tail)


def test_one_long_line_is_cut_too() -> None:
    short = cut("x" * 10_000, 300)
    assert len(short) <= 300 and "characters left out" in short


def test_errors_come_first_and_of_the_rest_the_last() -> None:
    errors = ["error one", "error two"]
    rest = [f"entry {number:04}" for number in range(1000)]
    text = fit(errors, rest, 400)
    lines = text.split("\n")
    assert len(text) <= 400
    assert lines[:2] == errors and lines[-1] == "entry 0999"
    assert "earlier entries left out" in lines[2]
    assert int(lines[2].strip("[").split()[0]) == 1000 - len(lines[3:])


def test_too_many_errors_are_counted() -> None:
    text = fit([f"error {number:04}" for number in range(1000)], ["rest"], 400)
    shown = [line for line in text.split("\n") if line.startswith("error")]
    assert len(text) <= 400 and shown[0] == "error 0000"
    assert f"[{1000 - len(shown)} more errors left out]" in text


def test_one_huge_error_leaves_room_for_the_next() -> None:
    text = fit(["x" * 5000, "the second"], [], 1000)
    assert "the second" in text and len(text) <= 1000
