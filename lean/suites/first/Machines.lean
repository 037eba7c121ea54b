/-!
# Expressions and machines
Arithmetic with variables: its optimiser, and its compiler for a machine with a stack.
-/

inductive Arith where
  | lit (n : Nat)
  | var (name : Nat)
  | plus (a b : Arith)
  | times (a b : Arith)

inductive Op where
  | push (n : Nat)
  | load (name : Nat)
  | add
  | mul

namespace Arith

def value (env : Nat → Nat) : Arith → Nat
  | lit n => n
  | var x => env x
  | plus a b => a.value env + b.value env
  | times a b => a.value env * b.value env

/-- Adds up the literals that stand next to each other. -/
def fold : Arith → Arith
  | lit n => lit n
  | var x => var x
  | plus a b =>
    match a.fold, b.fold with
    | lit m, lit n => lit (m + n)
    | a', b' => plus a' b'
  | times a b => times a.fold b.fold

/-- Puts an expression in the place of a variable. -/
def subst (x : Nat) (e : Arith) : Arith → Arith
  | lit n => lit n
  | var y => if y = x then e else var y
  | plus a b => plus (subst x e a) (subst x e b)
  | times a b => times (subst x e a) (subst x e b)

def exec (env : Nat → Nat) : Op → List Nat → List Nat
  | .push n, s => n :: s
  | .load x, s => env x :: s
  | .add, n :: m :: s => (m + n) :: s
  | .mul, n :: m :: s => (m * n) :: s
  | _, s => s

def execAll (env : Nat → Nat) : List Op → List Nat → List Nat
  | [], s => s
  | op :: ops, s => execAll env ops (exec env op s)

def code : Arith → List Op
  | lit n => [.push n]
  | var x => [.load x]
  | plus a b => a.code ++ b.code ++ [.add]
  | times a b => a.code ++ b.code ++ [.mul]

-- grade: easy
theorem value_plus_comm (env : Nat → Nat) (a b : Arith) : (plus a b).value env = (plus b a).value env := by
  sorry

-- grade: medium
theorem value_subst (env : Nat → Nat) (x : Nat) (e t : Arith) :
    (subst x e t).value env = t.value fun y => if y = x then e.value env else env y := by
  sorry

-- grade: hard
theorem value_fold (env : Nat → Nat) (e : Arith) : e.fold.value env = e.value env := by
  sorry

/-- Compiled code leaves the value of the expression on an empty stack. -/
-- grade: hard
theorem execAll_code (env : Nat → Nat) (e : Arith) : execAll env e.code [] = [e.value env] := by
  sorry

end Arith
