"""What qed and the process that holds LeanDojo say to each other: one JSON object a line, an answer to each request."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Open(_Message):
    """Starts Lean at a theorem, in place of one that runs. `seconds` is the limit for Lean to reach it."""

    op: Literal["open"] = "open"
    repository: str
    """A path or a URL, as `LeanGitRepo` takes it."""
    commit: str
    file: str
    """Relative to the repository's root, with `/`."""
    theorem: str
    seconds: float


class Run(_Message):
    """Runs a tactic in a state of the Lean that is open, for at most `seconds`."""

    op: Literal["run"] = "run"
    state: int
    tactic: str
    seconds: float


class State(_Message):
    """Lean is in a new state with goals; `id` is the REPL's, `message` what Lean printed besides."""

    kind: Literal["state"] = "state"
    id: int
    pp: str
    message: str = ""


class Finished(_Message):
    """No goals are left."""

    kind: Literal["finished"] = "finished"
    message: str = ""


class Refused(_Message):
    """Lean refused the tactic."""

    kind: Literal["refused"] = "refused"
    error: str


class GivenUp(_Message):
    """The proof contains `sorry`."""

    kind: Literal["given-up"] = "given-up"


class Late(_Message):
    """The tactic ran out of its seconds; the Lean that ran it is ended."""

    kind: Literal["late"] = "late"


class Unknown(_Message):
    """There is no such state in the Lean that is open, or none is open."""

    kind: Literal["unknown"] = "unknown"


class Broken(_Message):
    """Lean or LeanDojo failed. `ended`: the Lean that was open is gone."""

    kind: Literal["broken"] = "broken"
    reason: str
    ended: bool = True


class NotOpened(_Message):
    """Lean could not be started at the theorem; `untraced` where LeanDojo has not traced that commit."""

    kind: Literal["not-opened"] = "not-opened"
    reason: str
    untraced: bool = False


Request = Annotated[Open | Run, Field(discriminator="op")]
Answer = Annotated[
    State | Finished | Refused | GivenUp | Late | Unknown | Broken | NotOpened, Field(discriminator="kind")
]
REQUEST: TypeAdapter[Open | Run] = TypeAdapter(Request)
ANSWER: TypeAdapter[State | Finished | Refused | GivenUp | Late | Unknown | Broken | NotOpened] = TypeAdapter(Answer)
