/-!
# Trees
Search trees of natural numbers.
-/

inductive SearchTree where
  | tip : SearchTree
  | node (left : SearchTree) (key : Nat) (right : SearchTree) : SearchTree

namespace SearchTree

def insert (k : Nat) : SearchTree → SearchTree
  | tip => node tip k tip
  | node l x r => if k < x then node (l.insert k) x r else if x < k then node l x (r.insert k) else node l x r

def contains (k : Nat) : SearchTree → Bool
  | tip => false
  | node l x r => if k < x then l.contains k else if x < k then r.contains k else true

def size : SearchTree → Nat
  | tip => 0
  | node l _ r => l.size + 1 + r.size

/-- Every key has the property. -/
def All (P : Nat → Prop) : SearchTree → Prop
  | tip => True
  | node l x r => All P l ∧ P x ∧ All P r

/-- Smaller keys are on the left, larger ones on the right. -/
def Ordered : SearchTree → Prop
  | tip => True
  | node l x r => Ordered l ∧ All (· < x) l ∧ All (x < ·) r ∧ Ordered r

-- grade: easy
theorem contains_in_single (k : Nat) : (node tip k tip).contains k = true := by
  sorry

-- grade: medium
theorem size_insert_le (k : Nat) (t : SearchTree) : (t.insert k).size ≤ t.size + 1 := by
  sorry

-- grade: medium
theorem contains_insert (k : Nat) (t : SearchTree) : (t.insert k).contains k = true := by
  sorry

-- grade: hard
theorem insert_of_contains (k : Nat) (t : SearchTree) (h : t.contains k = true) : t.insert k = t := by
  sorry

-- grade: hard
theorem ordered_insert (k : Nat) (t : SearchTree) (h : Ordered t) : Ordered (t.insert k) := by
  sorry

end SearchTree
