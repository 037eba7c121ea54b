"""The portfolio as single tactics, for searches that run one tactic after the other and know nothing more of them."""

from collections.abc import Sequence

from tools.environment.protocol import TacticState
from tools.search.generator import Candidate, SearchContext
from tools.search.induction import heads, variables
from tools.search.portfolio import quick_groups, thorough_groups

_QUICK, _THOROUGH, _INDUCTION, _CASES = 0.1, 0.5, 1.5, 1.5
_STEP = 0.02  # in the order in which the groups name them


class PortfolioGenerator:
    """Every tactic of the portfolio, inductions and case analyses; implements `TacticGenerator`.

    A guided search tries the same in groups, with arms, and with what closes their cases.
    """

    async def candidates(self, context: SearchContext, state: TacticState) -> Sequence[Candidate]:
        """The tactics for the main goal, each once, the cheapest first."""
        goal = state.main_goal
        quick = [tactic for group in quick_groups() for tactic in group.tactics]
        thorough = [tactic for group in thorough_groups(context, goal, state.goals[0]) for tactic in group.tactics]
        listed = [
            *_costly(quick, _QUICK),
            *_costly(thorough, _THOROUGH),
            *_costly(heads(context, goal), _INDUCTION),
            *_costly([f"cases {name}" for name in variables(context, goal)], _CASES),
        ]
        found: dict[str, Candidate] = {}
        for candidate in sorted(listed, key=lambda each: each.cost):
            found.setdefault(candidate.tactic, candidate)
        return list(found.values())


def _costly(tactics: Sequence[str], cost: float) -> list[Candidate]:
    return [Candidate(tactic, cost + _STEP * index, origin="portfolio") for index, tactic in enumerate(tactics)]
