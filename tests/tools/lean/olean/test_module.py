"""Modules as the real embedded Lean compiles them: what the reader says about `features.lean`, and about damage."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.lean.olean.conftest import FEATURES
from tools.lean.embedded.install import ensure_installed
from tools.lean.embedded.library_axioms import library_axioms
from tools.lean.olean.expressions import MDATA
from tools.lean.olean.format import MAX_BYTES, Olean, OleanError
from tools.lean.olean.module import (
    AXIOM,
    CONSTRUCTOR,
    DEFINITION,
    INDUCTIVE,
    RECURSOR,
    THEOREM,
    CompiledModule,
    SourceRange,
)
from tools.lean.olean.names import Name, dotted, is_auxiliary, split_private
from tools.lean.olean.objects import Objects
from tools.lean.olean.terms import Terms, name_digest

pytestmark = pytest.mark.lean
TEXT = FEATURES.read_text(encoding="utf-8")
PARTS = ("X.olean", "X.olean.server", "X.olean.private")
PAIRED = [word for word in dict.fromkeys(TEXT.split()) if word.startswith(("same_", "other_")) and "." not in word]


def private(*components: str) -> Name:
    """The name of a constant of the file, all of which are private to it."""
    return ("_private", "X", 0, *components)


def own(names: frozenset[Name]) -> set[str]:
    return {dotted(split_private(name)[1]) for name in names}


# -- what there is


def test_constants_of_every_kind(module: CompiledModule) -> None:
    kinds = {
        ("Rests", "mine"): AXIOM,
        ("First", "other_value"): DEFINITION,
        ("First", "same_proof"): THEOREM,
        ("Rests", "Box"): INDUCTIVE,
        ("Rests", "Box", "mk"): CONSTRUCTOR,
        ("Rests", "Box", "rec"): RECURSOR,
        ("Open", "odd 𝕜"): THEOREM,
    }
    assert {name: module.constants[private(*name)].kind for name in kinds} == kinds
    assert module.constants[private("First", "same_universe_name")].levels == (("u",), ("v",))
    assert all(name == constant.name for name, constant in module.constants.items())
    assert all(bool(each.value) == (each.kind in (DEFINITION, THEOREM)) for each in module.constants.values())


def test_places_are_those_of_the_text(module: CompiledModule) -> None:
    """Every declaration of the file is found where it stands, in lines from 1 and columns in code points."""
    lines = TEXT.splitlines()
    for name, place in module.ranges.items():
        *_, last = name
        assert str(last) in "\n".join(lines[place.line - 1 : place.end_line]) or last == "mk"
    at = next(number for number, line in enumerate(lines, 1) if "odd 𝕜" in line)
    assert module.ranges[private("Open", "odd 𝕜")] == SourceRange(at, 0, at, len(lines[at - 1]))
    at = next(number for number, line in enumerate(lines, 1) if "helper (n : Nat)" in line)
    assert module.ranges[private("Parts", "with_where", "helper")] == SourceRange(at, 2, at, len(lines[at - 1]))
    assert private("Rests", "Box", "rec") not in module.ranges


# -- what is the same


@pytest.mark.parametrize("name", PAIRED)
def test_digests(module: CompiledModule, name: str) -> None:
    """A digest changes with what is said, and with nothing else."""
    first, second = private("First", name), private("Second", name)
    assert (module.digest(first) == module.digest(second)) == name.startswith("same_")
    by_type = name.startswith("same_") or name in ("other_value", "other_constructor")
    assert (module.type_digest(first) == module.type_digest(second)) == by_type


def test_metadata_is_there_to_be_passed_over(module: CompiledModule, compiled_files: Path) -> None:
    """Without it `same_metadata` would say nothing."""
    parts = [Olean.read(compiled_files)]
    for suffix in (".server", ".private"):
        parts.append(Olean.read(compiled_files.with_name(f"{compiled_files.name}{suffix}"), below=parts[-1]))
    terms = Terms(Objects(parts), name_digest)
    types = [module.constants[private(where, "same_metadata")].type for where in ("First", "Second")]
    kinds = [{Objects(parts).tag(address) for address in terms.reachable([each])} for each in types]
    assert [MDATA in each for each in kinds] == [False, True]


def test_digests_of_all_constants_are_those_of_another_reading(module: CompiledModule, compiled_files: Path) -> None:
    """They depend neither on the order in which they are asked for nor on addresses."""
    again = CompiledModule.read(compiled_files)
    names = list(module.constants)
    assert {name: again.digest(name) for name in reversed(names)} == {name: module.digest(name) for name in names}


# -- what rests on what


@pytest.mark.parametrize(
    ("declaration", "axioms"),
    [
        ("nothing", set[str]()),
        ("mine", {"Rests.mine"}),
        ("directly", {"Rests.mine"}),
        ("behind_another", {"Rests.mine"}),
        ("open_lemma", set[str]()),
        ("behind_open", {"sorryAx"}),
        ("by_projection", {"Rests.mine"}),
        ("called_as_standard", {"Rests.propext"}),
        ("extensional", {"propext"}),
        ("mentions_mine", {"Rests.mine"}),
        ("by_constructor", {"Rests.mine"}),
        ("in_a_where", {"Rests.mine"}),
        ("in_a_rule", {"Rests.mine"}),
    ],
)
def test_axioms(module: CompiledModule, declaration: str, axioms: set[str]) -> None:
    found = module.rests_on(module.parts_of([private("Rests", declaration)]))
    standard = {("propext",), ("Quot", "sound"), ("Classical", "choice"), ("sorryAx",)}
    assert own(frozenset(name for name in found if name in standard or name in module.constants)) == axioms
    assert all(name not in module.constants or module.constants[name].kind == AXIOM for name in found)


def test_declared_axioms_of_the_file(module: CompiledModule) -> None:
    assert module.declared_axioms() == {private("Rests", "mine"), private("Rests", "propext")}


def test_declared_axioms_of_the_library() -> None:
    """Theorems and opaque constants, which a library without its private parts shows as axioms, are told apart."""
    library = ensure_installed().root / "lib"
    known = library_axioms()
    assert {("propext",), ("Quot", "sound"), ("Classical", "choice"), ("sorryAx",), ("Lean", "ofReduceBool")} <= known
    for path, some in (("Prelude", {("Classical", "choice"), ("sorryAx",)}), ("Core", {("propext",)})):
        module = CompiledModule.read(library / "Init" / f"{path}.olean")
        axioms = module.declared_axioms()
        assert some <= axioms and axioms == known & module.constants.keys()
        assert axioms < {name for name, each in module.constants.items() if each.kind == AXIOM}


# -- what a declaration is made of


@pytest.mark.parametrize(
    ("declaration", "parts"),
    [
        ("with_where", set[str]()),
        ("with_let_rec", set[str]()),
        ("with_proof", {"_proof_1", "_proof_2"}),
        ("with_match", set[str]()),
    ],
)
def test_parts(module: CompiledModule, declaration: str, parts: set[str]) -> None:
    """What Lean split off; what has a place of its own (`where`, `let rec`) is found by that."""
    name = private("Parts", declaration)
    assert module.parts_of([name]) == {name, *(private("Parts", declaration, each) for each in parts)}


def test_what_was_split_off_belongs_to_the_longest_declaration(module: CompiledModule) -> None:
    inner = private("Parts", "with_let_rec", "go")
    split_off = private("Parts", "with_let_rec", "go", "match_1")
    assert split_off in module.constants and is_auxiliary(split_off)
    assert split_off in module.parts_of([inner])
    assert split_off not in module.parts_of([inner[:-1]])


def test_everything_made_by_lean_belongs_to_a_declaration(module: CompiledModule) -> None:
    parts = module.parts_of(module.ranges)
    assert {name for name in module.constants if is_auxiliary(name)} <= parts


# -- what is open


@pytest.mark.parametrize(
    ("declaration", "signs"),
    [
        ("two", ["sorry"]),
        ("several", ["sorry", "sorry", "sorry"]),
        ("repeated", ["sorry"]),
        ("admitted", ["admit"]),
        ("stated", ["sorry"]),
        ("odd 𝕜", ["sorry"]),
        ("closed", []),
    ],
)
def test_open_terms_say_where_they_stand(module: CompiledModule, declaration: str, signs: list[str]) -> None:
    lines = TEXT.splitlines()
    found = module.open_terms(module.parts_of([private("Open", declaration)]))
    places = sorted({(each.line, each.column) for each in found})
    assert [lines[line - 1][column:].split(",")[0].split("⟩")[0].split()[0].rstrip(")") for line, column in places] == [
        *signs
    ]


@pytest.mark.parametrize("declaration", ["bare", "unapplied"])
def test_open_terms_without_a_place(module: CompiledModule, declaration: str) -> None:
    (found,) = module.open_terms([private("Open", declaration)])
    assert (found.line, found.column) == (0, 0)


def test_one_word_may_stand_for_several_types(module: CompiledModule) -> None:
    """`<;> sorry` for two goals that are the same is one open term, for two that differ it is two."""
    assert len(module.open_terms([private("Open", "repeated")])) == 1
    found = module.open_terms([private("Open", "spread")])
    assert len(found) == 2 and len({(each.line, each.column) for each in found}) == 1


def test_open_terms_of_a_where_belong_to_it(module: CompiledModule) -> None:
    outer = private("Parts", "with_where")
    assert module.open_terms([outer]) == ()
    assert len(module.open_terms([(*outer, "helper")])) == 1


# -- damage


def everything(olean: Path) -> None:
    """All that the acceptance check asks of a module."""
    module = CompiledModule.read(olean)
    module.check()
    module.declared_axioms()
    for name in module.constants.keys() & module.ranges.keys():
        parts = module.parts_of([name])
        module.digest(name)
        module.rests_on(parts)
        module.open_terms(parts)


def copied(compiled_files: Path, folder: Path) -> Path:
    for file in compiled_files.parent.iterdir():
        shutil.copy(file, folder)
    return folder / compiled_files.name


def outcome(olean: Path) -> str:
    """Whether the files can be read; any error but `OleanError` is the test's."""
    try:
        everything(olean)
    except OleanError:
        return "refused"
    return "read"


