"""Reading tactics and proofs out of answers: every shape that models are known to write, and what must give nothing."""

import pytest

from agent.llm.parsing import parse_proof, parse_tactics, without_reasoning

# The failure of the seed paper: a small model that thinks in its answer, and is cut off before it comes to an end.
THINKING = """Okay, let's see. I need to prove that n + 0 = n in Lean 4. The current proof state is:

n : Nat
⊢ n + 0 = n

Hmm, in Lean, addition on natural numbers is defined by recursion on the second argument, so n + 0 should reduce to n
by definition. First, I might try induction on n. Wait, but that's not necessary here. Let me think about the tactic
simp. The simp tactic would use the lemma Nat.add_zero. But the user wants only one tactic step, so maybe
rw [Nat.add_zero]
would be the way to go. Wait, after that the goal becomes n = n and rw tries rfl. But is it better to use exact? Let me
check again. The possible tactics are:

apply Nat.add_zero
exact Nat.add_zero n
simp

Each of these has its merits. Hmm, the problem says"""


@pytest.mark.parametrize(
    ("reply", "tactics"),
    [
        ("simp", ["simp"]),
        ("  rw [Nat.add_comm a b]\n", ["rw [Nat.add_comm a b]"]),
        ("exact?", ["exact?"]),
        ("exact foo ..", ["exact foo .."]),
        ("```lean\nomega\n```", ["omega"]),
        ("```lean4\n  omega\n```\n", ["omega"]),
        ("```\nomega\n```", ["omega"]),
        ("~~~lean\nomega\n~~~", ["omega"]),
        ("```lean\nomega", ["omega"]),
        ("by simp", ["simp"]),
        (":= by simp", ["simp"]),
        ("```lean\nby\n  simp [h]\n```", ["simp [h]"]),
        ("1. simp", ["simp"]),
        ("1) simp\n2) omega", ["simp", "omega"]),
        ("- `simp` - closes the goal\n- `omega`: arithmetic", ["simp", "omega"]),
        ("* intro h", ["intro h"]),
        ("• intro h", ["intro h"]),
        ("> intro h", ["intro h"]),
        ("```lean\n1. simp\n2. omega\n```", ["simp", "omega"]),
        ("`simp`", ["simp"]),
        ('"simp"', ["simp"]),
        ("“simp”", ["simp"]),
        ("**simp**", ["simp"]),
        ("Tactic: simp", ["simp"]),
        ("**Next tactic:** `simp [h]`", ["simp [h]"]),
        ("Answer: exact h", ["exact h"]),
        ("simp -- closes the goal by the lemma", ["simp"]),
        ("-- the idea is to simplify\nsimp", ["simp"]),
        ("```lean\n/- we simplify -/\nsimp -- done\n```", ["simp"]),
        ("simp [h]\n\nThis closes the goal, because h says so.", ["simp [h]"]),
        ("Here is the tactic:\n\nsimp [h]\n\nIt closes the goal, because h says so.", ["simp [h]"]),
        ("We should simplify first.\n\nsimp [h]", ["simp [h]"]),
        ("The next tactic should be `simp [h]`.", ["simp [h]"]),
        ("I suggest to use `omega`.\nThe goal is linear.", ["omega"]),
        ("Sure! First a draft:\n```lean\nsimp\n```\nBetter:\n```lean\nomega\n```\n", ["omega", "simp"]),
        ("```lean\nmy_tactic [h]\n```", ["my_tactic [h]"]),
        ("if h : p then exact h else omega", ["if h : p then exact h else omega"]),
        ("have h : 1 = 1 := rfl", ["have h : 1 = 1 := rfl"]),
        ("have : 1 = 1 := rfl", ["have : 1 = 1 := rfl"]),
        ("· simp", ["· simp"]),
        ("(simp)", ["(simp)"]),
        ("obtain ⟨x, hx⟩ := h", ["obtain ⟨x, hx⟩ := h"]),
        ("simp\r\n", ["simp"]),
    ],
)
def test_one_tactic_however_it_is_dressed(reply: str, tactics: list[str]) -> None:
    assert list(parse_tactics(reply)) == tactics


@pytest.mark.parametrize(
    ("reply", "tactics"),
    [
        ("intro n\nsimp", ["intro n\nsimp", "intro n"]),
        ("```lean\nby\n  intro n\n  simp\n```", ["intro n\nsimp", "intro n"]),
        (
            "induction n with\n| zero => simp\n| succ n ih =>\n  simp [ih]",
            ["induction n with\n| zero => simp\n| succ n ih =>\n  simp [ih]"],
        ),
        ("constructor\n· simp\n· omega", ["constructor\n· simp\n· omega", "constructor"]),
        (
            "```lean\ntheorem t (n : Nat := 1) : n + 0 = n := by\n  intro h\n  simp\n```",
            ["intro h\nsimp", "intro h"],
        ),
        ("```lean\nsimp\nThen we are done, because the goal is closed.\n```", ["simp"]),
    ],
)
def test_a_block_counts_as_a_whole_and_by_its_first_step(reply: str, tactics: list[str]) -> None:
    assert list(parse_tactics(reply)) == tactics


