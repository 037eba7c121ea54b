/-!
# Trees
Trees with labels at the leaves.
-/

inductive LeafTree (α : Type) where
  | leaf (label : α) : LeafTree α
  | join (left right : LeafTree α) : LeafTree α

namespace LeafTree

variable {α β γ : Type}

def map (f : α → β) : LeafTree α → LeafTree β
  | leaf a => leaf (f a)
  | join l r => join (l.map f) (r.map f)

/-- A tree in place of each label. -/
def graft (f : α → LeafTree β) : LeafTree α → LeafTree β
  | leaf a => f a
  | join l r => join (l.graft f) (r.graft f)

def flip : LeafTree α → LeafTree α
  | leaf a => leaf a
  | join l r => join r.flip l.flip

/-- The labels from left to right. -/
def fringe : LeafTree α → List α
  | leaf a => [a]
  | join l r => l.fringe ++ r.fringe

def height : LeafTree α → Nat
  | leaf _ => 0
  | join l r => max l.height r.height + 1

def sum : LeafTree Nat → Nat
  | leaf n => n
  | join l r => l.sum + r.sum

/-- The sum of the labels and `acc`, in one pass. -/
def sumOnto : LeafTree Nat → Nat → Nat
  | leaf n, acc => n + acc
  | join l r, acc => l.sumOnto (r.sumOnto acc)

-- grade: easy
theorem graft_leaf (f : α → LeafTree β) (a b : α) : (join (leaf a) (leaf b)).graft f = join (f a) (f b) := by
  sorry

-- grade: medium
theorem graft_graft (f : α → LeafTree β) (g : β → LeafTree γ) (t : LeafTree α) :
    (t.graft f).graft g = t.graft fun a => (f a).graft g := by
  sorry

-- grade: medium
theorem fringe_flip (t : LeafTree α) : t.flip.fringe = t.fringe.reverse := by
  sorry

-- grade: hard
theorem sumOnto_zero (t : LeafTree Nat) : t.sumOnto 0 = t.sum := by
  sorry

/-- A tree with many labels is high. -/
-- grade: hard
theorem length_fringe_le (t : LeafTree α) : t.fringe.length ≤ 2 ^ t.height := by
  sorry

end LeafTree
