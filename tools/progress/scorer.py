"""The scorer: how many steps a proof has left after a tactic, as a trained model sees it."""

import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tools.errors import QedError
from tools.progress.checkpoint import load_scoring_model, longest_text
from tools.progress.choice import DEVICE_VARIABLE, MODEL_VARIABLE, TEMPLATE_VARIABLE
from tools.progress.device import AUTO, checked_device
from tools.progress.encoding import Encoder
from tools.progress.libraries import library
from tools.progress.model_source import bad_checkpoint
from tools.progress.template import PromptTemplate

MAX_LENGTH = 512
BATCH_SIZE = 32
CACHE_SIZE = 16_384
"""Answers that are remembered; each is a text and a number."""


class Query(NamedTuple):
    """A tactic in a state, and the tactics before it (one a line)."""

    goal: str
    tactic: str
    prefix: str = ""


class LeanProgressScorer:
    """Predicts the steps that remain after a tactic. It may be called from several threads; they wait for each other.

    `model_name` is the folder of a trained model, or its name on the Hugging Face hub; `device` is `auto`, `cpu`,
    `cuda` or `cuda:N` (None: the variable LEANPROGRESS_DEVICE, or `auto`); `template` a format string with `{goal}`,
    `{tactic}` and `{prefix}` (None: the variable LEANPROGRESS_TEMPLATE, or the one that the model was trained with).
    `max_length` counts tokens (None: as in training, or 512). Raises `QedError` when the model cannot be used. Loading
    takes seconds: `AsyncProgressScorer` does that, and all else, beside an event loop.
    """

    def __init__(
        self,
        model_name: str,
        *,
        device: str | None = None,
        template: str | None = None,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        cache_size: int = CACHE_SIZE,
    ) -> None:
        device = device or os.environ.get(DEVICE_VARIABLE) or AUTO
        template = template or os.environ.get(TEMPLATE_VARIABLE)
        given = PromptTemplate.parse(template) if template else None
        self.model_name = model_name
        self.device = checked_device(device)
        loaded = load_scoring_model(model_name)
        self.template = given or PromptTemplate.parse(loaded.record.template)
        self.max_length = min(max_length or loaded.record.max_length or MAX_LENGTH, longest_text(loaded))
        self._encoder = Encoder(loaded.tokenizer, self.template, self.max_length)
        self._model = _ready(loaded.model, self.device)
        self._batch_size, self._cache_size = batch_size, cache_size
        self._cache: OrderedDict[Query, float] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "LeanProgressScorer | None":
        """The scorer that LEANPROGRESS_MODEL names, on LEANPROGRESS_DEVICE with LEANPROGRESS_TEMPLATE.

        None where no model is named; raises `QedError` as the constructor does.
        """
        name = variables.get(MODEL_VARIABLE)
        if not name:
            return None
        return cls(name, device=variables.get(DEVICE_VARIABLE), template=variables.get(TEMPLATE_VARIABLE))

    def predict(self, goal: str, tactic: str, prefix: str | None = None) -> float:
        """The steps that remain after `tactic` in the state `goal`, after the tactics `prefix`; never below 0."""
        return self.predict_many([Query(goal, tactic, prefix or "")])[0]

    def reward(self, goal: str, tactic: str, prefix: str | None = None) -> float:
        """The negated steps that remain: the greater, the better."""
        return reward_of(self.predict(goal, tactic, prefix))

    def predict_many(self, queries: Iterable[Query | tuple[str, str] | tuple[str, str, str]]) -> list[float]:
        """The steps that remain for each query (goal, tactic, prefix), in their order; equal ones are asked once."""
        asked = [Query(*query) for query in queries]
        with self._lock:
            different = list(dict.fromkeys(asked))
            known = {query: self._cache[query] for query in different if query in self._cache}
            new = [query for query in different if query not in known]
            known.update(zip(new, self._answers(new), strict=True))
            self._remember({query: known[query] for query in different})
        return [known[query] for query in asked]

    def _remember(self, answers: Mapping[Query, float]) -> None:
        self._cache.update(answers)
        for query in answers:
            self._cache.move_to_end(query)
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)

    def _answers(self, queries: Sequence[Query]) -> list[float]:
        """Texts of similar length share a batch, so that little of it is padding."""
        texts = [self._encoder.text(query.goal, query.tactic, query.prefix) for query in queries]
        tokens = [self._encoder.tokens(text) for text in texts]
        order = sorted(range(len(queries)), key=lambda index: len(tokens[index]["input_ids"]))
        answers = [0.0] * len(queries)
        for start in range(0, len(order), self._batch_size):
            members = order[start : start + self._batch_size]
            for index, answer in zip(members, self._batch([tokens[index] for index in members]), strict=True):
                answers[index] = answer
        return answers

    def _batch(self, tokens: list[dict[str, list[int]]]) -> list[float]:
        torch = library("torch")
        try:
            with torch.inference_mode():
                padded = self._encoder.tokenizer.pad(tokens, return_tensors="pt").to(self.device)
                logits: list[float] = self._model(**padded).logits.reshape(-1).float().tolist()
        except (RuntimeError, IndexError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise QedError(f"the LeanProgress model {self.model_name} failed on {self.device}: {reason}") from None
        if not all(math.isfinite(each) for each in logits):
            raise bad_checkpoint(self.model_name, "it answers NaN or infinity: its training has failed")
        return [max(0.0, each) for each in logits]


def reward_of(steps_remaining: float) -> float:
    """The reward of a prediction: its negative, and 0 (not -0) for 0."""
    return -steps_remaining if steps_remaining else 0.0


def _ready(model: Any, device: str) -> Any:
    """The model on its device, as for inference. On the CPU it takes half of the cores: the others are Lean's."""
    torch = library("torch")
    if device == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    return model.to(device).eval()
