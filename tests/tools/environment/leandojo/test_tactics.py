"""Tactics through LeanDojo's own classes, whose REPL is a recorded exchange."""

import asyncio
import shutil
from pathlib import Path

import psutil

from tests.tools.environment.leandojo.conftest import FIRST, SPLIT, START, Traced, answer
from tools.environment.protocol import Crashed, LeanError, ProofFinished, ProofGivenUp, TacticState, TimedOut

DONE = {"sid": "next", "tacticState": "no goals"}


def state(pp: str) -> dict[str, str]:
    return {"sid": "next", "tacticState": pp}


async def test_a_proof_of_several_goals(traced: Traced) -> None:
    traced.replay(
        answer("constructor", state(SPLIT), sid=0),
        answer("exact hp", state("case right\np q : Prop\nhp : p\nhq : q\n⊢ q"), sid=1),
        answer("exact hq", DONE, sid=2),
    )
    async with traced.opened() as environment:
        first = environment.initial_state
        assert first.goals == (FIRST,)
        split = await environment.run_tac(first, "constructor")
        assert isinstance(split, TacticState)
        assert [split.num_goals, split.main_goal.case, split.main_goal.target] == [2, "left", "p"]
        assert split.pp == SPLIT.removeprefix("2 goals\n")
        right = await environment.run_tac(split, "exact hp")
        assert isinstance(right, TacticState)
        done = await environment.run_tac(right, "exact hq")
        assert isinstance(done, ProofFinished)
        assert environment.script(TacticState(done.tactic_state_id, ())) == ("constructor", "exact hp", "exact hq")
        ((_, file),) = traced.starts()
        written = file.read_text(encoding="utf-8")
    # LeanDojo put its tactic in the place of the proof.
    assert "import Lean4Repl" in written
    assert "p ∧ q :=by\n  lean_dojo_repl\n  sorry\n" in written
    assert traced.requests() == [(0, "constructor"), (1, "exact hp"), (2, "exact hq")]
    assert not traced.leftovers()


async def test_a_theorem_in_a_namespace_with_letters_of_several_bytes(traced: Traced) -> None:
    traced.replay(answer("rfl", DONE), start=[{"sid": 0, "tacticState": "⊢ 1 = 1"}])
    async with traced.opened("Deep.ℕ_one") as environment:
        assert isinstance(await environment.run_tac(environment.initial_state, "rfl"), ProofFinished)
        assert "theorem ℕ_one : 1 = 1 :=by\n  lean_dojo_repl" in traced.starts()[0][1].read_text(encoding="utf-8")


async def test_errors_and_given_up_proofs(traced: Traced) -> None:
    traced.replay(
        answer("exact hq", {"error": "  type mismatch\n  hq\n"}),
        answer("simp", {"error": "proof contains `sorry`"}),
        answer("rfl", {"error": "proof contains metavariables"}),
    )
    async with traced.opened() as environment:
        first = environment.initial_state
        assert await environment.run_tac(first, "exact hq") == LeanError("type mismatch\n  hq")
        assert await environment.run_tac(first, "simp") == ProofGivenUp()
        assert await environment.run_tac(first, "rfl") == LeanError("proof contains metavariables")


async def test_a_tactic_that_would_escape_is_not_sent(traced: Traced) -> None:
    async with traced.opened() as environment:
        first = environment.initial_state
        assert await environment.run_tac(first, "sorry") == ProofGivenUp()
        assert isinstance(await environment.run_tac(first, "run_tac pure ()"), LeanError)
        assert await environment.suggest(first, "run_tac pure ()") == ()
    assert traced.requests() == []


async def test_states_that_print_alike_are_told_apart(traced: Traced) -> None:
    same = FIRST
    traced.replay(
        answer("skip", state(same), sid=0),
        answer("skip", {"error": "the second"}, sid=1),
    )
    async with traced.opened() as environment:
        again = await environment.run_tac(environment.initial_state, "skip")
        assert isinstance(again, TacticState)
        assert again.pp == same and again.id != environment.initial_state.id
        assert await environment.run_tac(again, "skip") == LeanError("the second")


async def test_several_tactics_and_lines_are_one_to_the_repl(traced: Traced) -> None:
    traced.replay(answer(r"\(\n constructor\n · exact hp\n · exact hq\n\)", DONE), answer(r"\(\n skip; done\n\)", DONE))
    async with traced.opened() as environment:
        first = environment.initial_state
        for tactic in ("constructor\n· exact hp\n· exact hq", "skip; done"):
            assert isinstance(await environment.run_tac(first, tactic), ProofFinished)


async def test_a_tactic_longer_than_a_line_of_a_terminal(traced: Traced) -> None:
    traced.replay(answer("exact .*", DONE))
    async with traced.opened() as environment:
        first = environment.initial_state
        assert isinstance(await environment.run_tac(first, "exact " + "ℝ" * 1200), ProofFinished)
        outcome = await environment.run_tac(first, "exact " + "ℝ" * 1400)
        assert isinstance(outcome, LeanError) and "4000 bytes" in outcome.error
    assert len(traced.requests()) == 1


async def test_junk_between_the_answers(traced: Traced) -> None:
    traced.replay(
        answer("simp", "info: 1", " ", "REPL is no answer", DONE, "later"),
        answer("rfl", {"error": "no"}),
        start=["warning: some package", "[1/7] Building", START, "more"],
    )
    async with traced.opened() as environment:
        first = environment.initial_state
        assert isinstance(await environment.run_tac(first, "simp"), ProofFinished)
        assert await environment.run_tac(first, "rfl") == LeanError("no")


