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
  rfl

-- grade: medium
theorem ends_eq_count_succ (t : BinTree α) : t.ends = t.count + 1 := by
  induction t with
  | empty => rfl
  | fork l a r ihl ihr => grind [ends, count]

-- grade: medium
theorem toList_map (f : α → β) (t : BinTree α) : (t.map f).toList = t.toList.map f := by
  induction t with
  | empty => rfl
  | fork l a r ihl ihr => simp [map, toList, ihl, ihr]

-- grade: hard
theorem collect_nil (t : BinTree α) : t.collect [] = t.toList := by
  have h : ∀ (t : BinTree α) (acc : List α), t.collect acc = t.toList ++ acc := by
    intro t
    induction t with
    | empty => intro acc; rfl
    | fork l a r ihl ihr => intro acc; simp [collect, toList, ihl, ihr]
  simp [h]

-- grade: hard
theorem mem_map_iff (f : α → β) (t : BinTree α) (b : β) : Mem b (t.map f) ↔ ∃ a, Mem a t ∧ f a = b := by
  induction t with
  | empty => simp [map, Mem]
  | fork l c r ihl ihr =>
    simp only [map, Mem, ihl, ihr]
    constructor
    · rintro (⟨a, ha, rfl⟩ | rfl | ⟨a, ha, rfl⟩)
      · exact ⟨a, .inl ha, rfl⟩
      · exact ⟨c, .inr (.inl rfl), rfl⟩
      · exact ⟨a, .inr (.inr ha), rfl⟩
    · rintro ⟨a, h | rfl | h, rfl⟩
      · exact .inl ⟨a, h, rfl⟩
      · exact .inr (.inl rfl)
      · exact .inr (.inr ⟨a, h, rfl⟩)

end BinTree
