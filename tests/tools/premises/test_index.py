"""What the index of the real library answers."""

from collections.abc import Sequence

import pytest

from tools.lean.goals import Goal
from tools.premises.index import PremiseIndex

pytestmark = pytest.mark.lean

GOALS = [
    ("a b : Nat\n⊢ a + b = b + a", "Nat.add_comm"),
    ("α : Type u_1\nxs : List α\n⊢ xs.reverse.reverse = xs", "List.reverse_reverse"),
    ("n m : Nat\nh : n ∣ m\nhm : 0 < m\n⊢ n ≤ m", "Nat.le_of_dvd"),
    ("a b c : Nat\n⊢ a * (b + c) = a * b + a * c", "Nat.mul_add"),
    (
        "α β γ : Type\nf : α → β\ng : β → γ\nl : List α\n⊢ List.map g (List.map f l) = List.map (g ∘ f) l",
        "List.map_map",
    ),
    ("α : Type\nxs ys : List α\n⊢ (xs ++ ys).length = xs.length + ys.length", "List.length_append"),
    ("p q : Prop\n⊢ ¬(p ∨ q) ↔ ¬p ∧ ¬q", "not_or"),
    ("a b c : Nat\nh : a ≤ b\n⊢ a + c ≤ b + c", "Nat.add_le_add_right"),
    ("a b : Int\n⊢ (a + b) % b = a % b", "Int.add_emod_right"),
    ("α : Type\na : α\ns t : List α\nh : a ∈ s\n⊢ a ∈ s ++ t", "List.mem_append_left"),
    ("a b : Nat\nh₁ : a ≤ b\nh₂ : b ≤ a\n⊢ a = b", "Nat.le_antisymm"),
    ("α : Type\na b : α\nh : a = b\n⊢ b = a", "Eq.symm"),
    ("a b : Bool\n⊢ (!(a && b)) = (!a || !b)", "Bool.not_and"),
    ("α : Type\nxs : Array α\ni : Nat\nh : i < xs.size\n⊢ xs[i]? = some xs[i]", "Array.getElem?_eq_getElem"),
]


class ByLetter:
    """A model to whom texts are near when they hold the same letters equally often."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float(text.count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz_"] for text in texts]


class Mute:
    """A model that cannot be reached."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise ConnectionError("no model")


class OneShort:
    """A model that answers with too few vectors."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0]] * (len(texts) - 1)


@pytest.mark.parametrize(("goal", "expected"), GOALS, ids=[name for _, name in GOALS])
def test_the_lemma_for_a_goal_is_among_the_first_five(premises: PremiseIndex, goal: str, expected: str) -> None:
    found = premises.for_goal(Goal.parse(goal), 5)
    assert expected in [premise.name for premise in found]
    assert [premise.score for premise in found] == sorted((premise.score for premise in found), reverse=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("add comm", "Nat.add_comm"),
        ("Nat.add_comm", "Nat.add_comm"),
        ("le_antisymm", "Nat.le_antisymm"),
        ("reverse append", "List.reverse_append"),
        ("List map", "List.map"),
        ("commutative multiplication Int", "Int.mul_comm"),
        ("length filter", "List.length_filter_le"),
    ],
)
def test_words(premises: PremiseIndex, query: str, expected: str) -> None:
    assert expected in [premise.name for premise in premises.for_words(query, 10)]


def test_a_whole_name_comes_first(premises: PremiseIndex) -> None:
    assert premises.for_words("List.map", 3)[0].name == "List.map"
    (found,) = premises.by_name("Nat.le_of_dvd")
    assert (found.kind, found.module, found.head) == ("theorem", "Init.Data.Nat.Dvd", "LE.le")
    assert found.type == "{m n : Nat} (h : 0 < n) : m ∣ n → m ≤ n" and found.conclusion == "m ≤ n"
    assert premises.by_name("Nat.no_such") == premises.by_name("") == []


@pytest.mark.parametrize("query", ["", " ", "zzzqqq", '" OR name:*', "⊢ ∀ x, (", "a" * 5000, "( NEAR"])
def test_questions_that_nothing_answers_or_that_look_like_commands(premises: PremiseIndex, query: str) -> None:
    assert all(premise.name for premise in premises.for_words(query, 5))
    assert all(premise.name for premise in premises.for_goal(Goal.parse(query), 5))


def test_only_what_the_imports_bring_along(premises: PremiseIndex) -> None:
    store, modules = premises.path, premises.modules
    prelude = PremiseIndex(store, [module for module in modules if module.name == "Init.Prelude"])
    assert prelude.by_name("Nat.add_comm") == [] and prelude.by_name("Nat.succ_le_succ") != []
    found = prelude.for_goal(Goal.parse(GOALS[0][0]), 5)
    assert {premise.module for premise in found} <= {"Init.Prelude"}
    prelude.close()


def test_what_people_left_behind_is_marked_and_comes_later(premises: PremiseIndex) -> None:
    (old,) = premises.by_name("Subtype.eq")
    assert old.is_deprecated
    found = premises.for_words("subtype eq", 50)
    assert not found[0].is_deprecated and "Subtype.eq" in [premise.name for premise in found]


def test_a_model_orders_anew(premises: PremiseIndex) -> None:
    goal = Goal.parse(GOALS[0][0])
    plain = [premise.name for premise in premises.for_goal(goal, 20)]
    asked = PremiseIndex(premises.path, premises.modules, embedder=ByLetter())
    ordered = asked.for_goal(goal, 20)
    assert [premise.name for premise in ordered] != plain
    assert [premise.score for premise in ordered] == sorted((premise.score for premise in ordered), reverse=True)
    asked.close()


@pytest.mark.parametrize("model", [Mute(), OneShort()])
def test_a_model_that_fails_changes_nothing(premises: PremiseIndex, model: Mute | OneShort) -> None:
    goal = Goal.parse(GOALS[1][0])
    asked = PremiseIndex(premises.path, premises.modules, embedder=model)
    assert asked.for_goal(goal, 10) == premises.for_goal(goal, 10)
    asked.close()
