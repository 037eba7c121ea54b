"""One place freezes files, has proofs checked and writes them: who imports what does that, read from the sources."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
SOURCES = ("agent", "tools")
PROOF_FILE = "tools/lean/acceptance/proof_file.py"
LEMMAS = "tools/lean/acceptance/lemmas.py"  # is given a gate by `ProofFile`
ALLOWED: Mapping[tuple[str, str], frozenset[str]] = {
    ("tools.lean.acceptance.gate", "AcceptanceGate"): frozenset({PROOF_FILE, LEMMAS}),
    ("tools.lean.acceptance.lemmas", "check_with_lemmas"): frozenset({PROOF_FILE}),
    ("tools.lean.acceptance.writing", "receipt_of"): frozenset({PROOF_FILE}),
    ("tools.lean.acceptance.elaboration", "Elaborator"): frozenset({"tools/lean/acceptance/gate.py"}),
    ("tools.lean.acceptance.judgement", "Judgement"): frozenset({"tools/lean/acceptance/gate.py"}),
    ("tools.lean.batch.process", "BatchLean"): frozenset({"tools/lean/acceptance/elaboration.py"}),
    ("tools.lean.writeback", "write"): frozenset({PROOF_FILE}),
    ("tools.lean.journal", "Change"): frozenset({"tools/lean/writeback.py"}),
}
"""Who may import what freezes, checks or writes."""


def imports(file: Path) -> Iterator[tuple[str, str]]:
    """All that a file imports, wherever in it: modules, and names with their modules (`*` included)."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports would hide what is imported"
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


@cache
def sources() -> Mapping[str, frozenset[tuple[str, str]]]:
    """The imports of all sources."""
    files = (file for folder in SOURCES for file in (ROOT / folder).rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): frozenset(imports(file)) for file in files}


@pytest.mark.parametrize("what", ALLOWED, ids=lambda what: what[1])
def test_who_imports_what_freezes_checks_and_writes(what: tuple[str, str]) -> None:
    module, _ = what
    parent, _, last = module.rpartition(".")
    # Under these all names of a module are within reach.
    whole = {(module, ""), (module, "*"), (parent, last)}
    found = {file for file, imported in sources().items() if imported & {what, *whole}}
    assert found == ALLOWED[what]


def test_the_names_are_those_that_there_are() -> None:
    """A contract about a name that was changed would hold for ever."""
    for module, name in ALLOWED:
        tree = ast.parse((ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8"))
        assert name in {getattr(node, "name", None) for node in tree.body}, (module, name)


def test_tools_import_nothing_of_the_agent() -> None:
    for file, imported in sources().items():
        if file.startswith("tools/"):
            assert not [module for module, _ in imported if module.split(".")[0] == "agent"], file
