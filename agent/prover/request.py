"""What a person asks of a run of `qed prove`."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from tools.environment.names import EnvironmentName

_Count = Annotated[int, Field(gt=0)]
_Amount = Annotated[float, Field(gt=0)]


class RunRequest(BaseModel):
    """The targets as they were typed, and the options; None and False: nothing was said, the settings count.

    `timeout`, `hole_tokens` and `hole_cost` are seconds, tokens of models and US dollars for each hole, `max_seconds`,
    `max_tokens` and `max_cost` for the run.
    """

    model_config = ConfigDict(frozen=True)

    targets: tuple[str, ...] = ()
    dry_run: bool = False
    timeout: _Amount | None = None
    include_errors: bool = False
    recheck: bool = False
    git: bool = False
    lemmas: bool = False
    toolchain: str | None = None
    environment: EnvironmentName | None = None
    model: str | None = None
    no_model: bool = False
    jobs: _Count | None = None
    max_tokens: _Count | None = None
    max_cost: _Amount | None = None
    max_seconds: _Amount | None = None
    hole_tokens: _Count | None = None
    hole_cost: _Amount | None = None

    def changed_by(self, other: "RunRequest") -> Self:
        """The same with what `other` says as well; its word counts where both say something."""
        said: dict[str, Any] = {
            name: value for name in type(other).model_fields if (value := getattr(other, name)) not in (None, False, ())
        }
        if other.model is not None:
            said["no_model"] = other.no_model
        elif other.no_model:
            said["model"] = None
        return self.model_copy(update=said)

    def of_model(self, name: str | None) -> Self:
        """The same with this model, or without one, whatever the settings say later."""
        return self.model_copy(update={"model": name, "no_model": name is None})

    def about_a_model(self) -> Sequence[str]:
        """The options that were given and mean nothing without a model."""
        names = ("lemmas", "max_tokens", "max_cost", "hole_tokens", "hole_cost")
        return [name for name in names if getattr(self, name) not in (None, False)]
