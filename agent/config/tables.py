"""Nested tables of settings: their keys, and one laid over another."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

KeyPath = tuple[str, ...]
"""The keys from the outermost table to a setting."""

Table = Mapping[str, Any]


def is_table(value: object) -> TypeGuard[Table]:
    """Whether a value has keys of its own. All keys are strings in TOML, in JSON and in the environment."""
    return isinstance(value, Mapping)


def merged(below: Table, above: Table) -> dict[str, Any]:
    """Both tables in one; where they differ, the second counts."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if is_table(old) and is_table(value) else value
    return result


def branches(table: Table, above: KeyPath = ()) -> Iterator[KeyPath]:
    """The paths of all tables and all settings in them, a table before what is in it."""
    for key, value in table.items():
        yield (*above, key)
        if is_table(value):
            yield from branches(value, (*above, key))


def leaves(table: Table, above: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """The settings and their values, without the tables that hold them."""
    for key, value in table.items():
        if is_table(value):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value
