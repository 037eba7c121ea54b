/-!
# Natural numbers
Division, parity, and two sums.
-/

/-- `1 + 3 + … + (2 n - 1)` -/
def sumOfOdds : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfOdds n + (2 * n + 1)

/-- `0² + 1² + … + n²` -/
def sumOfSquares : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfSquares n + (n + 1) * (n + 1)

-- grade: easy
theorem half_of_double (n : Nat) : (2 * n + 1) / 2 = n := by
  simpa using Nat.mul_add_div (m := 2) (by decide) n 1

-- grade: easy
theorem one_of_two_is_odd (n : Nat) : n % 2 + (n + 1) % 2 = 1 := by
  rcases Nat.mod_two_eq_zero_or_one n with h | h <;> simp [Nat.add_mod, h]

-- grade: medium
theorem sumOfOdds_eq_square (n : Nat) : sumOfOdds n = n * n := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sumOfOdds]

-- grade: medium
theorem six_sumOfSquares (n : Nat) : 6 * sumOfSquares n = n * (n + 1) * (2 * n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sumOfSquares]

/-- The square root of two is not a fraction. -/
-- grade: hard
theorem no_root_of_two (m n : Nat) (h : m * m = 2 * (n * n)) : n = 0 := by
  induction n using Nat.strongRecOn generalizing m with
  | _ n ih =>
    by_cases hn : n = 0
    · exact hn
    have even : ∀ k l : Nat, k * k = 2 * l → ∃ j, k = 2 * j := by
      intro k l hk
      refine ⟨k / 2, ?_⟩
      rcases Nat.mod_two_eq_zero_or_one k with h0 | h1
      · omega
      · have : (k * k) % 2 = 1 := by rw [Nat.mul_mod, h1]
        omega
    obtain ⟨a, rfl⟩ := even m _ h
    have h' : n * n = 2 * (a * a) := by grind
    obtain ⟨b, rfl⟩ := even n _ h'
    have := ih b (by omega) a (by grind)
    omega
