"""Vectors of texts over HTTP: what is sent, what is kept, and what goes wrong."""

import threading
from collections.abc import Callable

import pytest

from tests.web import Web
from tools.lean.goals import Goal
from tools.premises.encoder import Encoder, EncoderError
from tools.premises.index import PremiseIndex
from tools.premises.ranking import EMBEDDED, shown
from tools.premises.sources import EncoderSettings

GOAL = Goal.parse("a b : Nat\nh : a ≤ b\n⊢ a + b = b + a")


def _encoder(web: Web, seconds: float = 10.0, clock: Callable[[], float] = lambda: 0.0) -> Encoder:
    return Encoder(EncoderSettings(url=web.url, name="native", seconds=seconds), clock)


def _by_length(question: dict[str, str]) -> object:
    return {"outputs": [float(len(question["input"])), 1.0]}


def test_each_text_is_asked_once(web: Web) -> None:
    web.answers = _by_length
    encoder = _encoder(web)
    assert [list(vector) for vector in encoder.embed(["a", "bb", "a"])] == [[1, 1], [2, 1], [1, 1]]
    assert sorted(map(str, web.asked)) == [
        "{'name': 'native', 'input': 'a'}",
        "{'name': 'native', 'input': 'bb'}",
    ]
    encoder.embed(["bb", "ccc"])
    assert web.asked[2:] == [{"name": "native", "input": "ccc"}] and encoder.note == ""


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"no JSON", 200, "no vectors"),
        (b'{"outputs": []}', 200, "another form"),
        (b'{"outputs": [NaN]}', 200, "another form"),
        (b'{"outputs": "x"}', 200, "another form"),
        (b"[1]", 200, "another form"),
        (b"{}", 500, "500"),
        (b'{"outputs": [' + b"1," * (2 << 20) + b"1]}", 200, "longer than"),
    ],
)
def test_an_encoder_that_fails_says_so_and_rests(web: Web, body: bytes, status: int, reason: str) -> None:
    web.body, web.status = body, status
    now = [100.0]
    encoder = _encoder(web, clock=lambda: now[0])
    with pytest.raises(EncoderError, match=reason):
        encoder.embed(["a"])
    assert reason in encoder.note and "\n" not in encoder.note
    with pytest.raises(EncoderError, match=reason):
        encoder.embed(["a"])
    assert len(web.asked) == 1, "it rests"
    now[0] += 60
    web.says({"outputs": [1.0]})
    assert len(encoder.embed(["a"])) == 1 and encoder.note == ""


def test_vectors_of_several_lengths_are_none(web: Web) -> None:
    web.answers = lambda question: {"outputs": [1.0] * len(question["input"])}
    encoder = _encoder(web)
    with pytest.raises(EncoderError, match="several lengths"):
        encoder.embed(["a", "bb"])
    assert "several lengths" in encoder.note


def test_an_encoder_that_is_not_there() -> None:
    encoder = Encoder(EncoderSettings(url="http://127.0.0.1:9/encode", name="native"))
    with pytest.raises(EncoderError):
        encoder.embed(["a"])
    assert "the encoder gave no vectors" in encoder.note


def test_a_slow_encoder_gets_further_each_time(web: Web) -> None:
    slow = threading.Event()

    def answers(question: dict[str, str]) -> object:
        if question["input"] == "slow":
            slow.wait(30)
        return _by_length(question)

    web.answers = answers
    now = [100.0]
    encoder = _encoder(web, seconds=1.0, clock=lambda: now[0])
    with pytest.raises(EncoderError, match="within 1 seconds"):
        encoder.embed(["quick", "slow"])
    slow.set()
    now[0] += 60
    assert len(encoder.embed(["quick", "slow"])) == 2
    assert [question for question in web.asked if "quick" in str(question)] == [{"name": "native", "input": "quick"}]


def test_nobody_waits_for_what_nobody_wants_any_more(web: Web) -> None:
    web.hang.clear()
    encoder = _encoder(web, seconds=100.0)
    ends: list[str] = []

    def ask() -> None:
        try:
            encoder.embed(["a"])
        except EncoderError as error:
            ends.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    while not web.asked:
        thread.join(0.01)
    encoder.interrupt()
    thread.join(20)
    assert ends == ["the encoder was not waited for"] and encoder.note == ""


def test_interrupting_nothing_does_nothing(web: Web) -> None:
    web.answers = _by_length
    encoder = _encoder(web)
    encoder.interrupt()
    encoder.embed(["a"])
    encoder.interrupt()
    assert encoder.note == ""


@pytest.mark.lean
def test_it_orders_what_the_words_found(web: Web, premises: PremiseIndex) -> None:
    plain = premises.for_goal(GOAL, EMBEDDED)
    wanted = plain[20].name

    def answers(question: dict[str, str]) -> object:
        near = question["input"] == shown(GOAL) or question["input"].startswith(f"{wanted} ")
        return {"outputs": [1.0, 0.0] if near else [-1.0, 0.0]}

    web.answers = answers
    asked = PremiseIndex(premises.path, premises.modules, embedder=_encoder(web))
    ordered = [premise.name for premise in asked.for_goal(GOAL, 12)]
    words = asked.for_words("reverse append", 200)
    asked.close()
    assert ordered[0] == wanted and len(ordered) == 12
    assert {"name": "native", "input": "a b : Nat\nh : a ≤ b\n⊢ a + b = b + a"} in web.asked
    assert {each.name for each in words} == {each.name for each in premises.for_words("reverse append", 200)}


@pytest.mark.lean
def test_without_vectors_the_order_by_words_stands(web: Web, premises: PremiseIndex) -> None:
    web.says({"detail": "no such model"}, status=404)
    encoder = _encoder(web)
    asked = PremiseIndex(premises.path, premises.modules, embedder=encoder)
    assert asked.for_goal(GOAL, 12) == premises.for_goal(GOAL, 12)
    assert asked.for_words("reverse append", 12) == premises.for_words("reverse append", 12)
    asked.close()
    assert "404" in encoder.note
