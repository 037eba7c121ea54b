module
prelude
public section
universe u
/-- What is always so. -/
inductive Always : Prop where
  | intro
/-- Sameness: *one* thing under two names. -/
inductive Same {α : Sort u} (a : α) : α → Prop where
  | refl : Same a a
/-- Read from right to left. -/
theorem Same.symm {α : Sort u} {a b : α} (h : Same a b) : Same b a := Same.rec .refl h
axiom same_always (p : Prop) (h : p) : Same p Always
private theorem hidden : Always := .intro
