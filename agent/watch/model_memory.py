"""The memory of watching: it has the model, and keeps nothing from one save to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.llm.chat import ChatModel, ReplyFinished, Usage
from agent.prover.memory import NoMemory
from agent.prover.paid_model import PaidModel
from agent.prover.purse import Purse
from agent.prover.under_way import UnderWay


class _NothingKept:
    def take(self, request: str) -> Sequence[ReplyFinished] | None:
        return None

    def keep(self, request: str, replies: Sequence[ReplyFinished]) -> None:
        pass

    def lost(self, usage: Usage) -> None:
        pass


@dataclass
class ModelMemory(NoMemory):
    """A `RunMemory` that knows nothing but the model."""

    model: ChatModel
    _under_way: UnderWay = field(default_factory=UnderWay)

    def model_for(self, key: str, purse: Purse) -> ChatModel | None:
        """The model; what it uses is spent from the purse."""
        return PaidModel(self.model, purse, _NothingKept(), under_way=self._under_way)
