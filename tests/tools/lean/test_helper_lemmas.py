"""Helper lemmas read from a model's text, named afresh, and put above a theorem; without Lean."""

from dataclasses import replace

import pytest

from tools.lean.document import Document
from tools.lean.helper_lemmas import MAX_LEMMAS, LemmaProof, read_lemmas
from tools.lean.insertion import Insertion, no_place
from tools.lean.layout import replace_hole

FILE = """\
import Init

namespace N

def step := 1

-- qed: hint think
/-- The theorem. -/
@[simp] theorem main (n : Nat) : n < n * n + 2 := by
  sorry -- still open

example : 1 = 1 := by sorry
end N
"""
DOCUMENT = Document.parse(FILE)
MAIN = DOCUMENT.declarations[1]
ANSWER = """
  /-- Said to nobody. -/
  private lemma step (n : Nat) : -- a remark
      n ≤ n * n + 1 := by
    induction n with
    | zero => simp
    | succ n ih => omega

  theorem N.more.{u} {α : Type u} (x : α) (step_more : 1 = 1) : x = x := sorry

  theorem main (n : Nat) : n < n * n + 2 := by
    have := step n; have h := (N.more n rfl).symm; have := @step.le
    omega
"""


def proof(answer: str = ANSWER, theorem: str = "N.main") -> LemmaProof:
    read = read_lemmas(answer, theorem)
    assert isinstance(read, LemmaProof), read
    return read


def test_what_is_read() -> None:
    step, more = proof().lemmas
    assert (step.name, more.name) == ("step", "N.more")
    assert step.statement == "private theorem step (n : Nat) : -- a remark\n    n ≤ n * n + 1"
    assert step.proof == "induction n with\n| zero => simp\n| succ n ih => omega"
    assert more.proof is None and more.signature == ".{u} {α : Type u} (x : α) (step_more : 1 = 1) : x = x"
    assert proof().proof.endswith("have := @step.le\nomega")


def test_names_are_free_in_the_file_and_the_same_everywhere() -> None:
    made = proof().for_theorem(DOCUMENT, MAIN)
    assert [lemma.name for lemma in made.lemmas] == ["main_step", "main_more"]
    assert "have := main_step n; have h := (main_more n rfl).symm; have := @main_step.le" in made.proof
    assert "(step_more : 1 = 1)" in made.lemmas[1].signature
    taken = Document.parse(FILE.replace("def step", "def main_step_2 := 1\ndef main_step"))
    again = made.for_theorem(taken, taken.declarations[2])
    assert [lemma.name for lemma in again.lemmas] == ["main_step_3", "main_more"]
    assert "main_step_3 n" in again.proof and "@main_step_3.le" in again.proof


@pytest.mark.parametrize(
    ("theorem", "name"),
    [
        ("theorem A.main : True := by sorry", "A.main_step"),
        ("theorem _root_.main : True := by sorry", "_root_.main_step"),
        ("theorem «an odd one» : True := by sorry", "helper_step"),
        ("private theorem main : True := by sorry", "main_step"),
    ],
)
def test_names_stand_where_the_theorem_stands(theorem: str, name: str) -> None:
    document = Document.parse(theorem)
    (declaration,) = document.declarations
    written = f"theorem step : True := sorry\n{theorem.replace('by sorry', 'step').removeprefix('private ')}"
    code = written.replace("«an odd one»", "main")
    made = proof(code, declaration.name if "odd" not in theorem else "main").for_theorem(document, declaration)
    assert made.lemmas[0].name == name and made.proof == f"exact {name}"
    assert not Insertion.above(document, declaration, made.lemmas).problems()


def test_what_is_needed() -> None:
    code = """
theorem a : 1 = 1 := rfl
theorem b (h : a = a) : 1 = 1 := rfl
theorem c : 1 = 1 := b rfl
theorem d : 2 = 2 := c
theorem main : 1 = 1 := (c)
"""
    assert [lemma.name for lemma in proof(code).needed().lemmas] == ["a", "b", "c"]
    assert proof(code).mentioned_in("a.b -- c\n«d» .c") == {"a", "d"}


def test_what_a_model_is_told_can_be_read_again() -> None:
    made = proof().for_theorem(DOCUMENT, MAIN)
    told = made.told("theorem main (n : Nat) : n < n * n + 2")
    again = proof(told)
    assert again == made
    assert told.split("\n")[-2:] == [f"  {line}" for line in made.proof.split("\n")]


