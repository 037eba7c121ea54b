"""The ideas that a guided search has at a state by itself: those that need more than one tactic, or more of Lean."""

from tools.search.generator import Candidate, SearchContext
from tools.search.induction import heads, own_facts, subject, variables
from tools.search.portfolio import arm_closers
from tools.search.tree import Node

_THOROUGH_COST = 0.3
_PROBE_COST = 0.4
_INDUCTION_COST, _INDUCTION_COST_FACT = 1.4, 0.4
_CASES_COST = 1.7
_LIBRARY_COST, _LIBRARY_COST_LATER = 0.8, 1.5
_INDUCTION_DEPTH = 6


def before_opening(context: SearchContext, node: Node, opened: Node) -> list[Candidate]:
    """What should still be tried in a state although the search goes on from what it opens to.

    Apart, the halves of `↔` and `∧` no longer look like the fact of the library that they may be; unfolded, a notion
    no longer looks like what the file's lemmas say of it.
    """
    if opened.state.num_goals > node.state.num_goals:
        return [Candidate("exact?", _LIBRARY_COST, origin="library", closing=True)]
    if any(step.tactic.startswith("unfold") for step in opened.steps[node.depth :]) and context.lemmas:
        return [_thorough(context, node, _LIBRARY_COST)]
    return []


def _thorough(context: SearchContext, node: Node, cost: float) -> Candidate:
    return Candidate(arm_closers(context, node.state.main_goal)[0], cost, origin="thorough", closing=True)


def own_ideas(context: SearchContext, node: Node) -> list[Candidate]:
    """The thorough part of the portfolio, library search, inductions and case analyses for the main goal.

    The engine knows by `origin` how each is run; the tactic of "thorough" stands for all that are tried there.
    """
    goal = node.state.main_goal
    ideas = [_thorough(context, node, _THOROUGH_COST)]
    at_statement = all(step.tactic.startswith("intro") for step in node.steps)
    asked = _LIBRARY_COST if at_statement else _LIBRARY_COST_LATER
    ideas.append(Candidate("exact?", asked, origin="library", closing=True))
    if node.depth <= _INDUCTION_DEPTH:
        facts = own_facts(context, goal)
        for index, head in enumerate(heads(context, goal)):
            cost = _INDUCTION_COST_FACT if subject(head) in facts else _INDUCTION_COST
            ideas.append(Candidate(head, _PROBE_COST + 0.05 * index, origin="probe", closing=True))
            ideas.append(Candidate(head, cost + 0.1 * index, origin="induction"))
    return ideas + [Candidate(f"cases {name}", _CASES_COST, origin="cases") for name in variables(context, goal)]
