"""What is asked of other machines, apart from how it is asked: the settings of searches and encoders, their answers."""

from dataclasses import dataclass
from typing import Annotated, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field

LOOGLE_URL: Final = "https://loogle.lean-lang.org/json"
LEANSEARCH_URL: Final = "https://leansearch.net/search"


class RemoteSettings(BaseModel):
    """What of the web is asked, and how long and how often; addresses are empty for what is not asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    loogle: str = ""
    leansearch: str = ""
    seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    """For one answer."""
    pause_seconds: Annotated[float, Field(ge=0)] = 2.0
    """Between two questions to one source."""


class EncoderSettings(BaseModel):
    """Where vectors of texts come from: the `/encode` of LeanCopilot's external API, and the encoder's name there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    name: str
    seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    """For all the vectors of one question."""


@dataclass(frozen=True, slots=True)
class RemotePremise:
    """A declaration that a source names. It need not exist in the library at hand."""

    name: str
    type: str
    module: str
    source: str


@dataclass(frozen=True, slots=True)
class RemoteAnswer:
    """What a source found; `note` says why there is nothing, and is empty otherwise."""

    premises: tuple[RemotePremise, ...] = ()
    note: str = ""


class RemoteSource(Protocol):
    """A search on the web."""

    async def find(self, query: str, limit: int) -> RemoteAnswer:
        """Asks; never raises but for cancellation."""
        ...
