"""The pure parts: reasoning in tags, and repetition."""

import itertools

import pytest

from agent.llm.assemble import Assembler
from agent.llm.chat import FinishReason, ReasoningDelta, TextDelta
from agent.llm.chunks import CallFragment, Chunk
from agent.llm.reasoning import ThinkSplitter
from agent.llm.runaway import RunawayWatch


def split(text: str, size: int) -> tuple[str, str]:
    splitter = ThinkSplitter()
    pieces = [splitter.feed(text[start : start + size]) for start in range(0, len(text), size)]
    flat = [*itertools.chain(*pieces), *splitter.end()]
    return "".join(p.text for p in flat if not p.reasoning), "".join(p.text for p in flat if p.reasoning)


@pytest.mark.parametrize("size", [1, 2, 5, 8, 100])
@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("<think>a</think>b", "b", "a"),
        ("<thinking>a < b</thinking>b", "b", "a < b"),
        ("no tags, 1 < 2", "no tags, 1 < 2", ""),
        ("<think>never closed", "", "never closed"),
        ("a<think>b</think>c<think>d</think>e", "ace", "bd"),
        ("ends in <thi", "ends in <thi", ""),
        ("<thinker>", "<thinker>", ""),
    ],
)
def test_tags_cut_anywhere(text: str, answer: str, reasoning: str, size: int) -> None:
    assert split(text, size) == (answer, reasoning)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_closing_tag_alone_makes_reasoning_of_what_came_before(size: int) -> None:
    reply = Assembler(1000)
    text = "first simp, I think</think>\n\nomega"
    for start in range(0, len(text), size):
        reply.feed(Chunk(text=text[start : start + size]))
    reply.end()
    assert (reply.message().content, reply.message().reasoning) == ("omega", "first simp, I think")


def watch(text: str, size: int = 4) -> str | None:
    """What is kept of a text, None if nothing is wrong with it."""
    watched = RunawayWatch()
    for start in range(0, len(text), size):
        cut = watched.feed(text[start : start + size])
        if cut is not None:
            return watched.text[:cut]
    return None


@pytest.mark.parametrize(
    ("before", "phrase"),
    [
        ("Here is a proof:\n", "simp\n"),
        ("", "norm_num [Nat.add_comm, Nat.mul_comm]\n"),
        ("I think that ", "we can use induction and then "),
        ("", "exact h\nsimp at h\nomega\n"),
        ("", "x"),
        ("rw [", "Nat.add_comm, "),
    ],
)
def test_repetition_is_found(before: str, phrase: str) -> None:
    kept = watch(before + phrase * 800)
    assert kept is not None
    assert kept.startswith(before + phrase)
    assert len(kept) <= len(before) + 4 * len(phrase)


def test_lines_that_differ_in_their_number_only() -> None:
    kept = watch("".join(f"{number}. nlinarith [sq_nonneg a]\n" for number in range(300)))
    assert kept == "0. nlinarith [sq_nonneg a]\n1. nlinarith [sq_nonneg a]\n"


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n" + "-" * 200 + "\n",
        "\n".join(f"  case c{number} => simp [f{number}]" for number in range(200)),
        "simp\nomega\n" * 8,
        " ".join(str(number * number) for number in range(2000)),
        "  rcases h with h | h\n  · simp [h]\n  · omega\n" * 6,
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert watch(text) is None


def test_repetition_in_reasoning_and_in_arguments() -> None:
    thinking = Assembler(100_000)
    thinking.feed(Chunk(reasoning="wait, " * 500))
    assert thinking.over is FinishReason.RUNAWAY
    calling = Assembler(100_000)
    calling.feed(Chunk(calls=(CallFragment(0, "a", "look", "{}"), CallFragment(1, "b", "try", '{"t": "'))))
    calling.feed(Chunk(calls=(CallFragment(1, "", "", "simp; " * 500),)))
    assert calling.over is FinishReason.RUNAWAY
    assert [call.name for call in calling.message().tool_calls] == ["look"]


def test_calls_that_all_have_the_same_index() -> None:
    reply = Assembler(1000)
    reply.feed(Chunk(calls=(CallFragment(0, "a", "look", '{"p": 1}'),)))
    reply.feed(Chunk(calls=(CallFragment(0, "b", "look", '{"p": 2}'),), finish="tool_calls"))
    message = reply.message()
    assert [call.arguments for call in message.tool_calls] == ['{"p": 1}', '{"p": 2}']
    assert reply.reason(message) is FinishReason.TOOL_CALLS


def test_deltas_are_what_the_message_is() -> None:
    reply = Assembler(1000)
    deltas = reply.feed(Chunk(text="<think>a</think>b", reasoning="r")) + reply.end()
    assert [type(delta) for delta in deltas] == [ReasoningDelta, ReasoningDelta, TextDelta]
    assert (reply.message().content, reply.message().reasoning) == ("b", "ra")
