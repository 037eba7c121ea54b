/-!
# Expressions and machines
Formulas: their negation normal form, and code with jumps that decides them.
-/

inductive Formula where
  | atom (name : Nat)
  | neg (a : Formula)
  | conj (a b : Formula)
  | disj (a b : Formula)

/-- A decision: look at an atom, and go on in one of two ways. -/
inductive Decision where
  | answer (b : Bool)
  | ask (name : Nat) (yes no : Decision)

namespace Formula

def eval (env : Nat → Bool) : Formula → Bool
  | atom x => env x
  | neg a => !a.eval env
  | conj a b => a.eval env && b.eval env
  | disj a b => a.eval env || b.eval env

/-- Exchanges `∧` and `∨`, and the atoms with their negations. -/
def dual : Formula → Formula
  | atom x => neg (atom x)
  | neg a => neg a.dual
  | conj a b => disj a.dual b.dual
  | disj a b => conj a.dual b.dual

/-- The formula (or, for `false`, its negation) with negations at atoms only. -/
def nnf : Bool → Formula → Formula
  | true, atom x => atom x
  | false, atom x => neg (atom x)
  | b, neg a => a.nnf (!b)
  | true, conj a b => conj (a.nnf true) (b.nnf true)
  | false, conj a b => disj (a.nnf false) (b.nnf false)
  | true, disj a b => disj (a.nnf true) (b.nnf true)
  | false, disj a b => conj (a.nnf false) (b.nnf false)

def decide (env : Nat → Bool) : Decision → Bool
  | .answer b => b
  | .ask x yes no => if env x then decide env yes else decide env no

/-- The decision of a formula, continued in one of two ways. -/
def compile : Formula → Decision → Decision → Decision
  | atom x, yes, no => .ask x yes no
  | neg a, yes, no => a.compile no yes
  | conj a b, yes, no => a.compile (b.compile yes no) no
  | disj a b, yes, no => a.compile yes (b.compile yes no)

-- grade: easy
theorem eval_neg_conj (env : Nat → Bool) (a b : Formula) :
    (neg (conj a b)).eval env = (disj (neg a) (neg b)).eval env := by
  simp [eval]

-- grade: medium
theorem eval_dual (env : Nat → Bool) (a : Formula) : a.dual.eval env = !a.eval env := by
  induction a with
  | atom x => rfl
  | neg a ih => simp [dual, eval, ih]
  | conj a b iha ihb => simp [dual, eval, iha, ihb]
  | disj a b iha ihb => simp [dual, eval, iha, ihb]

-- grade: hard
theorem eval_nnf (env : Nat → Bool) (a : Formula) : (a.nnf true).eval env = a.eval env := by
  have h : ∀ (a : Formula) (b : Bool), (a.nnf b).eval env = if b then a.eval env else !a.eval env := by
    intro a
    induction a with
    | atom x => intro b; cases b <;> rfl
    | neg a ih => intro b; cases b <;> simp [nnf, eval, ih]
    | conj a a' ih ih' => intro b; cases b <;> simp [nnf, eval, ih, ih']
    | disj a a' ih ih' => intro b; cases b <;> simp [nnf, eval, ih, ih']
  exact h a true

/-- Compiled decisions decide as the formula does. -/
-- grade: hard
theorem decide_compile (env : Nat → Bool) (a : Formula) :
    decide env (a.compile (.answer true) (.answer false)) = a.eval env := by
  have h : ∀ (a : Formula) (yes no : Decision),
      decide env (a.compile yes no) = if a.eval env then decide env yes else decide env no := by
    intro a
    induction a with
    | atom x => intro yes no; rfl
    | neg a ih => intro yes no; cases ha : a.eval env <;> simp [compile, eval, ih, ha]
    | conj a b iha ihb => intro yes no; cases ha : a.eval env <;> simp [compile, eval, iha, ihb, ha]
    | disj a b iha ihb => intro yes no; cases ha : a.eval env <;> simp [compile, eval, iha, ihb, ha]
  rw [h]
  cases a.eval env <;> rfl

end Formula
