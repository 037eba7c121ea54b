from pathlib import Path
from typing import Any

from agent.conversation.events import (
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    PermissionAnswered,
    PermissionAsked,
    ReasoningDelta,
    TurnEnd,
    UsageUpdated,
    WriteUndone,
)
from agent.tui.transcript.block import Block
from agent.tui.transcript.conversation import Conversation
from agent.tui.transcript.reply import SHOWN, MarkdownBlock
from agent.tui.transcript.toolcall import ToolBlock
from tests.agent.tui.transcript.sample import (
    TRIALS,
    USAGE,
    accepted,
    everything,
    finished,
    proposed,
    said,
    started,
    turn_over,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def conversation(*events: Event, clock: Clock | None = None) -> Conversation:
    talk = Conversation(clock or Clock(), moving=False)
    for event in events:
        talk.apply(event)
    return talk


def shown(block: Block, width: int = 100) -> list[str]:
    return [f"{line.lead}{line.content.plain}" for line in block.lines(width)]


def test_each_event_tells_which_blocks_change():
    talk = conversation(said("hello"))
    new = talk.apply(MessageDelta(text="a"))
    assert [talk.place(block) for block in new] == [1]
    assert talk.apply(MessageDelta(text="b")) == new
    assert talk.apply(UsageUpdated(reply=USAGE, turn=USAGE, session=USAGE, context_tokens=1, context_limit=2)) == []


def test_the_finished_message_is_the_truth():
    talk = conversation(MessageDelta(text="wrong"), MessageFinished(text="right"), MessageDelta(text="next"))
    assert [block.plain() for block in talk.blocks] == ["right", "next"]


def test_a_message_of_calls_only_is_no_block():
    assert conversation(MessageFinished(text="")).blocks == []


def test_reasoning_is_a_line_with_its_time():
    clock = Clock()
    talk = conversation(ReasoningDelta(text="one\ntwo"), clock=clock)
    assert shown(talk.blocks[0]) == ["▸ thinking… 2 lines"]
    clock.now = 3.0
    talk.apply(MessageDelta(text="answer"))
    assert shown(talk.blocks[0]) == ["▸ thought for 3.0 s · 2 lines"]
    talk.blocks[0].open = True
    assert shown(talk.blocks[0])[1:] == ["  one", "  two"]


def test_parallel_calls_keep_apart_and_the_newest_of_an_id_is_meant():
    talk = conversation(started("a", "goals"), started("b", "check"), finished("b", "check", errors=[], messages=[]))
    assert [block.running for block in talk.blocks] == [True, False]
    talk.apply(started("b", "outline"))
    talk.apply(finished("b", "outline"))
    talk.apply(finished("a", "goals"))
    assert [shown(block)[0].split(" · ")[0] for block in talk.blocks] == ["✓ goals", "✓ check", "✓ outline"]


def test_a_running_call_shows_its_progress_and_its_time():
    clock = Clock()
    talk = conversation(started("a", "search_proof", file="A.lean", declaration="foo"), clock=clock)
    assert shown(talk.blocks[0]) == ["… search_proof A.lean foo · running"]
    clock.now = 12.0
    assert shown(talk.blocks[0]) == ["… search_proof A.lean foo · running · 12 s"]


def test_where_room_is_scarce_the_verdict_matters_more_than_the_arguments():
    call = started("a", "search_proof", file="A/Long/Path/To/File.lean", declaration="some_lemma")
    block = conversation(call, finished("a", "search_proof", "timed out", tactics=1, states=2)).blocks[0]
    assert shown(block, 90)[0].startswith("◷ search_proof A/Long/Path/To/File.lean")
    assert shown(block, 50) == ["◷ search_proof · timed out, 1 tactic, 2 states · 2.4 s"]


def test_what_still_runs_at_the_end_of_a_turn_was_interrupted():
    talk = conversation(started("a", "goals"), turn_over(TurnEnd.CANCELLED))
    assert shown(talk.blocks[0]) == ["○ goals · interrupted"]
    assert not talk.blocks[0].running


def test_trials_are_a_table_with_their_goals():
    call = started("a", "try_tactics", file="A.lean", declaration="foo", tactics=["simp", "omega", "x"])
    talk = conversation(call, finished("a", "try_tactics", trials=TRIALS))
    block = talk.blocks[0]
    assert shown(block) == ["✓ try_tactics A.lean foo · 1 closes, 1 progress, 1 error · 2.4 s"]
    block.open = True
    text = shown(block)
    assert "  ✓ closes       simp" in text
    assert "  ✗ error        omega  omega could not prove it:" in text
    assert "tactics:" not in "".join(text)
    assert "      a counterexample" in text
    assert "      ⊢ n + 1 + 0 = n + 1" in text


def test_what_was_scored_has_its_predictions():
    progress = {**TRIALS[2], "steps_remaining": 2.25}
    trials = [{**TRIALS[0], "steps_remaining": 0.0}, progress, {**progress, "steps_remaining": 4.0}, TRIALS[1]]
    call = started("a", "score_tactics", file="A.lean", declaration="foo")
    block = conversation(call, finished("a", "score_tactics", trials=trials)).blocks[0]
    assert shown(block, 120) == ["✓ score_tactics A.lean foo · 1 closes, 2 progress, 1 error · best ≈2.2 to go · 2.4 s"]
    block.open = True
    text = shown(block)
    assert "  ✓ closes       simp" in text
    assert "  → progress     induction n with  ≈2.2 to go" in text
    whole = conversation(call, finished("a", "score_tactics", trials=trials, estimate=1.0)).blocks[0]
    assert "· the state ≈1.0 to go ·" in shown(whole, 120)[0]


def test_an_outline_shows_the_goals_of_its_holes():
    declarations = [{"name": "foo", "kind": "theorem", "line": 3}, {"name": "bar", "kind": "def", "line": 9}]
    holes = [{"declaration": "foo", "hole": 1, "line": 4, "goal": "n : Nat\n⊢ n = n"}]
    call = finished("a", "outline", declarations=declarations, holes=holes, errors=["9:0: error: no"])
    block = conversation(started("a", "outline", file="A.lean"), call).blocks[0]
    assert shown(block) == ["✓ outline A.lean · 1 hole · 2.4 s"]
    block.open = True
    assert shown(block)[2:] == [
        "      3  theorem foo",
        "         hole 1, line 4",
        "           n : Nat",
        "           ⊢ n = n",
        "      9  def bar",
        "  9:0: error: no",
    ]


def test_data_of_an_odd_shape_does_no_harm():
    odd: list[dict[str, Any]] = [
        {},
        {"trials": 3, "states": [1], "declarations": "x", "errors": None, "tactics": "?"},
        {"trials": [{}, 1], "states": {}, "declarations": [{"holes": [{}]}], "errors": [1], "tactics": 1},
    ]
    for tool in ("try_tactics", "goals", "outline", "search_proof", "check", "write_proof", "edit_file", "unknown"):
        for data in odd:
            talk = conversation(started("a", tool, tactics=3, file=None), finished("a", tool, text="its text", **data))
            talk.blocks[0].open = True
            assert shown(talk.blocks[0])[0].startswith(f"✓ {tool}")


def test_a_long_result_is_cut():
    talk = conversation(started("a", "read_file", file="A.lean"), finished("a", "read_file", text="line\n" * 500))
    block = talk.blocks[0]
    block.open = True
    text = shown(block)
    assert len(text) == 202
    assert text[-1] == "  … 301 more lines (c copies all)"
    assert block.plain().count("line") == 500


def test_a_proposal_waits_and_is_answered():
    talk = conversation(proposed("a"), PermissionAsked(call="a", permission="write proof"))
    block = talk.blocks[0]
    assert shown(block)[-1] == "  waits for your answer"
    talk.apply(PermissionAnswered(call="a", allowed=True, by="mode"))
    assert shown(block) == ["▸ Write the proof of add_zero to Basic.lean  +3 -1 · allowed by the mode"]


def test_a_changed_statement_is_said_loudly_and_stays_open():
    talk = conversation(proposed("a", statement=True), PermissionAnswered(call="a", allowed=True, by="person"))
    text = shown(talk.blocks[0])
    assert "  ! warning: the statement of add_zero would change" in text
    assert text[-1] == "  allowed"


def test_a_refusal_gives_its_reason():
    talk = conversation(proposed("a"), PermissionAnswered(call="a", allowed=False, by="person", reason="not now"))
    assert shown(talk.blocks[0])[-1] == "  refused: not now"


def test_only_an_accepted_proof_says_that_it_is_proved():
    talk = conversation(MessageFinished(text="I proved it."), started("a", "write_proof"), finished("a", "write_proof"))
    talk.apply(accepted())
    assert [block.plain().startswith("✓ proved") for block in talk.blocks] == [False, False, True]
    assert shown(talk.blocks[2]) == [
        "✓ proved add_zero  Basic.lean",
        "  Lean accepted it · axioms: propext · 12.3k tokens · $0.0123",
        "  ▸ induction n with  … 2 more lines",
    ]


def test_the_end_of_a_turn_says_what_the_harness_knows():
    text = shown(conversation(turn_over(TurnEnd.MAX_COST)).blocks[0])
    assert text[:2] == ["✓ proved in Basic.lean: add_zero", "○ not proved in Basic.lean: hard, harder"]
    assert "stopped: max cost · 1 refused · 12.3k tokens · $0.0123 · 1 min 15 s" in text[2]
    assert "stopped" not in shown(conversation(turn_over()).blocks[0])[2]


def test_what_was_streamed_before_a_retry_is_void():
    talk = conversation(MessageDelta(text="half an ans"), Notice(kind="retry", text="once more"))
    talk.apply(MessageFinished(text="answer"))
    assert [block.plain() for block in talk.blocks] == ["", "once more", "answer"]


def test_control_characters_of_anything_are_visible():
    evil = "\x1b[31m[bold]\x07"
    talk = conversation(
        said(evil),
        ReasoningDelta(text=evil),
        MessageFinished(text=evil, reasoning=evil),
        started("a", evil, file=evil, code=evil),
        finished("a", evil, evil, evil),
        Notice(kind="correction", text=evil),
    )
    for block in talk.blocks:
        block.open = True
        text = "".join([*shown(block), block.plain()])
        assert "\\x1b[31m[bold]\\x07" in text
        assert "\x1b" not in text
        assert "\x07" not in text


def test_everything_can_be_drawn_at_any_width():
    for width in (4, 13, 40, 300):
        for block in conversation(*everything()).blocks:
            block.open = True
            assert shown(block, width)


def test_a_message_without_end_is_cut_and_says_so():
    block = MarkdownBlock("word\n" * (SHOWN // 5) + "tail")
    assert block.plain().endswith("tail")
    assert len(block.text) == SHOWN + 4


def test_a_call_by_hand_goes_on_over_the_turns_of_the_model():
    by_hand = started("hand-1", "search_proof", by="person")
    talk = conversation(by_hand, said("hello"), started("1", "goals"), turn_over())
    (block,) = [block for block in talk.blocks if isinstance(block, ToolBlock) and block.by_hand]
    assert block.running
    talk.apply(finished("hand-1", "search_proof"))
    assert not block.running


def test_an_undo_is_seen():
    diff = "--- a/A.lean\n+++ b/A.lean\n@@ -1 +1 @@\n-omega\n+sorry\n"
    talk = conversation(WriteUndone(path=Path("/p/A.lean"), declarations=("t",), diff=diff))
    text = "\n".join(shown(talk.blocks[0]))
    assert "Taken back: A.lean (t)" in text
    assert "sorry" in text
