"""Schemas that every provider takes."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from tools.progress.choice import ScoringModel
from tools.search.recipe import SearchRecipe
from tools.toolbox.registry import toolbox
from tools.toolbox.schema import schema_of
from tools.toolbox.tool import Arguments, Tool
from tools.toolbox.workspace import Workspace

TOOLS = toolbox(Workspace(Path(), "embedded", recipe=SearchRecipe(scoring=ScoringModel("a/model"))))


class Plain(Arguments):
    file: str = Field(description="A file.")
    lines: list[str] = Field(default_factory=list[str], description="Lines.")
    count: int = Field(3, description="A number.")
    strict: bool = Field(False, description="Whether.")


class Nested(Arguments):
    maybe: str | None = Field(None, description="Something or nothing.")


class Silent(Arguments):
    file: str


def test_a_schema_is_flat_and_says_nothing_twice() -> None:
    assert schema_of(Plain) == {
        "type": "object",
        "properties": {
            "file": {"type": "string", "description": "A file."},
            "lines": {"type": "array", "items": {"type": "string"}, "description": "Lines."},
            "count": {"type": "integer", "description": "A number."},
            "strict": {"type": "boolean", "description": "Whether."},
        },
        "required": ["file"],
    }


@pytest.mark.parametrize("model", [Nested, Silent])
def test_what_some_provider_would_refuse_is_refused_here(model: type[Arguments]) -> None:
    with pytest.raises(TypeError):
        schema_of(model)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_has_such_a_schema(tool: Tool[Any]) -> None:
    schema = schema_of(tool.arguments)
    assert set(schema) <= {"type", "properties", "required"}
    for value in schema["properties"].values():
        assert value["type"] in ("string", "integer", "boolean", "array")
        assert set(value) <= {"type", "description", "items"}
    assert len(tool.description) < 500 and "`" not in tool.description


def test_the_tools_are_these() -> None:
    assert [tool.name for tool in TOOLS] == [
        "outline",
        "read_file",
        "goals",
        "try_tactics",
        "score_tactics",
        "check",
        "search_proof",
        "find_premises",
        "edit_file",
        "write_proof",
    ]
