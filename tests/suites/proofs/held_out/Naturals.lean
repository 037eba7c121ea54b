/-!
# Natural numbers
Bounds, powers, and two sums.
-/

/-- `0 * 1 + 1 * 2 + … + n * (n + 1)` -/
def sumOfProducts : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfProducts n + (n + 1) * (n + 2)

def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

/-- `0 * 0! + 1 * 1! + … + n * n!` -/
def sumOfFactorials : Nat → Nat
  | 0 => 0
  | n + 1 => sumOfFactorials n + (n + 1) * factorial (n + 1)

-- grade: easy
theorem thirds_in_order (n : Nat) : n / 3 ≤ n / 2 := by
  exact Nat.div_le_div_left (by decide) (by decide)

-- grade: easy
theorem clock_addition (n : Nat) (h : n % 12 = 7) : (n + 8) % 12 = 3 := by
  rw [Nat.add_mod, h]

-- grade: medium
theorem three_sumOfProducts (n : Nat) : 3 * sumOfProducts n = n * (n + 1) * (n + 2) := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sumOfProducts]

-- grade: medium
theorem sumOfFactorials_succ (n : Nat) : sumOfFactorials n + 1 = factorial (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih => grind [sumOfFactorials, factorial]

/-- Every number from 2 on has a prime divisor. -/
-- grade: hard
theorem has_prime_divisor (n : Nat) (h : 2 ≤ n) : ∃ p, 2 ≤ p ∧ p ∣ n ∧ ∀ d, 2 ≤ d → d ∣ p → d = p := by
  induction n using Nat.strongRecOn with
  | _ n ih =>
    by_cases hd : ∃ d, 2 ≤ d ∧ d ∣ n ∧ d ≠ n
    · obtain ⟨d, h2, hdn, hne⟩ := hd
      have hlt : d < n := Nat.lt_of_le_of_ne (Nat.le_of_dvd (by omega) hdn) hne
      obtain ⟨p, hp, hpd, hmin⟩ := ih d hlt h2
      exact ⟨p, hp, Nat.dvd_trans hpd hdn, hmin⟩
    · refine ⟨n, h, Nat.dvd_refl n, fun d h2 hdn => ?_⟩
      exact Classical.byContradiction fun hne => hd ⟨d, h2, hdn, hne⟩
