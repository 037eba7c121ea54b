/-!
# Trees
Binary trees with labels, and a small compiler for arithmetic expressions; proofs by structural induction.
-/

inductive Tree (α : Type) where
  | leaf : Tree α
  | node (left : Tree α) (label : α) (right : Tree α) : Tree α

namespace Tree

variable {α : Type}

def mirror : Tree α → Tree α
  | leaf => leaf
  | node l a r => node r.mirror a l.mirror

def size : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size

def depth : Tree α → Nat
  | leaf => 0
  | node l _ r => max l.depth r.depth + 1

/-- The labels from left to right, followed by `rest`. -/
def labels : Tree α → List α → List α
  | leaf, rest => rest
  | node l a r, rest => l.labels (a :: r.labels rest)

theorem mirror_mirror (t : Tree α) : t.mirror.mirror = t := by
  sorry

theorem depth_le_size (t : Tree α) : t.depth ≤ t.size := by
  sorry

theorem length_labels (t : Tree α) (rest : List α) :
    (t.labels rest).length = t.size + rest.length := by
  sorry

end Tree

inductive Expr where
  | num (n : Int)
  | add (a b : Expr)
  | mul (a b : Expr)
  | neg (a : Expr)

namespace Expr

def eval : Expr → Int
  | num n => n
  | add a b => a.eval + b.eval
  | mul a b => a.eval * b.eval
  | neg a => -a.eval

/-- Exchanges the operands everywhere. -/
def swap : Expr → Expr
  | num n => num n
  | add a b => add b.swap a.swap
  | mul a b => mul b.swap a.swap
  | neg a => neg a.swap

/-- The instructions of a machine with a stack. -/
inductive Instr where
  | push (n : Int)
  | plus
  | times
  | minus

def step : Instr → List Int → List Int
  | .push n, s => n :: s
  | .plus, y :: x :: s => (x + y) :: s
  | .times, y :: x :: s => (x * y) :: s
  | .minus, x :: s => -x :: s
  | _, s => s

def run : List Instr → List Int → List Int
  | [], s => s
  | i :: code, s => run code (step i s)

/-- The code for an expression, followed by `rest`. -/
def compile : Expr → List Instr → List Instr
  | num n, rest => .push n :: rest
  | add a b, rest => a.compile (b.compile (.plus :: rest))
  | mul a b, rest => a.compile (b.compile (.times :: rest))
  | neg a, rest => a.compile (.minus :: rest)

theorem eval_swap (e : Expr) : e.swap.eval = e.eval := by
  sorry

/-! ### Harder: these want an idea -/

/-- The compiler is correct. -/
theorem run_compile (e : Expr) : run (e.compile []) [] = [e.eval] := by
  sorry

end Expr

/-- A tree of depth `d` has fewer than `2 ^ d` nodes. -/
theorem Tree.size_lt_two_pow_depth {α : Type} (t : Tree α) : t.size < 2 ^ t.depth := by
  sorry