LAST = "\ntheorem main : True := by trivial"
STEP = "theorem step : True := by sorry"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is nothing"),
        ("import Init\n" + STEP + LAST, "must begin with `theorem`"),
        ("Here they are.\n" + STEP + LAST, "`Here` begins something else"),
        (STEP, "the last theorem must be `main` itself"),
        (LAST + "\n" + STEP, "the last theorem must be `main` itself"),
        (LAST + LAST, "a name of its own"),
        (STEP + "\n" + STEP + LAST, "a name of its own"),
        ("theorem : True := by trivial" + LAST, "must have a name"),
        ("theorem step := by trivial" + LAST, "there is no statement"),
        ("theorem step : True" + LAST, "must be given by `:= by …`"),
        ("theorem step : Nat → True\n  | _ => trivial" + LAST, "must be given by `:= by …`"),
        ("theorem step : True where" + LAST, "must be given by `:= by …`"),
        ("theorem «a step» : True := sorry" + LAST, "is no plain name"),
        ("theorem «step» : True := sorry" + LAST, ""),
        (STEP + "\ntheorem main : True := by\n  have := step\n  sorry", "must be proved from the lemmas"),
        ("".join(f"theorem s{n} : True := sorry\n" for n in range(MAX_LEMMAS + 1)) + LAST, "more than 8 lemmas"),
        ("@[simp] " + STEP + LAST, "`@[` before a theorem"),
        ("protected " + STEP + LAST, "`protected` before a theorem"),
        ("noncomputable " + STEP + LAST, "`noncomputable` before a theorem"),
        ("unsafe " + STEP + LAST, "`unsafe` before a theorem"),
        ("open Nat in " + STEP + LAST, "`open` before a theorem"),
        ("set_option maxRecDepth 5 in " + STEP + LAST, "`set_option` before a theorem"),
        ("mutual\n" + STEP + "\nend" + LAST, "`mutual` begins something else"),
        ("axiom no : False" + LAST, "`axiom` begins something else"),
        ("opaque no : False" + LAST, "`opaque` begins something else"),
        ("def no := 1" + LAST, "`def` begins something else"),
        ("instance : Inhabited Nat := ⟨0⟩" + LAST, "`instance` begins something else"),
        ("attribute [simp] Nat.add_comm\n" + STEP + LAST, "`attribute` begins something else"),
        (STEP + "\nend N" + LAST, "`end` begins something else"),
        (STEP + "\n#eval 1" + LAST, "`#eval` begins something else"),
        (STEP + "\n/-! A title. -/" + LAST, "`/-! A title. -/` begins something else"),
        (STEP + '\nmacro "no" : tactic => `(tactic| skip)' + LAST, "`macro` begins something else"),
        (STEP + "\ninitialize pure ()" + LAST, "`initialize` begins something else"),
        ("theorem step (h : sorry) : True := sorry" + LAST, "step: `sorry` leaves the goal"),
        ("theorem step : (by exact sorryAx _) := sorry" + LAST, "step: `sorryAx`"),
        ("theorem step (h : True := by run_tac pure ()) : True := sorry" + LAST, "step: `run_tac` runs code"),
        ("theorem step : eval% True := sorry" + LAST, "step: `eval` runs code"),
        ("theorem step : True) (h : True := sorry" + LAST, "step: `)` closes what is not open"),
        ("theorem step (h : True := trivial : True := sorry" + LAST, "must be given by"),
        ("theorem step : \u202eTrue := sorry" + LAST, "cannot be seen"),
        ("theorem step : (fun _ => True) /- no end := sorry" + LAST, "must be given by"),
        ("theorem step : Lean.Meta.run = 1 := sorry" + LAST, "metaprogramming"),
        ("theorem step : True := by native_decide" + LAST, "step: `native_decide`"),
        ("theorem step : True := by decide +native" + LAST, "step: `native`"),
        ("theorem step : True := foo where foo := trivial" + LAST, "step: `where` belongs to a command"),
        ("theorem step : True := trivial\ntermination_by 1" + LAST, "step: `termination_by` belongs to a command"),
        (STEP + "\ntheorem main : True := by\n  exact implemented_by", "main: `implemented_by`"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    read = read_lemmas(text, "N.main")
    if why:
        assert isinstance(read, str) and why in read, read
    else:
        assert isinstance(read, LemmaProof)


def test_strict_screening_is_stricter() -> None:
    (lemma,) = proof('theorem step : s!"{1}" = s!"1" := rfl' + LAST).lemmas
    assert not lemma.refusals(strict=False) and lemma.refusals(strict=True)


def test_where_they_are_put() -> None:
    made = proof().for_theorem(DOCUMENT, MAIN)
    insertion = Insertion.above(DOCUMENT, MAIN, made.lemmas)
    assert not insertion.problems()
    before, after = FILE.split("-- qed: hint")
    assert insertion.after.text == f"{before}{insertion.text}-- qed: hint{after}"
    assert insertion.text == (
        "private theorem main_step (n : Nat) : -- a remark\n    n ≤ n * n + 1 := by\n  sorry\n\n"
        "private theorem main_more.{u} {α : Type u} (x : α) (step_more : 1 = 1) : x = x := by\n  sorry\n\n"
    )
    assert [hole.declaration for hole in insertion.holes] == ["N.main_step", "N.main_more"]
    assert [insertion.moved_index(index) for index in (-1, 0, 1, 2)] == [-1, 0, 3, 4]
    for hole in DOCUMENT.holes:
        moved = insertion.moved(hole)
        assert moved in insertion.after.holes or moved.declaration.startswith("example@")
        filled = replace_hole(insertion.after, moved, "have := 1\nrfl").text
        assert filled.replace(insertion.text, "") == replace_hole(DOCUMENT, hole, "have := 1\nrfl").text


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("theorem t : True := by sorry", ""),
        ("-- about t\ntheorem t : True := sorry", ""),
        ("-- about x\n\n-- about\n/- t -/\ntheorem t : True := sorry", "-- about x\n\n"),
        ("def x := 1 -- about x\ntheorem t : True := sorry", "def x := 1 -- about x\n"),
        ("section\n  -- about t\n  theorem t : True := by\n    sorry\nend", "section\n"),
        ("open Nat in\n@[simp]\ntheorem t : True := sorry", ""),
        ("/-! A title. -/\n/-- t -/ theorem t : True := sorry", "/-! A title. -/\n"),
    ],
)
def test_comments_stay_with_the_theorem(text: str, before: str) -> None:
    for given in (text, text.replace("\n", "\r\n")):
        document = Document.parse(given)
        declaration = document.declarations[-1]
        lemmas = proof(STEP + "\ntheorem t : True := step", "t").for_theorem(document, declaration).lemmas
        insertion = Insertion.above(document, declaration, lemmas)
        assert given[: insertion.at].replace("\r", "") == before and not insertion.problems()
        assert ("\r" in insertion.text) == ("\r" in given)
        assert insertion.after.text.replace(insertion.text, "") == given
        column = 2 if "section" in text else 0
        assert insertion.text.startswith(f"{' ' * column}private theorem t_step : True := by")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("theorem t : True := by sorry", ""),
        ("theorem t : True := sorry -- really", ""),
        ("lemma t : True := by\n  sorry", ""),
        ("theorem t : True := by\n  skip\n  sorry", "all of a proof"),
        ("theorem t : True ∧ True := ⟨sorry, trivial⟩", "all of a proof"),
        ("theorem t : (sorry : Prop) := trivial", "all of a proof"),
        ("example : True := by sorry", "for theorems"),
        ("def t : Nat := sorry", "for theorems"),
        ("instance : Inhabited Nat := sorry", "for theorems"),
        ("mutual\ntheorem t : True := by sorry\nend", "mutual"),
        ("section theorem t : True := by sorry\nend", "middle of a line"),
    ],
)
def test_where_there_is_no_place(text: str, why: str) -> None:
    document = Document.parse(text)
    said = no_place(document, document.holes[0])
    assert (why in said) if why else said == ""


def test_names_that_came_into_the_file_meanwhile() -> None:
    made = proof().for_theorem(DOCUMENT, MAIN)
    now = Document.parse(FILE.replace("def step", "def main_more := 2\ndef step"))
    problems = Insertion.above(now, now.declarations[2], made.lemmas).problems()
    assert problems == ["the name main_more is there already"]


def test_lemmas_that_are_something_else() -> None:
    lemma = proof().for_theorem(DOCUMENT, MAIN).lemmas[0]
    for signature, why in {
        " : True := by trivial\n\ntheorem second : True": "cannot be found again",
        " : True := by sorry\n\ntheorem second : 1 = 1": "something else than theorems",
        " : True := by sorry\n#eval 1 --": "something else than theorems",
        " : True := by sorry\nend N\nnamespace N --": "something else than theorems",
    }.items():
        (problem,) = Insertion.above(DOCUMENT, MAIN, (replace(lemma, signature=signature),)).problems()
        assert why in problem
