"""Goals as Lean prints them."""

from tools.lean.goals import Goal, Hypothesis


def test_case_hypotheses_and_target() -> None:
    goal = Goal.parse("case succ\np q : Prop\nih : n + 0 = n\n⊢ n + 1 + 0 = n + 1")
    assert goal.case == "succ"
    assert goal.hypotheses == (Hypothesis(("p", "q"), "Prop"), Hypothesis(("ih",), "n + 0 = n"))
    assert goal.target == "n + 1 + 0 = n + 1"


def test_long_hypotheses_and_targets_go_over_several_lines() -> None:
    goal = Goal.parse("h :\n  a ∧\n    b\nk : c\n⊢ first ∧\n    second")
    assert goal.hypotheses[0].type.split() == ["a", "∧", "b"]
    assert goal.hypotheses[1] == Hypothesis(("k",), "c")
    assert goal.target.split() == ["first", "∧", "second"]


def test_let_values() -> None:
    goal = Goal.parse("x : Nat := 3\n⊢ x = 3")
    assert goal.hypotheses == (Hypothesis(("x",), "Nat", "3"),)


def test_inaccessible_names_are_not_offered() -> None:
    goal = Goal.parse("n✝ m : Nat\na✝ : n✝ = m\n⊢ True")
    assert goal.hypotheses[0].accessible_names() == ("m",)
    assert goal.hypotheses[1].accessible_names() == ()


def test_a_colon_inside_a_type_does_not_split_it() -> None:
    goal = Goal.parse("h : ∀ (x : Nat), x = x\n⊢ ∃ y : Nat, y = 0")
    assert goal.hypotheses == (Hypothesis(("h",), "∀ (x : Nat), x = x"),)
    assert goal.target == "∃ y : Nat, y = 0"


def test_no_hypotheses() -> None:
    assert Goal.parse("⊢ True") == Goal(None, (), "True")
