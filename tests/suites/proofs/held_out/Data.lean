/-!
# Small data
Options, pairs, Booleans and bounded numbers.
-/

variable {α β γ : Type}

/-- The value, if it passes the test. -/
def keepIf (p : α → Bool) : Option α → Option α
  | some a => if p a then some a else none
  | none => none

-- grade: easy
theorem first_of_mapped (p : α × β) (f : α → γ) : (Prod.map f id p).1 = f p.1 := by
  rfl

-- grade: easy
theorem bool_consensus (a b c : Bool) :
    ((a && b) || (!a && c) || (b && c)) = ((a && b) || (!a && c)) := by
  grind

-- grade: easy
theorem fin_three_cases (i : Fin 3) : i = 0 ∨ i = 1 ∨ i = 2 := by
  revert i
  decide

-- grade: medium
theorem keepIf_twice (p q : α → Bool) (o : Option α) :
    keepIf p (keepIf q o) = keepIf (fun a => q a && p a) o := by
  cases o with
  | none => rfl
  | some a => cases h : q a <;> simp [keepIf, h]

/-- A function on the Booleans that is undone by itself is the identity or the negation. -/
-- grade: hard
theorem bool_involutions (f : Bool → Bool) (h : ∀ b, f (f b) = b) : f = id ∨ f = not := by
  cases ht : f true with
  | true =>
    left
    funext b
    cases b with
    | true => exact ht
    | false =>
      cases hf : f false with
      | false => rfl
      | true => have := h false; simp [hf, ht] at this
  | false =>
    right
    funext b
    cases b with
    | true => exact ht
    | false =>
      have := h true
      rw [ht] at this
      exact this
