/-!
# Lists
The library's lists, and four functions on them that are defined here.
-/

variable {α β γ : Type}

/-- Puts an element at the end. -/
def snoc : List α → α → List α
  | [], a => [a]
  | x :: xs, a => x :: snoc xs a

def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

/-- Reversal, the slow way … -/
def rev : List α → List α
  | [] => []
  | x :: xs => snoc (rev xs) x

/-- … and with an accumulator. -/
def revOnto (acc : List α) : List α → List α
  | [] => acc
  | x :: xs => revOnto (x :: acc) xs

theorem map_twice (f : α → β) (g : β → γ) (xs : List α) :
    (xs.map f).map g = xs.map (g ∘ f) := by
  sorry

theorem snoc_eq_append (xs : List α) (a : α) : snoc xs a = xs ++ [a] := by
  sorry

theorem total_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  sorry

/-! ### Harder: this one wants an idea -/

theorem rev_eq_revOnto (xs : List α) : rev xs = revOnto [] xs := by
  sorry
