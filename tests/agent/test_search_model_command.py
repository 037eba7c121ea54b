"""`qed search --model` as a person runs it: a process of its own, the scripted server, the real Lean."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.prompts import PromptLibrary
from tests.agent.command import Outcome, qed
from tests.openai_server import Answer, Choices, OpenAIServer, Refusal, Reply, Scripted

CONFIG = """[models.scripted]
model = "{model}"
base_url = "{url}"
retries = 0
"""
# 1234 is the only witness, and nothing in the goal says so.
TEXT = """theorem root : ∃ n : Nat, n * n = 1522756 ∧ 0 < n := by
  sorry
"""
GOOD = "```lean\nexists 1234\n```"
VARIABLES = {"OPENROUTER_API_KEY": "", "OPENAI_API_KEY": ""}

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]
Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, openai_server: OpenAIServer) -> Path:
    """A folder with holes, and settings that name the scripted server."""
    (tmp_path / "A.lean").write_text(TEXT, encoding="utf-8")
    (tmp_path / "config").mkdir()
    _settle(tmp_path, openai_server.url)
    return tmp_path


@pytest.fixture
def search(folder: Path) -> Run:
    """Runs `qed search` with the scripted model."""
    return lambda *arguments: qed(folder, "search", *arguments, "--model", "scripted", variables=VARIABLES)


def _settle(folder: Path, url: str, model: str = "hosted_vllm/test") -> None:
    (folder / "config" / "config.toml").write_text(CONFIG.format(url=url, model=model))


def _asked(server: OpenAIServer, text: str) -> list[dict[str, Any]]:
    return [request for request in server.requests if text in request["messages"][0]["content"]]


def _several(*texts: str, **more: Any) -> Choices:
    return Choices(tuple(Answer(text, **more) for text in texts))


def test_the_model_proves_what_the_portfolio_cannot(search: Run, folder: Path, openai_server: OpenAIServer) -> None:
    alone = qed(folder, "search", "A.lean::root", "--seconds", "3")
    assert alone.code in (1, 3) and "no proof" in alone.out, alone.out
    openai_server.otherwise = lambda request: (
        _several("refine ⟨1000, ?_⟩", GOOD, log_probability=-0.5)
        if "1522756" in request["messages"][0]["content"]
        else Answer("I do not know.")
    )
    done = search("A.lean::root", "--model-samples", "2", "--json")
    assert done.code == 0, done.err
    body = json.loads(done.out)
    assert body["end"] == "found" and "1234" in body["proof"]
    assert body["model"]["name"] == "scripted" and body["model"]["tokens"] >= 15 and body["model"]["cost"] is None
    request = _asked(openai_server, "1522756")[0]
    assert (request["n"], request["temperature"], request["logprobs"]) == (2, 1.0, True)
    assert "Answer with one tactic" in request["messages"][0]["content"]


def test_breadth_first_the_model_alone_proposes_in_the_seed_papers_words(
    search: Run, openai_server: OpenAIServer
) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "cost": 0.25}
    openai_server.will(_several("refine ⟨?_, ?_⟩", GOOD, "simp", usage=usage))
    done = search("A.lean::root", "--policy", "breadth-first", "--samples", "3", "--tree")
    assert done.code == 0, done.err
    assert "15 tokens, $0.2500" in done.out and "exists 1234" in done.out
    (request,) = openai_server.requests
    said = request["messages"][0]["content"]
    assert said.startswith(PromptLibrary.load().render("seed_tactic", state="").split("\n")[0]) and "1522756" in said
    assert (request["n"], request["temperature"]) == (3, 1.0)


@pytest.mark.parametrize(
    ("limit", "usage"),
    [
        (("--max-tokens", "10"), {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}),
        (("--max-cost", "0.2"), {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "cost": 0.25}),
    ],
)
def test_a_limit(search: Run, openai_server: OpenAIServer, limit: tuple[str, str], usage: dict[str, Any]) -> None:
    openai_server.otherwise = _several("refine ⟨1000, ?_⟩", "refine ⟨1001, ?_⟩", usage=usage)
    done = search("A.lean::root", "--policy", "breadth-first", "--samples", "2", "--json", *limit)
    assert done.code == 3, done.out + done.err
    body = json.loads(done.out)
    assert body["end"] == "budget" and body["model"]["answers"] == 2
    assert len(openai_server.requests) == 1
    assert "a limit was reached" in done.err and "a limit was reached" in " ".join(body["model"]["notes"])


def test_a_limit_in_money_without_a_price(search: Run, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = _several("refine ⟨1000, ?_⟩", "rfl")
    done = search("A.lean::root", "--policy", "breadth-first", "--samples", "2", "--max-cost", "0.5")
    assert "no price is known for scripted" in done.err


def _once(first: Reply, then: Reply) -> Scripted:
    replies = [first]
    return lambda _: replies.pop() if replies else then


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Refusal(500, "out of order"), ("model failed", "could not be asked once", "(500): out of order")),
        (_once(_several("refine ⟨1000, ?_⟩", "simp"), Refusal(400, "not this")), ("model failed", "(400): not this")),
        (Refusal(404, "no such model"), ("model-unknown-model", "no such model")),
        (Refusal(401, "a key is wanted"), ("model-no-key", "a key is wanted")),
    ],
)
def test_without_the_model_a_search_of_the_model_alone_has_failed(
    search: Run, openai_server: OpenAIServer, reply: Scripted, said: tuple[str, ...]
) -> None:
    openai_server.otherwise = reply
    done = search("A.lean::root", "--policy", "breadth-first", "--samples", "2", "--json")
    assert done.code == 60, done.out + done.err
    assert isinstance(json.loads(done.out), dict) and "Traceback" not in done.err
    assert all(words in done.out for words in said), done.out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("openrouter/some/model", "OPENROUTER_API_KEY is not set"),
        ("nonsense", "names no provider"),
        ("nobody", "cannot reach http://127.0.0.1:9"),
    ],
)
def test_what_can_be_told_before_lean_is_started(folder: Path, name: str, said: str) -> None:
    with (folder / "config" / "config.toml").open("a") as file:
        file.write('[models.nobody]\nmodel = "hosted_vllm/test"\nbase_url = "http://127.0.0.1:9/v1"\n')
    done = qed(folder, "search", "A.lean::root", "--model", name, "--save", "s.json", variables=VARIABLES)
    assert done.code == 60, done.err
    assert said in done.err and "hint" in done.err and "Traceback" not in done.err
    assert not (folder / "s.json").exists()


@pytest.mark.parametrize("option", [("--max-cost", "1"), ("--max-tokens", "9"), ("--prompt", "seed_tactic")])
def test_options_of_a_model_without_one(folder: Path, option: tuple[str, str]) -> None:
    done = qed(folder, "search", "A.lean::root", *option)
    assert done.code == 2 and f"{option[0]} belongs to a model" in done.err
