"""What is new, changed and gone between two states."""

from agent.tui.proof_pane.goal_view import Change, GoalLine, view_goals

BEFORE = "n m : Nat\nh : n = m\n⊢ n + 0 = m"


def _lines(*goals: str, before: tuple[str, ...] = (BEFORE,)) -> list[tuple[str, Change]]:
    return [(line.text, line.change) for line in view_goals(goals, before)[0].lines]


def test_without_a_state_before_nothing_has_changed() -> None:
    assert {change for _, change in _lines(BEFORE, before=())} == {Change.SAME}


def test_the_same_state_has_no_changes() -> None:
    assert {change for _, change in _lines(BEFORE)} == {Change.SAME}


def test_changes_of_all_kinds() -> None:
    assert _lines("n k : Nat\nh : n = k\nhk : 0 < k\n⊢ n = k") == [
        ("n : Nat", Change.SAME),
        ("k : Nat", Change.NEW),
        ("h : n = k", Change.CHANGED),
        ("hk : 0 < k", Change.NEW),
        ("m : Nat", Change.GONE),
        ("⊢ n = k", Change.CHANGED),
    ]


def test_a_line_break_is_no_change() -> None:
    assert {change for _, change in _lines("n m : Nat\nh : n =\n    m\n⊢ n + 0 =\n    m")} == {Change.SAME}


def test_a_value_that_changes_is_a_change() -> None:
    assert _lines("x : Nat := 2\n⊢ p", before=("x : Nat := 1\n⊢ p",)) == [
        ("x : Nat := 2", Change.CHANGED),
        ("⊢ p", Change.SAME),
    ]


def test_goals_are_compared_case_by_case() -> None:
    before = ("case a\n⊢ p", "case b\n⊢ q")
    first, second = view_goals(("case b\n⊢ q", "case c\n⊢ p"), before)
    assert (first.case, first.lines) == ("b", (GoalLine("⊢ q"),))
    assert (second.case, second.lines) == ("c", (GoalLine("⊢ p"),))


def test_a_folded_goal_is_one_line() -> None:
    assert view_goals(["case x\nh : p\n⊢ a ∧\n    b"])[0].target == "⊢ a ∧ b"


def test_a_text_that_is_no_goal_is_shown_whole() -> None:
    assert _lines("Lean says something else", before=()) == [("⊢ Lean says something else", Change.SAME)]
