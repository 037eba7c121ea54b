"""Layouts that Lean itself judges: every proof, in the place of every hole, has to be read as it was meant."""

import pytest

from tests.warm import warm_desk
from tools.lean.document import Document
from tools.lean.layout import replace_hole
from tools.lean.server import LeanServer

_PROOFS = (
    "exact ⟨hp, hq⟩",
    "constructor\nexact hp\nexact hq",
    "refine ⟨?_, ?_⟩\n· exact hp\n· exact hq",
    "and_intros <;> assumption",
    "constructor; exact hp; exact hq",
    "cases (Or.inl hp : p ∨ q) with\n| inl h => exact ⟨hp, hq⟩\n| inr h =>\n  exact ⟨hp, hq⟩",
    "cases (Or.inl hp : p ∨ q) with | inl h => exact ⟨hp, hq⟩ | inr h => exact ⟨hp, hq⟩",
    "have ⟨a, b⟩ : p ∧ q := ⟨hp, hq⟩\nexact ⟨a,\n  b⟩",
    "first\n| trivial\n| exact ⟨hp, hq⟩",
    "exact ⟨hp, by\n  assumption⟩",
)

_DECLARATIONS = """
structure S (p q : Prop) : Prop where
  a : p ∧ q
  b : p ∧ q

theorem t1 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by sorry

theorem t2 (p q : Prop) (hp : p) (hq : q) : p ∧ q := sorry

theorem t3 : True := trivial

theorem t4 (p q : Prop)
    (hp : p) (hq : q) : p ∧ q := by sorry

theorem t5 (p q : Prop)
    (hp : p) (hq : q) : p ∧ q :=
  sorry

theorem t6 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor
  · sorry
  · have h : p ∧ q := by sorry
    exact h

theorem t7 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor <;> sorry

theorem t8 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor <;>
    sorry

theorem t9 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor; sorry; sorry

theorem t10 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor
  all_goals sorry

theorem t11 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor
  all_goals
    sorry

theorem t12 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor
  first | sorry | trivial
  (sorry)

theorem t13 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := by
  constructor
  first
  | sorry
  | trivial
  {sorry}

theorem t14 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := ⟨sorry, by sorry⟩

theorem t15 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) :=
  ⟨sorry,
   sorry⟩

theorem t16 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) := And.intro sorry (by sorry)

theorem t17 (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ (p ∧ q) :=
  And.intro
    sorry
    sorry

theorem t18 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : (p ∧ q) := by
  cases h with
  | inl h => sorry
  | inr h =>
    sorry

theorem t19 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : (p ∧ q) := by
  cases h with | inl h => sorry | inr h => sorry

theorem t20 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : (p ∧ q) := by
  cases h
  case inl => sorry
  next => sorry

theorem t21 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : (p ∧ q) := by
  cases h
  · case inl => sorry
  · next h => have : p ∧ q := sorry; exact this

theorem t22 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : (p ∧ q) :=
  match h with
  | .inl h => sorry
  | .inr h => by sorry

theorem t23 (p q : Prop) (hp : p) (hq : q) : (h : p ∨ q) → (p ∧ q)
  | .inl h => sorry
  | .inr h => by sorry

theorem t24 (p q : Prop) (hp : p) (hq : q) : (h : p ∨ q) → (p ∧ q) :=
  fun | .inl h => sorry | .inr h => by sorry

theorem t25 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : (p ∧ q) := by
  match h with
  | .inl h => sorry
  | .inr h => exact sorry

theorem t26 (p q : Prop) (hp : p) (hq : q) [Decidable p] : (p ∧ q) := by
  if h : p then sorry else sorry

theorem t27 (p q : Prop) (hp : p) (hq : q) [Decidable p] : (p ∧ q) := by
  if h : p then
    sorry
  else
    have h2 : p ∧ q := sorry
    exact h2

theorem t28 (p q : Prop) (hp : p) (hq : q) : p ∧ q ↔ p ∧ q := by
  calc p ∧ q ↔ p ∧ q := Iff.intro (fun _ => sorry) (fun _ => by sorry)
       _ ↔ p ∧ q := Iff.intro (fun _ => sorry) (fun _ => by sorry)

theorem t29 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  have h : ∀ n : Nat, p ∧ q
    | 0 => sorry
    | n+1 => by sorry
  exact h 0

theorem t30 (p q : Prop) (hp : p) (hq : q) : p ∧ q :=
  have h : p ∧ q := sorry
  have h2 : p ∧ q := by sorry
  show p ∧ q from sorry

theorem t31 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  suffices h : p ∧ q from sorry
  suffices h : p ∧ q by sorry
  refine (sorry : p ∧ q)

theorem t32 (p q : Prop) (hp : p) (hq : q) : S p q where
  a := sorry
  b := by sorry

theorem t33 (p q : Prop) (hp : p) (hq : q) : S p q :=
  { a := by sorry
    b := sorry }

theorem t34 (p q : Prop) (hp : p) (hq : q) : S p q := {
  a := by sorry
  b := sorry }

theorem t35 (p q : Prop) (hp : p) (hq : q) : S p q := { a := by sorry, b := sorry }

theorem t36 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  iterate 1 sorry

theorem t37 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  try sorry

theorem t38 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  set_option maxRecDepth 1000 in sorry

theorem t39 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  open Classical in
  sorry

theorem t40 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
sorry

theorem t41 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry <;> sorry

theorem t42 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  . sorry

theorem t43 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  .sorry

theorem t44 (p q : Prop) (hp : p) (hq : q) : p ∧ q := aux
where aux : p ∧ q := by sorry

theorem t45 (p q : Prop) (hp : p) (hq : q) : p ∧ q := id <| sorry

theorem t46 (p q : Prop) (hp : p) (hq : q) : q ∧ p := id (α := p ∧ q) sorry |>.symm

theorem t47 (p q : Prop) (hp : p) (hq : q) : p := (sorry : p ∧ q).1

theorem t48 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  rcases hp with hp
  show p ∧ q
  · · sorry

theorem t49 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by simpa using (by sorry : p ∧ q)

theorem t50 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  exact id
    sorry

theorem t51 (p q : Prop) (hp : p) (hq : q) : ∃ n : Nat, p ∧ q := by
  refine ⟨0, ?_⟩; sorry

theorem t52 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  obtain ⟨h, h'⟩ : p ∧ q := sorry
  exact ⟨h, h'⟩

theorem t53 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  obtain ⟨h, h'⟩ : p ∧ q := by sorry
  exact ⟨h, h'⟩

theorem t54 (p q : Prop) (hp : p) (hq : q) : p ∧ q := open Classical in sorry

theorem t55 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by exact (by sorry)

theorem t56 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  have : p ∧ p ∧ q := And.intro hp <| by sorry
  exact this.2

theorem t57 (p q : Prop) (hp : p) (hq : q) (h : p ∨ q) : p ∧ q := by
  rcases h with h | h
  case inl | inr => sorry

theorem t58 (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  let rec f : Nat → p ∧ q
    | 0 => sorry
    | n+1 => by sorry
  exact f 0

theorem t59 (p q : Prop) (hp : p) (hq : q) : True → p ∧ q := by
  intro
  | True.intro => sorry

theorem t60 (p q : Prop) (hp : p) (hq : q) (n : Nat) : p ∧ q := by
  induction n with
  | zero => sorry
  | succ n ih => exact (fun h => sorry) ih
"""


def _filled(proof: str, *, as_term: bool) -> str:
    """The declarations with the proof in all their holes, which are filled from the first to the last of each."""
    filled: list[str] = []
    for text in _DECLARATIONS.split("\n\n"):
        while holes := (document := Document.parse(text)).holes:
            text = replace_hole(document, holes[0], proof, as_term=as_term).text
        filled.append(text)
    return "\n\n".join(filled)


_RUNS = [(proof, as_term) for proof in _PROOFS for as_term in (True, False) if as_term or proof.startswith("exact")]


@pytest.mark.lean
@pytest.mark.parametrize(("proof", "as_term"), _RUNS)
async def test_lean_reads_the_layout_as_meant(lean: LeanServer, proof: str, as_term: bool) -> None:
    text = _filled(proof, as_term=as_term)
    async with warm_desk(lean) as desk:
        elaboration = await (await desk.opened(text)).elaborate(text, timeout=120)
    # Where one `sorry` closed all goals, the tactics after it find none.
    wrong = [message for message in elaboration.errors if "no goals" not in message.text.lower()]
    assert not wrong, text
    assert "sorry" not in text
