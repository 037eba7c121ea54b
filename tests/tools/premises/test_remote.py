"""LeanSearch and Loogle, against a server of the tests' own."""

import pytest

from tests.web import Web
from tools.premises.remote import Loogle, remote_sources
from tools.premises.sources import LEANSEARCH_URL, LOOGLE_URL, RemoteSettings

LOOGLE_ANSWER = {
    "count": 1,
    "header": "Found one declaration",
    "hits": [{"name": "Nat.add_comm", "type": " (n m : ℕ) :\n  n + m = m + n", "module": "Init", "doc": None}],
}
LEANSEARCH_ANSWER = [
    [
        {"result": {"name": ["Nat", "add_comm"], "type": "n + m = m + n", "module_name": ["Init"]}, "distance": 0.1},
        {"result": {"name": ["Nat", "mul_comm"], "signature": "n * m = m * n"}},
    ]
]
EMPTY: list[list[str]] = [[]]
OLDER_ANSWER: list[dict[str, str]] = [{"formal_name": "Nat.add_comm", "formal_type": "n + m = m + n"}]


def test_nothing_is_asked_unless_it_is_named() -> None:
    assert remote_sources(RemoteSettings()) == ()
    both = remote_sources(RemoteSettings(loogle=LOOGLE_URL, leansearch=LEANSEARCH_URL))
    assert [type(source).__name__ for source in both] == ["Loogle", "LeanSearch"]


async def test_loogle(web: Web) -> None:
    web.says(LOOGLE_ANSWER)
    (source,) = remote_sources(RemoteSettings(loogle=web.url))
    answer = await source.find("_ + _ = _ & more", 5)
    (found,) = answer.premises
    assert (found.name, found.type, found.source) == ("Nat.add_comm", "(n m : ℕ) : n + m = m + n", "Loogle")
    assert web.asked == [{"q": ["_ + _ = _ & more"]}] and answer.note == ""


@pytest.mark.parametrize(("body", "names"), [("new", 2), ("older", 1), ("empty", 0)])
async def test_leansearch_in_both_forms(web: Web, body: str, names: int) -> None:
    web.says({"new": LEANSEARCH_ANSWER, "older": OLDER_ANSWER, "empty": EMPTY}[body])
    (source,) = remote_sources(RemoteSettings(leansearch=web.url))
    answer = await source.find("addition commutes", 2)
    assert [found.name for found in answer.premises] == ["Nat.add_comm", "Nat.mul_comm"][:names]
    assert web.asked == [{"query": ["addition commutes"], "num_results": 2}] and answer.note == ""


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<html>", 200, "gave no answer"),
        (b'{"error": "unknown identifier \'foo\'"}', 200, "unknown identifier 'foo'"),
        (b'{"hits": 3}', 200, "another form"),
        (b"[1, 2]", 200, "another form"),
        (b"", 503, "503"),
        (b"[" + b" " * (3 << 20) + b"]", 200, "longer than"),
    ],
)
async def test_a_source_that_fails_says_so_in_one_note(web: Web, body: bytes, status: int, reason: str) -> None:
    web.body, web.status = body, status
    answer = await Loogle(web.url, RemoteSettings()).find("x", 5)
    assert answer.premises == () and answer.note.startswith("Loogle gave no answer: ") and reason in answer.note
    assert "\n" not in answer.note


async def test_a_source_that_is_not_there() -> None:
    for url in ("http://127.0.0.1:9/json", "no address", "http://", "ftp://x"):
        answer = await Loogle(url, RemoteSettings()).find("x", 5)
        assert answer.premises == () and answer.note.startswith("Loogle gave no answer: ")


async def test_a_source_that_is_slow(web: Web) -> None:
    web.hang.clear()
    answer = await Loogle(web.url, RemoteSettings(seconds=0.2)).find("x", 5)
    assert answer.note == "Loogle did not answer within 0.2 seconds"


async def test_a_source_is_not_asked_too_often(web: Web) -> None:
    web.says(LOOGLE_ANSWER)
    now = [100.0]
    source = Loogle(web.url, RemoteSettings(pause_seconds=5), clock=lambda: now[0])
    assert (await source.find("x", 5)).premises
    again = await source.find("y", 5)
    assert again.premises == () and "a moment ago" in again.note
    now[0] += 5
    assert (await source.find("z", 5)).premises and len(web.asked) == 2