@pytest.mark.parametrize(
    "reply",
    [
        THINKING,
        THINKING[: THINKING.index("Each of these")],
        THINKING[: THINKING.index("would be the way")] + "because",
        "<think>\n" + THINKING,
        "<think>I could use\nsimp\n</think>",
        "To prove this goal, we can use the commutativity of addition.",
        "The goal follows by induction on n.",
        "We use induction on n, and then simp.",
        "apply the lemma Nat.add_comm",
        "use the hypothesis h",
        "intro n and then simp closes it",
        "I am sorry, but I cannot help with that.",
        "Wait, `simp` fails here, but `omega` may work.",
        "n : Nat\n⊢ n + 0 = n",
        "```\nn : Nat\nh : n = 0\n⊢ n + 0 = n\n```",
        "```python\nprint(1)\n```",
        "```json\n{}\n```",
        "Nat.add_comm",
        "",
        "   \n\n",
        "```lean\n```",
        "```lean\n-- only a comment\n```",
        "import Mathlib",
        "simp: this closes the goal",
    ],
)
def test_what_is_no_tactic_gives_none(reply: str) -> None:
    assert parse_tactics(reply) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "<think>\n" + THINKING + "\n</think>\n\nomega",
        THINKING + "\n</think>\n\n```lean\nomega\n```",
        "<thinking>simp?</thinking>omega",
        THINKING + "\n\n```lean\nomega\n```",
        "<think>a</think>\n<think>b</think>\nomega",
        "omega\n<think>\n" + THINKING,
    ],
)
def test_reasoning_is_dropped_and_the_answer_found(reply: str) -> None:
    assert parse_tactics(reply) == ("omega",)


def test_reasoning_without_an_end_leaves_nothing() -> None:
    assert without_reasoning("<think>\n" + THINKING) == ""


@pytest.mark.parametrize(
    "reply",
    [
        "simp [Nat.add_comm]\n" * 400,
        "simp [Nat.add_comm]\n" * 400 + "simp [Nat.add_",
        "```lean\n" + "simp [Nat.add_comm]\n" * 400 + "simp [Nat",
        "```lean\n" + "  simp [Nat.add_comm]\n" * 400 + "```",
        "; ".join(["simp [Nat.add_comm]"] * 300),
        " <;> ".join(["simp [Nat.add_comm]"] * 300),
        " ".join(["simp [Nat.add_comm]"] * 300),
        "\n".join(f"{number}. simp [Nat.add_comm]" for number in range(1, 300)),
        "\n\n".join(["simp [Nat.add_comm]"] * 300),
        "\n".join(["```lean\nsimp [Nat.add_comm]\n```"] * 200),
    ],
)
def test_one_tactic_repeated_hundreds_of_times_is_one_tactic(reply: str) -> None:
    assert parse_tactics(reply) == ("simp [Nat.add_comm]",)


def test_repetition_that_sets_in_later_and_in_cycles_is_cut() -> None:
    assert parse_tactics("intro n\n" + "rw [a]\nrw [b]\n" * 100) == ("intro n\nrw [a]\nrw [b]", "intro n")
    assert parse_tactics("constructor\nconstructor\nrfl") == ("constructor\nconstructor\nrfl", "constructor")


@pytest.mark.parametrize(
    "reply",
    [
        "sorry",
        "exact sorry",
        "admit",
        "native_decide",
        "```lean\nsimp; sorry\n```",
        "```lean\nrun_tac IO.println 1\n```",
        "```lean\nexact (by_elab return 1)\n```",
        "rw [Nat.add_comm",
        "simp [h))",
        'exact "abc',
        "simp /- and",
        "(" * 10_000,
        "`" * 10_000,
    ],
)
def test_cheats_and_what_is_cut_off_are_dropped(reply: str) -> None:
    assert parse_tactics(reply) == ()


def test_a_block_that_gives_up_later_still_has_its_first_step() -> None:
    assert parse_tactics("```lean\nintro n\nsorry\n```") == ("intro n",)


@pytest.mark.parametrize(
    ("reply", "proof"),
    [
        ("```lean\nby\n  intro n\n  simp\n```", "by\n  intro n\n  simp"),
        ("```lean\nby simp\n```", "by\n  simp"),
        ("```lean\nintro n\nsimp\n```", "by\n  intro n\n  simp"),
        ("```lean\n:= by\n  simp\n```", "by\n  simp"),
        ("```lean\nfun n => Nat.add_zero n\n```", "fun n => Nat.add_zero n"),
        (
            "It is simple.\n```lean\nimport Mathlib\n\ntheorem t (n : Nat) : n + 0 = n := by\n  induction n with\n"
            "  | zero => rfl\n  | succ n ih =>\n    -- easy\n    simp\n```\nDone.",
            "by\n  induction n with\n  | zero => rfl\n  | succ n ih =>\n    simp",
        ),
        ("```lean\ntheorem t : 1 = 1 := rfl\n```", "by\n  rfl"),
        ("Draft:\n```lean\nby simp\n```\nFinally:\n```lean\nby omega\n```", "by\n  omega"),
        ("The proof is\n\nby\n  intro n\n  simp\n\nand that is all.", "by\n  intro n\n  simp"),
        ("theorem t : 1 = 1 := by\n  rfl", "by\n  rfl"),
        ("<think>\nby simp\n</think>\nby omega", "by\n  omega"),
        ("```lean\nby\n" + "  simp\n" * 300 + "```", "by\n  simp"),
    ],
)
def test_a_whole_proof(reply: str, proof: str) -> None:
    assert parse_proof(reply) == proof


@pytest.mark.parametrize(
    "reply",
    [
        "",
        THINKING,
        "<think>\nby simp",
        "There is no proof, because the statement is false.",
        "```lean\nby\n  sorry\n```",
        "```lean\nby native_decide\n```",
        "```lean\nby\n  intro n\n  exact foo (\n```",
        "```lean\nby\n```",
        "```lean\ntheorem t : 1 = 1\n```",
        "```lean\nThe proof is by induction.\n```",
    ],
)
def test_no_proof(reply: str) -> None:
    assert parse_proof(reply) is None
