"""Commands that a model wrote: what declares and prints may pass, what runs may not."""

import pytest

from tools.lean.command_screening import screen_commands

HONEST = [
    "theorem t (p : Prop) (hp : p) : p := by\n  sorry",
    "import Mathlib\nopen Nat in\n/-- Says so. -/\n@[simp] lemma foo : 1 = 1 := rfl",
    "def f : Nat → Nat\n  | 0 => 1\n  | n + 1 => f n\ntermination_by n => n",
    "structure P where\n  x : Nat\n  deriving Repr, DecidableEq",
    "inductive T | leaf | node (l r : T)\nnamespace T\nvariable (t : T)\nend T",
    "#check Nat.add_comm\n#print axioms Nat.add_comm\n#reduce 1 + 1",
    "instance : Inhabited Nat := ⟨0⟩",
    "mutual\ndef a : Nat := 1\ndef b : Nat := 2\nend",
    "set_option autoImplicit false\nset_option pp.all true in\n#check Nat",
    "attribute [local simp] Nat.add_comm",
    "@[simp, grind =] theorem t : 1 = 1 := by rfl",
    "theorem t : 1 = 1 := by rfl -- done",
    "-- only a comment",
    "universe u\nsection\nvariable {α : Type u} [Inhabited α]\nend",
    "theorem t : ∀ n : Nat, n = n := by\n  intro n\n  simp (config := { contextual := true })",
]
DISHONEST = [
    ("#eval IO.println 1", "#eval"),
    ("#eval! 1", "#eval!"),
    ("run_cmd pure ()", "run_cmd"),
    ("theorem t : 1 = 1 := by run_tac pure ()", "run_tac"),
    ('macro "x" : term => `(1)', "macro"),
    ('notation "x" => 1', "notation"),
    ('elab "x" : tactic => pure ()', "elab"),
    ('syntax "x" : term', "syntax"),
    ("initialize IO.println 1", "initialize"),
    ("axiom a : False", "axiom"),
    ("opaque x : Nat", "opaque"),
    ('@[extern "f"] def f : Nat := 1', "extern"),
    ("@[implemented_by g] def f : Nat := 1", "implemented_by"),
    ("@[simproc] def f : Nat := 1", "simproc"),
    ("@[simp, command_elab foo] def f : Nat := 1", "command_elab"),
    ("attribute [init] f", "init"),
    ("open Lean Elab\ndef f : Nat := 1", "Lean"),
    ("def f : Lean.Elab.Term.TermElabM Nat := pure 1", "Lean.Elab"),
    ("theorem t : 1 = 1 := by native_decide", "native_decide"),
    ("unsafe def f : Nat := 1", "unsafe"),
    ("set_option debug.skipKernelTC true", "debug"),
    ("set_option compiler.extract_closed false", "compiler"),
    ("theorem t : 1 = 1 := rfl\nimport Mathlib", "import"),
    ("prelude\ndef x := 1", "prelude"),
    ("#exit", "#exit"),
    ("#guard_msgs in\n#check 1", "#guard_msgs"),
    ("theorem t : 1 = 1 := by simp (config := evil)", "evil"),
    ("def x := by_elab pure ()", "by_elab"),
    ("/- never ends\ndef x := 1", "never ends"),
]


@pytest.mark.parametrize("text", HONEST)
def test_declarations_pass(text: str) -> None:
    assert screen_commands(text) == []


@pytest.mark.parametrize(("text", "word"), DISHONEST)
def test_what_runs_is_refused(text: str, word: str) -> None:
    assert any(word in violation.message or word in violation.text for violation in screen_commands(text))
