"""Errors that only the embedded Lean shows, told from real ones line by line, on the real Lean."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.lean.embedded.client import Client
from tools.lean.embedded.install import Installation
from tools.lean.embedded.quirks import is_toolchain_artifact

# Each line stands alone; a native Lean has no error in any of them.
NO_ERROR_NATIVELY = """\
def a1 (xs : List Nat) : List Nat := xs.map (· + 1)
def a2 (xs : Array Nat) := xs.map (· + 1)
def a3 : IO Unit := do for i in [0:3] do IO.println s!"{i}"
def a4 (xs : List Nat) := xs.mergeSort
instance : Functor List := ⟨List.map, fun a => List.map (fun _ => a)⟩
#eval [1,2,3].map (· + 1)
class K (α : Type) where k : α → Nat
instance : K Nat := ⟨id⟩
instance [K α] : K (List α) := ⟨fun xs => (xs.map K.k).sum⟩
structure S where f : List Nat → List Nat := fun xs => xs.map (· + 1)
abbrev a5 (xs : List Nat) := xs.contains 3
theorem map_a1 : a1 [1] = [2] := rfl
#print axioms map_a1
elab "mytac" : tactic => do (← Lean.Elab.Tactic.getMainGoal).assumption
"""

# Each line has an error that a native Lean shows as well.
REAL = """\
def b1 : Nat := nowhere 3
def b2 : Nat := List.nowhere [3]
theorem b3 : 1 = 2 := by simp
def b4 : Nat := "s"
#check @List.nope
example : True := by exact nope
def b5 := Classical.choice ⟨1⟩
example : ([1,2].map (· + 1)) = [2,3] := by native_decide
example (p q : Prop) (h : p) : p ∧ q := by constructor; exact h
example : Nat := by decide
instance : Add (Nat → Nat) := ⟨fun f => f⟩
"""


@pytest.fixture(scope="module")
def client(installation: Installation) -> Iterator[Client]:
    with Client(installation) as client:
        client.handshake()
        yield client


@pytest.mark.lean
def test_artifacts_are_told_from_real_errors(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "Both.lean").as_uri()
    source = f"import Lean\n{NO_ERROR_NATIVELY}{REAL}"
    client.open(uri, source)
    errors = [item for item in client.diagnostics(uri, 1) if item["severity"] == 1]
    artifacts = [item for item in errors if is_toolchain_artifact(1, item["message"], source)]
    real = [item for item in errors if item not in artifacts]
    first_real = 1 + NO_ERROR_NATIVELY.count("\n")
    lines = {item["range"]["start"]["line"] for item in artifacts}
    assert max(lines) < first_real
    # Were there no artifacts at all, that module would be of no use any more.
    assert len(lines) >= 9, [item["message"] for item in artifacts]
    assert {item["range"]["start"]["line"] for item in real} == set(range(first_real, first_real + REAL.count("\n")))


@pytest.mark.parametrize(
    "message",
    [
        "Unknown constant `List.reverse._redArg`",
        "Unknown constant `_private.Init.Data.Array.Basic.0.Array.mapMUnsafe.map`",
        "failed to compile definition, compiler IR check failed at `_private.q1.0.instKNat._closed_0`. Error: "
        "depends on declaration 'id._boxed', which has no executable code; consider marking definition as "
        "'noncomputable'",
        "cannot use `#print axioms` in a `module`; consider temporarily removing the `module` header or placing the "
        "command in a separate file",
        "Cannot add attribute `[csimp]`: Declaration `_private.q2.0.m6` must be public",
        "Cannot add attribute `[Lean.Elab.Tactic.tacticElabAttribute]`: Declaration `m4` must be marked as `meta`",
    ],
)
def test_what_was_seen_is_recognised(message: str) -> None:
    assert is_toolchain_artifact(1, message)
    assert is_toolchain_artifact(1, message, "/- a module -/ import Lean\n-- module\ndef x := 1\n")
    assert not is_toolchain_artifact(2, message)
    assert not is_toolchain_artifact(1, f"Tactic `native_decide` failed. Error: {message}")
    assert not is_toolchain_artifact(1, f"unsolved goals\n{message}")


@pytest.mark.parametrize(
    "message",
    [
        "Unknown constant `List.nope`",
        "Unknown constant `redArg`",
        "Unknown constant `foo._redArgs`",
        "Unknown constant `_private.Mine.0.helper`",
        "Unknown identifier `List.reverse._redArg`",
        "failed to compile definition, compiler IR check failed at `f`. Error: depends on declaration 'c', which "
        "has no executable code; consider marking definition as 'noncomputable'",
        "`Classical.choice` not supported by code generator; consider marking definition as `noncomputable`",
        "Tactic `mytac` has not been implemented",
        "unsupported operation (error code: 52, function not implemented)",
    ],
)
def test_what_may_be_real_is_not(message: str) -> None:
    assert not is_toolchain_artifact(1, message)


def test_the_source_can_show_that_the_mistake_is_its_own() -> None:
    message = "Unknown constant `List.reverse._redArg`"
    assert not is_toolchain_artifact(1, message, "example := List.reverse._redArg")
    assert not is_toolchain_artifact(1, message, "open List in example := reverse._redArg")
    assert is_toolchain_artifact(1, message, "def reverse := 1 -- _redArg")
    axioms = "cannot use `#print axioms` in a `module`; consider …"
    assert not is_toolchain_artifact(1, axioms, "/- x -/ -- y\nmodule\n\n#print axioms foo")
    assert is_toolchain_artifact(1, axioms, "moduleX")
