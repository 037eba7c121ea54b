from agent.tui.transcript.diff import DiffRow, parse_diff
from agent.tui.transcript.diff_lines import diff_lines, diff_totals
from tests.agent.tui.transcript.sample import DIFF


def test_lines_have_their_numbers():
    assert parse_diff(DIFF) == (
        DiffRow("@", "@@ -9,4 +9,6 @@"),
        DiffRow(" ", "theorem add_zero (n : Nat) : n + 0 = n := by", 9, 9),
        DiffRow("-", "  sorry", 10, None),
        DiffRow("+", "  induction n with", None, 10),
        DiffRow("+", "  | zero => rfl", None, 11),
        DiffRow("+", "  | succ n ih => simp [ih]", None, 12),
        DiffRow(" ", "", 11, 13),
        DiffRow(" ", "theorem next : True := by", 12, 14),
    )
    assert diff_totals(DIFF) == "+3 -1"


def test_signs_within_a_hunk_are_text():
    diff = "--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- removed comment\n+++ added\n-- x\n\\ No newline at end of file\n"
    assert [(row.sign, row.text) for row in parse_diff(diff)][1:] == [
        ("-", "-- removed comment"),
        ("+", "++ added"),
        ("-", "- x"),
    ]


def test_several_hunks_are_set_apart():
    diff = "@@ -1 +1 @@\n-a\n+b\n@@ -90 +90 @@\n-c\n+d\n"
    shown = [f"{line.lead}{line.content.plain}" for line in diff_lines(diff)]
    assert shown == [" 1    - a", "    1 + b", "    ⋯", "90    - c", "   90 + d"]


def test_what_is_no_diff_is_shown_as_it_is():
    assert parse_diff("no diff") == ()
    assert [line.content.plain for line in diff_lines("no diff\nat all")] == ["no diff", "at all"]
