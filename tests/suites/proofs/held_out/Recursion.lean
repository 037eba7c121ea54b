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
  have h : ∀ k i acc, sumFrom i (i + k) acc + triangular i = acc + triangular (i + k) := by
    intro k
    induction k with
    | zero =>
      intro i acc
      rw [Nat.add_zero, sumFrom, if_neg (Nat.lt_irrefl _)]
    | succ k ih =>
      intro i acc
      rw [sumFrom, if_pos (Nat.lt_add_of_pos_right (Nat.succ_pos k))]
      have := ih (i + 1) (acc + i)
      rw [Nat.add_right_comm i 1 k, Nat.add_assoc i k 1, triangular] at this
      omega
  simpa [triangular] using h n 0 0

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
    rwa [Nat.sub_add_cancel (Nat.le_of_not_le hle)] at this
