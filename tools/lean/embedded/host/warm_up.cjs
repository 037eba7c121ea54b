'use strict';
// What runs before V8's code is kept: what people and searches do, so that it is the code that they need.

// A file as people have them: some of everything, some of it wrong.
const FILE = `/-! Some of everything. -/
namespace WarmUp
open Nat (succ_le_of_lt)
universe u
variable {α : Type u} (p q r : Prop)

inductive Tree (α : Type u) where
  | leaf
  | node (left : Tree α) (value : α) (right : Tree α)
  deriving Repr

namespace Tree
def size : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size
def mirror : Tree α → Tree α
  | leaf => leaf
  | node l v r => node r.mirror v l.mirror
theorem size_mirror (t : Tree α) : t.mirror.size = t.size := by
  induction t with
  | leaf => rfl
  | node l v r ihl ihr => simp [mirror, size, ihl, ihr]; omega
@[simp] theorem mirror_mirror (t : Tree α) : t.mirror.mirror = t := by
  induction t <;> simp_all [mirror]
end Tree

structure Point where
  x : Int
  y : Int := 0
  deriving DecidableEq
instance : Add Point := ⟨fun a b => ⟨a.x + b.x, a.y + b.y⟩⟩
class Grp (G : Type u) extends Mul G where
  one : G
  inv : G → G
  assoc : ∀ a b c : G, a * b * c = a * (b * c)
  one_mul : ∀ a : G, one * a = a
  inv_mul : ∀ a : G, inv a * a = one
def IsEven (n : Nat) : Prop := ∃ k, n = 2 * k
def gcd' (a b : Nat) : Nat := if h : b = 0 then a else gcd' b (a % b)
termination_by b
decreasing_by exact Nat.mod_lt _ (Nat.pos_of_ne_zero h)
notation:50 a " ≼ " b:50 => a ∣ b
macro "easy" : tactic => \`(tactic| first | rfl | omega)

theorem a1 (x y : Int) (h : 2 * x + 1 = 2 * y) : False := by omega
theorem a2 (xs ys : List α) : (xs ++ ys).length = ys.length + xs.length := by simp [Nat.add_comm]
theorem a3 (h : p → q) (h' : q → r) : p → r := by grind
theorem a4 (a b c : Nat) : a + b + c = a + (b + c) := by exact?
theorem a5 : 2 ^ 10 = 1024 ∧ 17 % 5 = 2 := by decide
theorem a6 (h : ∃ n, IsEven n ∧ n > 2) : ∃ n, n > 2 := by
  obtain ⟨n, _, h⟩ := h
  exact ⟨n, h⟩
theorem a7 (n : Nat) (h : n ∣ 6) : n ≤ 6 := Nat.le_of_dvd (by easy) h
theorem a8 (a b c : Nat) (h : a ≤ b) : a * c ≤ b * c := calc
  a * c ≤ b * c := Nat.mul_le_mul_right c h
theorem a9 (f : Nat → Nat) (h : ∀ x, f x = x) : f 2 = 2 := by rw [h]
theorem a10 (a b : Nat) : (if a = b then a else b) = b := by split <;> simp_all
theorem a11 : ∀ a b : Bool, (a && b) = (b && a) := by decide
theorem a12 (xs : List Nat) (h : xs ≠ []) : 0 < xs.length := by
  cases xs with
  | nil => contradiction
  | cons x xs => exact Nat.succ_pos _
theorem a13 (a b : Nat) (h : a = b) (g : b = 3) : a = 3 := by
  subst h
  assumption
theorem a14 (f g : Nat → Nat) (h : ∀ x, f x = g x) : f = g := by
  funext x
  exact h x
theorem a15 (x y : Nat) : x + y + 0 = y + x := by
  conv => lhs; rw [Nat.add_zero]
  ac_rfl
theorem a16 (h : p ∨ q) : q ∨ p := by
  rcases h with h | h
  · exact Or.inr h
  · left; exact h
theorem a17 : ¬ (p ∧ ¬ p) := fun ⟨h, g⟩ => g h
theorem a18 (x : BitVec 8) : x &&& x = x := by simp
theorem a19 (s : Nat) (h : s < 5) : s * s < 25 := by
  have : s ≤ 4 := by omega
  calc s * s ≤ 4 * 4 := Nat.mul_le_mul this this
    _ < 25 := by decide
theorem open' (a b : Nat) (h : a < b) : ¬ b ≤ a := by sorry
theorem wrong (n : Nat) : n + 1 = n := by simp
theorem unfinished (h : p ∧ q) : q ∧ p := by
  constructor
example : IsEven 4 := ⟨2, rfl⟩
mutual
  def even : Nat → Bool
    | 0 => true
    | n + 1 => odd n
  def odd : Nat → Bool
    | 0 => false
    | n + 1 => even n
end
#check @Nat.rec
#print Tree
#reduce (2 + 2 : Nat)
#eval 2 + 2
#check (nowhere : Nat)
end WarmUp
`;

// Statements with a hole, and what is tried there one after the other.
const STATEMENTS = [
  ['theorem t (p q r : Prop) (hp : p) (hq : q) (h : p → q → r) : r ∧ p', [
    ...['exact ⟨h hp hq, hp⟩', 'constructor', 'refine ⟨?_, hp⟩', 'grind', 'simp_all', 'tauto', 'exact hp', 'assumption'],
    ...['exact And.intro (h hp hq) hp', 'apply And.intro', 'solve_by_elim', 'simp [*]', 'intro x', 'rcases h with _'],
  ]],
  ['theorem t (a b c : Nat) (h : a ≤ b) : a + c ≤ b + c', [
    ...['omega', 'simp', 'exact Nat.add_le_add_right h c', 'grind', 'exact?', 'apply?', 'simp?', 'rw [Nat.add_comm]'],
    ...['induction c with\n  | zero => simpa\n  | succ n ih => omega', 'cases h', 'decide', 'simp +arith', 'norm_cast'],
    '· first\n  | (rfl; done)\n  | (assumption; done)\n  | (omega; done)\n  | (simp; done)',
  ]],
  ['theorem t (xs ys : List Nat) : (xs ++ ys).reverse = ys.reverse ++ xs.reverse', [
    ...['simp', 'induction xs <;> simp_all', 'exact List.reverse_append', 'grind', 'rfl', 'ac_rfl', 'rw?', 'ext x', 'exact?'],
    'induction xs with\n  | nil => simp\n  | cons x xs ih => simp [ih]',
  ]],
  ['theorem t : ∃ n : Nat, n * n = 49 ∧ ∀ m : Fin 3, m.val < n', [
    ...['exact ⟨7, by decide⟩', 'exists 7', 'refine ⟨7, rfl, ?_⟩', 'decide', 'exact ⟨7, rfl, by omega⟩', 'grind'],
    'refine ⟨7, ?_, ?_⟩\n  · rfl\n  · intro m\n    omega',
  ]],
  ['theorem t (x y : Int) (h : x < y) (g : 2 * y ≤ 7) : x ≤ 3', ['omega', 'grind', 'simp_all', 'by_cases x = 0 <;> omega']],
];

module.exports = { FILE, STATEMENTS };
