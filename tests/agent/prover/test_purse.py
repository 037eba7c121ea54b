"""What may be spent at a hole, and who is told of it."""

from agent.llm.chat import Usage
from agent.prover.purse import Allowance, Purse


def test_whoever_shows_a_hole_is_told_of_all_that_its_parts_spend() -> None:
    told: list[tuple[int, float | None]] = []
    run = Purse(Allowance(tokens=1000))
    hole = Purse(above=run, on_spent=lambda usage: told.append((usage.total_tokens, usage.cost)))
    step = hole.share(2, 1)
    hole.spend(Usage(prompt_tokens=10))
    step.spend(Usage(prompt_tokens=5, completion_tokens=5, cost=0.5))
    assert told == [(10, None), (20, 0.5)]
    assert run.usage.total_tokens == 20 and step.usage.total_tokens == 10 and hole.tokens_left == 980