async def test_a_state_of_many_characters(traced: Traced) -> None:
    large = "".join(f"h{number} : ∃ n, n = {number}\n" for number in range(4000)) + "⊢ p"
    traced.replay(answer("simp", *["said"] * 500, state(large), "later"), answer("rfl", {"error": "no"}))
    async with traced.opened() as environment:
        outcome = await environment.run_tac(environment.initial_state, "simp", timeout=30)
        assert isinstance(outcome, TacticState)
        assert outcome.goals == (large,)
        assert await environment.run_tac(outcome, "rfl") == LeanError("no")


async def test_suggestions_that_the_repl_prints(traced: Traced) -> None:
    said = ["Try this: exact ⟨hp, hq⟩", "  Try this: simp", "Try that: rfl", "Try this: run_tac pure ()"]
    traced.replay(answer(r"exact\?", *said, DONE), answer("simp?", DONE))
    async with traced.opened() as environment:
        first = environment.initial_state
        assert await environment.suggest(first, "exact?") == ("exact ⟨hp, hq⟩", "simp")
        assert await environment.suggest(first, "simp?") == ()


async def test_a_timeout_and_on(traced: Traced) -> None:
    traced.replay(
        answer("constructor", state(SPLIT), sid=0),
        answer("omega", {"error": "too late"}, sleep=60),
        answer("exact hp", {"error": "no"}, sid=1),
    )
    async with traced.opened() as environment:
        split = await environment.run_tac(environment.initial_state, "constructor")
        assert isinstance(split, TacticState)
        assert await environment.run_tac(split, "omega", timeout=0.3) == TimedOut(0.3)
        assert await environment.run_tac(split, "exact hp") == LeanError("no")
    # The Lean that was busy is ended, and the script is run again in another.
    assert traced.requests() == [(0, "constructor"), (1, "omega"), (0, "constructor"), (1, "exact hp")]
    assert len(traced.starts()) == 2
    assert not traced.leftovers()


async def test_a_script_that_goes_otherwise_the_second_time(traced: Traced) -> None:
    traced.replay(answer("constructor", state(SPLIT)), answer("omega", sleep=60))
    async with traced.opened() as environment:
        split = await environment.run_tac(environment.initial_state, "constructor")
        assert isinstance(split, TacticState)
        assert isinstance(await environment.run_tac(split, "omega", timeout=0.3), TimedOut)
        traced.replay(answer("constructor", state("⊢ another")))
        outcome = await environment.run_tac(split, "rfl")
        assert isinstance(outcome, Crashed) and "as it did before" in outcome.reason


async def test_lean_crashes_in_the_middle(traced: Traced) -> None:
    traced.replay(
        answer("decide", "Stack overflow detected. Aborting.", exit=134),
        answer("omega", kill=9),
        answer("simp", "REPL> {not json"),
        answer("rfl", {"error": "no"}),
    )
    async with traced.opened() as environment:
        first = environment.initial_state
        for tactic, reason in (("decide", "Unexpected EOF"), ("omega", "EOF"), ("simp", "Invalid JSON")):
            outcome = await environment.run_tac(first, tactic)
            assert isinstance(outcome, Crashed) and reason in outcome.reason
            assert await environment.run_tac(first, "rfl") == LeanError("no")
    assert len(traced.starts()) == 4


async def test_out_of_memory_is_said(traced: Traced, tmp_path: Path) -> None:
    # What LeanDojo takes for it: a process that it finds dead, with status 137, before a request.
    fine = answer("simp", {"error": "fine yet"}, until=str(tmp_path / "now"), exit=137)
    traced.replay(fine, answer("rfl", {"error": "no"}))
    async with traced.opened() as environment:
        first = environment.initial_state
        assert await environment.run_tac(first, "simp") == LeanError("fine yet")
        (tmp_path / "now").touch()
        (pid, _), *_ = traced.starts()
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)
        assert await environment.run_tac(first, "rfl") == Crashed("Lean is out of memory")
        assert await environment.run_tac(first, "rfl") == LeanError("no")


async def test_the_traced_files_go_away(traced: Traced) -> None:
    traced.replay(answer("omega", exit=1))
    async with traced.opened() as environment:
        assert isinstance(await environment.run_tac(environment.initial_state, "omega"), Crashed)
        shutil.rmtree(traced.cache)
        outcome = await environment.run_tac(environment.initial_state, "rfl")
        assert isinstance(outcome, Crashed) and "has not traced" in outcome.reason


async def test_a_state_that_leandojo_cannot_read(traced: Traced) -> None:
    traced.replay(answer("simp", state("h : a ⊢ b\n⊢ c")), answer("rfl", {"error": "no"}))
    async with traced.opened() as environment:
        first = environment.initial_state
        outcome = await environment.run_tac(first, "simp")
        assert isinstance(outcome, Crashed) and "cannot read" in outcome.reason
        assert await environment.run_tac(first, "rfl") == LeanError("no")
    assert len(traced.starts()) == 1


async def test_an_answer_without_a_state(traced: Traced) -> None:
    traced.replay(answer("simp", 'REPL> {"sid": 3}'), answer("rfl", {"error": "no"}))
    async with traced.opened() as environment:
        assert isinstance(await environment.run_tac(environment.initial_state, "simp"), Crashed)
        assert await environment.run_tac(environment.initial_state, "rfl") == LeanError("no")
