"""The portfolio, tactic by tactic."""

from tools.environment.protocol import TacticState
from tools.search.generator import SearchContext
from tools.search.portfolio_generator import PortfolioGenerator

CONTEXT = SearchContext(definitions=("double",), types=("Tree",), lemmas=("double_eq",))


async def _tactics(goal: str) -> list[str]:
    candidates = await PortfolioGenerator().candidates(CONTEXT, TacticState(0, (goal,)))
    costs = [candidate.cost for candidate in candidates]
    assert costs == sorted(costs)
    return [candidate.tactic for candidate in candidates]


async def test_each_tactic_stands_alone_and_once() -> None:
    tactics = await _tactics("n : Nat\n⊢ double n = n + n")
    assert tactics[0] == "rfl"
    assert {"omega", "simp [double]", "grind [double]", "exact double_eq ..", "induction n", "cases n"} <= {*tactics}
    assert not any("first" in tactic.split() and "<;>" not in tactic for tactic in tactics)
    assert len(tactics) == len(set(tactics))


async def test_what_closes_goals_comes_before_inductions() -> None:
    tactics = await _tactics("n : Nat\n⊢ double n = n + n")
    assert tactics.index("simp") < tactics.index("simp [double]") < tactics.index("induction n")


async def test_a_goal_without_variables_has_no_inductions() -> None:
    assert not any(tactic.startswith(("induction", "cases")) for tactic in await _tactics("⊢ p"))
