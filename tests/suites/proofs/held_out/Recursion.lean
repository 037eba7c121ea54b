/-!
# Recursive functions
Common divisors by subtraction, merging, and a loop that counts upwards.
-/

/-- The greatest common divisor, by taking away. -/
def common (m n : Nat) : Nat :=
  if m = 0 then n
  else if n = 0 then m
  else if m ≤ n then common m (n - m)
  else common (m - n) n
termination_by m + n

def merge : List Nat → List Nat → List Nat
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => if x ≤ y then x :: merge xs (y :: ys) else y :: merge (x :: xs) ys
termination_by xs ys => xs.length + ys.length

/-- Sums up the numbers below `n`, counting upwards from `i`. -/
def sumFrom (i n acc : Nat) : Nat :=
  if i < n then sumFrom (i + 1) n (acc + i) else acc
termination_by n - i

def triangular : Nat → Nat
  | 0 => 0
  | n + 1 => triangular n + n

-- grade: easy
theorem triangular_six : triangular 6 = 15 := by
  rfl

-- grade: medium
theorem length_merge (xs ys : List Nat) : (merge xs ys).length = xs.length + ys.length := by
  fun_induction merge xs ys <;> grind

-- grade: medium
theorem triangular_lt_square (n : Nat) : triangular (n + 1) < (n + 1) * (n + 1) := by
  induction n with
  | zero => decide
  | succ n ih => grind [triangular]

/-- A loop that counts upwards computes what the recursion downwards does. -/
-- grade: hard
theorem sumFrom_zero (n : Nat) : sumFrom 0 n 0 = triangular n := by
  have h : ∀ k i n acc, n = i + k → sumFrom i n acc + triangular i = acc + triangular n := by
    intro k
    induction k with
    | zero =>
      intro i n acc h
      unfold sumFrom
      rw [if_neg (by omega), h]
      rfl
    | succ k ih =>
      intro i n acc h
      unfold sumFrom
      rw [if_pos (by omega)]
      have := ih (i + 1) n (acc + i) (by omega)
      rw [triangular] at this
      omega
  have := h n 0 n 0 (by omega)
  simpa [triangular] using this

-- grade: hard
theorem common_divides (m n : Nat) : common m n ∣ m ∧ common m n ∣ n := by
  fun_induction common m n with
  | case1 n => exact ⟨Nat.dvd_zero n, Nat.dvd_refl n⟩
  | case2 m h => exact ⟨Nat.dvd_refl m, Nat.dvd_zero m⟩
  | case3 m n h h' hle ih =>
    refine ⟨ih.1, ?_⟩
    have := Nat.dvd_add ih.1 ih.2
    rwa [Nat.add_sub_cancel' hle] at this
  | case4 m n h h' hle ih =>
    refine ⟨?_, ih.2⟩
    have := Nat.dvd_add ih.1 ih.2
    rwa [Nat.sub_add_cancel (by omega)] at this
