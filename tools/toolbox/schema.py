"""JSON schemas of tool arguments, flat enough for every provider: an object of strings, integers, booleans and lists
of strings, without references, alternatives, bounds or defaults."""

from typing import Any

from pydantic.fields import FieldInfo

from tools.toolbox.tool import Arguments

_TYPES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    list[str]: {"type": "array", "items": {"type": "string"}},
    tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
}


def schema_of(arguments: type[Arguments]) -> dict[str, Any]:
    """The schema of an argument model.

    Raises TypeError for a field whose type is none of the plain ones, or that has no description.
    """
    properties = {name: _property(name, field) for name, field in arguments.model_fields.items()}
    required = [name for name, field in arguments.model_fields.items() if field.is_required()]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def describe_fields(arguments: type[Arguments]) -> str:
    """The fields in one line each, for a model that called a tool wrongly."""
    lines: list[str] = []
    for name, field in arguments.model_fields.items():
        kind = _property(name, field)["type"]
        need = "required" if field.is_required() else "optional"
        lines.append(f"  {name} ({kind if kind != 'array' else 'array of strings'}, {need}): {field.description}")
    return "\n".join(lines)


def _property(name: str, field: FieldInfo) -> dict[str, Any]:
    plain = _TYPES.get(field.annotation)
    if plain is None or not field.description:
        raise TypeError(f"the field {name} needs a description and a plain type, not {field.annotation}")
    return {**plain, "description": field.description}
