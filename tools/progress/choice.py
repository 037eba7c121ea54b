"""Which LeanProgress model scores: said in a few words, without loading anything."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.progress.async_scorer import AsyncProgressScorer

MODEL_VARIABLE = "LEANPROGRESS_MODEL"
DEVICE_VARIABLE = "LEANPROGRESS_DEVICE"
TEMPLATE_VARIABLE = "LEANPROGRESS_TEMPLATE"
CHOOSE_MODEL = (
    f'Name one in the settings ([progress] model = "FOLDER") or in {MODEL_VARIABLE}, and start again. '
    "`qed progress train` makes one."
)
"""The advice where a model is needed and none is chosen."""


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """A model that predicts the steps that remain; whether it is there is seen when it is asked.

    `name`, `device` and `template` are as for `LeanProgressScorer`.
    """

    name: str
    device: str | None = None
    template: str | None = None

    @classmethod
    def chosen(
        cls,
        name: str | None = None,
        device: str | None = None,
        template: str | None = None,
        variables: Mapping[str, str] = os.environ,
    ) -> "ScoringModel | None":
        """The model that is wished for; what is left open, the variables LEANPROGRESS_* say.

        None where no model is named in either way.
        """
        name = name or variables.get(MODEL_VARIABLE)
        if not name:
            return None
        device = device or variables.get(DEVICE_VARIABLE) or None
        return cls(name, device, template or variables.get(TEMPLATE_VARIABLE) or None)

    def scorer(self) -> "AsyncProgressScorer":
        """A scorer of its own, which loads the model at the first question; whoever asks for one closes it."""
        from tools.progress.async_scorer import AsyncProgressScorer

        return AsyncProgressScorer.of_model(self.name, device=self.device, template=self.template)
