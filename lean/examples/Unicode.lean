/-!
# Names
Lean's names need not be ASCII; nor do they all fit into 16 bits: `𝕜` and `𝓝` do not.
-/

theorem «a weird name» {α₁ α₂ : Type} (f : α₁ → α₂) {x y : α₁} (h' : x = y) : f x = f y := by
  sorry

theorem 𝕜_is_a_name (𝕜 : Type) (𝓝 : 𝕜 → Prop) (h₁ : ∀ 𝔵, 𝓝 𝔵) (𝔞 𝔟 : 𝕜) : 𝓝 𝔞 ∧ 𝓝 𝔟 := by
  sorry

theorem «h with spaces» (n' n'' : Nat) («n is small» : n' < 3) («n is large» : n'' > n' + 3) :
    n' + 1 < n'' := by /- 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 -/ sorry

theorem δ_ε (ε δ : Nat) (hε : 0 < ε) (hδ : δ = ε + ε) : ∃ η, 0 < η ∧ η < δ := by
  sorry

theorem «∘_and_ᵒ» {α : Type} (f₁ : α → α) (hᵢ : ∀ x, f₁ (f₁ x) = x) : f₁ ∘ f₁ ∘ f₁ = f₁ := by
  sorry
