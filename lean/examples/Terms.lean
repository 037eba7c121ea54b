/-!
# Holes in terms
Here a proof is not a list of tactics but an expression, and the hole is a part of it.
-/

variable {p q r : Prop}

theorem chain (h₁ : p → q) (h₂ : q → r) : p → r :=
  fun hp => sorry

theorem pair_of_pair (h : p ∧ q ∧ r) : r ∧ p :=
  ⟨sorry, sorry⟩

theorem something_larger (n : Nat) : ∃ m, n < m ∧ m < n + 2 :=
  ⟨n + 1, sorry⟩

theorem halves (n : Nat) : n / 2 + (n + 1) / 2 = n :=
  have _two_remainders : n % 2 = 0 ∨ n % 2 = 1 := sorry
  by omega

theorem nonempty_has_head {α : Type} (xs : List α) (h : xs ≠ []) : ∃ a, a ∈ xs :=
  match xs, h with
  | [], h => absurd rfl h
  | a :: as, _ => ⟨a, sorry⟩
