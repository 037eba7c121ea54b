"""The ladder of a run with a model: its strategies, the cheapest first."""

from collections.abc import Sequence

from agent.prover.strategies.decomposition import DecompositionStrategy
from agent.prover.strategies.lemmas import LemmaStrategy
from agent.prover.strategies.search import SearchStrategy
from agent.prover.strategies.whole_proof import WholeProofStrategy
from agent.prover.strategy import Strategy

_ALONE_SECONDS, _WITH_MODEL_SECONDS = 20.0, 60.0


def with_model(*, lemmas: bool = False) -> Sequence[Strategy]:
    """What can be done without a model comes first; then the model proposes tactics to the search, then whole proofs,
    then proofs in steps, then, with `lemmas`, proofs from lemmas that are put above the declaration.

    The agents, which come last, are opened for each file (see `ProveOptions.agents`).
    """
    return (
        SearchStrategy(seconds=_ALONE_SECONDS),
        SearchStrategy(seconds=_WITH_MODEL_SECONDS, asks_model=True),
        WholeProofStrategy(),
        DecompositionStrategy(),
        *([LemmaStrategy()] if lemmas else []),
    )
