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
  sorry

-- grade: medium
theorem HasType.unique {t : Term} {a b : Ty} (ha : HasType t a) (hb : HasType t b) : a = b := by
  sorry

-- grade: hard
theorem eval_prune (t : Term) : t.prune.eval = t.eval := by
  sorry

/-- Terms that have a type do not go wrong, and their values have it as well. -/
-- grade: hard
theorem HasType.sound {t : Term} {ty : Ty} (h : HasType t ty) : ∃ v, t.eval = some v ∧ Value.type v = ty := by
  sorry

end Term
