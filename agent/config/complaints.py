"""What is wrong with settings, said to a person: where, what, and what was probably meant."""

import difflib
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent.config.schema import Config
from agent.config.tables import KeyPath
from agent.llm.settings import ModelSettings


def complaints(error: ValidationError, origins: Mapping[KeyPath, str]) -> str:
    """One line for each thing that is wrong; `origins` says where each setting stands."""
    return "\n".join(_complaint(detail, origins) for detail in error.errors())


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The end of a sentence that names what is most like `name`, or all that there is."""
    close = difflib.get_close_matches(name.lower().replace("-", "_"), known, 1)
    return f"; did you mean `{close[0]}`?" if close else f" (there are {', '.join(known)})"


def _complaint(detail: ErrorDetails, origins: Mapping[KeyPath, str]) -> str:
    path = tuple(str(part) for part in detail["loc"])
    # An entry of a list has no line of its own, and what is missing has none at all: the nearest above counts.
    above = (path[:end] for end in range(len(path), 0, -1))
    origin = next((origins[near] for near in above if near in origins), "defaults")
    name = ".".join(path)
    match detail["type"]:
        case "extra_forbidden":
            return f"{origin}: unknown setting `{name}`{did_you_mean(path[-1], _siblings(path))}"
        case "missing":
            return f"{origin}: the setting `{name}` is missing"
        case _:
            what = detail["msg"].removeprefix("Value error, ")
            return f"{origin}: bad setting `{name}`: {what[0].lower()}{what[1:]} (got {detail['input']!r})"


def _siblings(path: KeyPath) -> list[str]:
    """The settings that there are beside the one that a path names."""
    if len(path) == 1:
        return list(Config.model_fields)
    if path[0] == "models":
        return list(ModelSettings.model_fields)
    section = Config.model_fields[path[0]].annotation
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []
