/-!
# Trees
Trees with labels at the nodes, and paths into them.
-/

inductive BinTree (α : Type) where
  | empty : BinTree α
  | fork (left : BinTree α) (label : α) (right : BinTree α) : BinTree α

namespace BinTree

variable {α β : Type}

def count : BinTree α → Nat
  | empty => 0
  | fork l _ r => l.count + r.count + 1

/-- The number of empty trees at the bottom. -/
def ends : BinTree α → Nat
  | empty => 1
  | fork l _ r => l.ends + r.ends

def map (f : α → β) : BinTree α → BinTree β
  | empty => empty
  | fork l a r => fork (l.map f) (f a) (r.map f)

/-- The labels from left to right. -/
def toList : BinTree α → List α
  | empty => []
  | fork l a r => l.toList ++ a :: r.toList

/-- The labels from left to right, put before the accumulated ones. -/
def collect : BinTree α → List α → List α
  | empty, acc => acc
  | fork l a r, acc => l.collect (a :: r.collect acc)

def Mem (a : α) : BinTree α → Prop
  | empty => False
  | fork l b r => Mem a l ∨ a = b ∨ Mem a r

-- grade: easy
theorem map_single (f : α → β) (a : α) : (fork empty a empty).map f = fork empty (f a) empty := by
  sorry

-- grade: medium
theorem ends_eq_count_succ (t : BinTree α) : t.ends = t.count + 1 := by
  sorry

-- grade: medium
theorem toList_map (f : α → β) (t : BinTree α) : (t.map f).toList = t.toList.map f := by
  sorry

-- grade: hard
theorem collect_nil (t : BinTree α) : t.collect [] = t.toList := by
  sorry

-- grade: hard
theorem mem_map_iff (f : α → β) (t : BinTree α) (b : β) : Mem b (t.map f) ↔ ∃ a, Mem a t ∧ f a = b := by
  sorry

end BinTree
