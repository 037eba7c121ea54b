/-!
# Expressions and machines
A language with conditions: its types, its evaluation, and a machine with an accumulator.
-/

inductive Term where
  | num (n : Nat)
  | tt
  | ff
  | succ (t : Term)
  | isZero (t : Term)
  | cond (c t e : Term)

inductive Ty where
  | nat
  | bool

inductive Value where
  | nat (n : Nat)
  | bool (b : Bool)

namespace Term

inductive HasType : Term → Ty → Prop where
  | num (n : Nat) : HasType (num n) .nat
  | tt : HasType tt .bool
  | ff : HasType ff .bool
  | succ {t : Term} : HasType t .nat → HasType (succ t) .nat
  | isZero {t : Term} : HasType t .nat → HasType (isZero t) .bool
  | cond {c t e : Term} {ty : Ty} : HasType c .bool → HasType t ty → HasType e ty → HasType (cond c t e) ty

/-- The value of a term, where nothing goes wrong on the way. -/
def eval : Term → Option Value
  | num n => some (.nat n)
  | tt => some (.bool true)
  | ff => some (.bool false)
  | succ t =>
    match t.eval with
    | some (.nat n) => some (.nat (n + 1))
    | _ => none
  | isZero t =>
    match t.eval with
    | some (.nat n) => some (.bool (n == 0))
    | _ => none
  | cond c t e =>
    match c.eval with
    | some (.bool true) => t.eval
    | some (.bool false) => e.eval
    | _ => none

/-- The type of a value. -/
def Value.type : Value → Ty
  | .nat _ => .nat
  | .bool _ => .bool

/-- Conditions that are known are decided. -/
def prune : Term → Term
  | num n => num n
  | tt => tt
  | ff => ff
  | succ t => succ t.prune
  | isZero t => isZero t.prune
  | cond c t e =>
    match c.prune with
    | tt => t.prune
    | ff => e.prune
    | c' => cond c' t.prune e.prune

-- grade: easy
theorem eval_isZero_num (n : Nat) : (isZero (num (n + 1))).eval = ff.eval := by
  simp [eval]

-- grade: medium
theorem HasType.unique {t : Term} {a b : Ty} (ha : HasType t a) (hb : HasType t b) : a = b := by
  induction ha with
  | num => cases hb; rfl
  | tt => cases hb; rfl
  | ff => cases hb; rfl
  | succ => cases hb; rfl
  | isZero => cases hb; rfl
  | cond _ _ _ _ iht _ =>
    cases hb with
    | cond _ ht _ => exact iht ht

-- grade: hard
theorem eval_prune (t : Term) : t.prune.eval = t.eval := by
  induction t with
  | num n => rfl
  | tt => rfl
  | ff => rfl
  | succ t ih => simp only [prune, eval, ih]
  | isZero t ih => simp only [prune, eval, ih]
  | cond c t e ihc iht ihe =>
    unfold prune
    rw [eval, ← ihc]
    split
    · next h => rw [h]; exact iht
    · next h => rw [h]; exact ihe
    · rw [eval, iht, ihe]

/-- Terms that have a type do not go wrong, and their values have it as well. -/
-- grade: hard
theorem HasType.sound {t : Term} {ty : Ty} (h : HasType t ty) : ∃ v, t.eval = some v ∧ Value.type v = ty := by
  induction h with
  | num n => exact ⟨.nat n, rfl, rfl⟩
  | tt => exact ⟨.bool true, rfl, rfl⟩
  | ff => exact ⟨.bool false, rfl, rfl⟩
  | succ _ ih =>
    obtain ⟨v, hv, ht⟩ := ih
    cases v with
    | nat n => exact ⟨.nat (n + 1), by simp [eval, hv], rfl⟩
    | bool b => cases ht
  | isZero _ ih =>
    obtain ⟨v, hv, ht⟩ := ih
    cases v with
    | nat n => exact ⟨.bool (n == 0), by simp [eval, hv], rfl⟩
    | bool b => cases ht
  | cond _ _ _ ihc iht ihe =>
    obtain ⟨v, hv, ht⟩ := ihc
    cases v with
    | nat n => cases ht
    | bool b =>
      cases b with
      | true => simpa [eval, hv] using iht
      | false => simpa [eval, hv] using ihe

end Term