@pytest.mark.parametrize("part", PARTS)
def test_cut_short(compiled_files: Path, tmp_path: Path, part: str) -> None:
    olean = copied(compiled_files, tmp_path)
    file = tmp_path / part
    whole = file.read_bytes()
    dice = random.Random(part)
    for size in {0, 1, 5, 6, 47, 79, 88, len(whole) - 8, len(whole) - 1, *dice.sample(range(len(whole)), 25)}:
        file.write_bytes(whole[:size])
        assert outcome(olean) == "refused", size


@pytest.mark.parametrize("part", PARTS)
def test_changed_bytes(compiled_files: Path, tmp_path: Path, part: str) -> None:
    """What is damaged is refused, or happens to say something else; it neither ends otherwise nor never."""
    olean = copied(compiled_files, tmp_path)
    file = tmp_path / part
    whole = file.read_bytes()
    dice = random.Random(f"bytes of {part}")
    outcomes: set[str] = set()
    for _ in range(34):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 1, 4, 40))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        file.write_bytes(data)
        outcomes.add(outcome(olean))
    assert "refused" in outcomes


def _another_version(data: bytes) -> bytes:
    return data[:5] + b"\x07" + data[6:]


def _something_else(data: bytes) -> bytes:
    return b"\x7fELF" + data[4:]


def _words_of_ones(data: bytes) -> bytes:
    return data[:96] + b"\xff" * (len(data) - 96)


def _nothing(data: bytes) -> bytes:
    return bytes(len(data))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("damage", [_another_version, _something_else, _words_of_ones, _nothing])
def test_what_is_no_compiled_module(
    compiled_files: Path, tmp_path: Path, part: str, damage: Callable[[bytes], bytes]
) -> None:
    olean = copied(compiled_files, tmp_path)
    file = tmp_path / part
    file.write_bytes(damage(file.read_bytes()))
    assert outcome(olean) == "refused"


@pytest.mark.parametrize("part", PARTS)
def test_too_large(compiled_files: Path, tmp_path: Path, part: str) -> None:
    """A file of more than a gigabyte is refused before it is read (it has holes: it takes no place)."""
    olean = copied(compiled_files, tmp_path)
    os.truncate(tmp_path / part, MAX_BYTES + 1)
    assert outcome(olean) == "refused"
