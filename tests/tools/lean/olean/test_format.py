"""Compiled modules, read without Lean: what a native Lean wrote, and what is no compiled module."""

import random
from pathlib import Path

import pytest

from tests.tools.premises.conftest import NATIVE
from tools.lean.olean.format import Olean, OleanError
from tools.premises.declarations import Declaration, ModuleFile, is_public
from tools.premises.printing import Shape


def _read(folder: Path) -> dict[str, Declaration]:
    shapes: dict[str, Shape] = {}
    modules = [ModuleFile(folder / f"{name}.olean").read(shapes) for name in ("Base", "Upper")]
    return {declaration.name: declaration for module in modules for declaration in module.declarations}


def test_what_a_native_lean_has_compiled() -> None:
    found = _read(NATIVE)
    shown = {name: f"{each.kind} {each.signature.text()}" for name, each in found.items()}
    assert shown == {
        "Always": "inductive : Prop",
        "Always.intro": "constructor : Always",
        "Same": "inductive {α : Sort u} (a : α) : α → Prop",
        "Same.refl": "constructor {α : Sort u} {a : α} : Same a a",
        "Same.symm": "theorem {α : Sort u} {a b : α} (h : Same a b) : Same b a",
        "same_always": "axiom (p : Prop) (h : p) : Same p Always",
        "Same.trans": "theorem {α : Sort u} {a b c : α} (h : Same a b) : Same b c → Same a c",
        "Same.map": "theorem {α : Sort u} {β : Sort v} (f : α → β) {a b : α} (h : Same a b) : Same (f a) (f b)",
        "Same.symm_symm": "theorem {α : Sort u} {a b : α} (h : Same a b) : Same h.symm.symm h",
        "forall_same": "theorem {α : Sort u} (p q : α → Prop) (h : ∀ (x y : α), Same x y → p x → q y) (x : α) : "
        "p x → q x",
    }


def test_docstrings_of_a_module_lie_beside_it(tmp_path: Path) -> None:
    found = _read(NATIVE)
    assert found["Same"].doc.strip() == "Sameness: *one* thing under two names."
    assert found["Same.symm_symm"].doc.strip() == "Turning round twice."
    for name in ("Base.olean", "Upper.olean"):
        (tmp_path / name).write_bytes((NATIVE / name).read_bytes())
    alone = _read(tmp_path)
    assert alone["Same"].doc == "" and alone["Same.symm_symm"].doc != ""  # that one is no `module`


def test_what_a_statement_is_about() -> None:
    signature = _read(NATIVE)["Same.trans"].signature
    assert (signature.head, signature.variables) == ("Same", ("α", "a", "b", "c", "h"))
    assert signature.hypotheses == ("Same b c",) and signature.conclusion == "Same a c"
    assert signature.of_conclusion == {"Same"} and not signature.is_determined


@pytest.mark.parametrize("name", ["Base.olean", "Upper.olean"])
def test_a_file_that_was_cut_short(name: str, tmp_path: Path) -> None:
    whole = (NATIVE / name).read_bytes()
    for size in range(0, len(whole) - 1, 97):
        (tmp_path / name).write_bytes(whole[:size])
        with pytest.raises(OleanError):
            ModuleFile(tmp_path / name).read({})


def test_damage_is_an_error_or_another_text_but_nothing_else(tmp_path: Path) -> None:
    whole = (NATIVE / "Upper.olean").read_bytes()
    dice = random.Random(5)
    outcomes: set[str] = set()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 40)):
            data[dice.randrange(88, len(data))] = dice.randrange(256)
        (tmp_path / "Upper.olean").write_bytes(data)
        try:
            ModuleFile(tmp_path / "Upper.olean").read({})
            outcomes.add("read")
        except OleanError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize(
    "data", [b"", b"olean", b"ELF" + bytes(200), b"olean\x07" + bytes(200), b"olean\x02" + bytes(999)]
)
def test_what_is_no_compiled_module(data: bytes) -> None:
    with pytest.raises(OleanError):
        Olean(data)


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("Nat.add_comm", True),
        ("List.map", True),
        ("instDecidableEqNat", True),
        ("Nat.succ.injEq", False),
        ("_private.Init.Core.0.helper", False),
        ("Nat.rec._aux", False),
        ("Foo.match_1", False),
        ("Foo._proof_1", False),
        ("Foo.below", False),
        ("x._@.Init._hyg.3", False),
        ("Nat.below_above", True),
    ],
)
def test_names_that_a_person_may_want(name: str, public: bool) -> None:
    assert is_public(name) is public
