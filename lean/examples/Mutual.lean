/-!
# Even and odd
Two predicates and two functions that are defined in terms of each other.
-/

mutual
  inductive Even : Nat → Prop where
    | zero : Even 0
    | succ {n : Nat} : Odd n → Even (n + 1)

  inductive Odd : Nat → Prop where
    | succ {n : Nat} : Even n → Odd (n + 1)
end

mutual
  def isEven : Nat → Bool
    | 0 => true
    | n + 1 => isOdd n

  def isOdd : Nat → Bool
    | 0 => false
    | n + 1 => isEven n
end

theorem four_is_even : Even 4 := by
  sorry

theorem one_is_not_even : ¬Even 1 := by
  sorry

mutual
  theorem Even.mod_two {n : Nat} : Even n → n % 2 = 0
    | .zero => by sorry
    | .succ h => by
      have := Odd.mod_two h
      sorry

  theorem Odd.mod_two {n : Nat} : Odd n → n % 2 = 1
    | .succ h => by
      have := Even.mod_two h
      sorry
end

theorem isOdd_eq_not_isEven (n : Nat) : isOdd n = !isEven n := by
  sorry

theorem even_or_odd (n : Nat) : Even n ∨ Odd n := by
  sorry

/-! ### Harder: this one wants an idea -/

theorem Even.add {m n : Nat} (hm : Even m) (hn : Even n) : Even (m + n) := by
  sorry
