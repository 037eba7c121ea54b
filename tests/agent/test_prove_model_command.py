"""`qed prove` with a model as a person runs it: a process of its own, the scripted server, the real Lean."""

import json
import math
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.agent.brief import LAUNCH_BRIEF
from tests.agent.command import environment, qed, qed_brief
from tests.openai_server import Answer, Choices, OpenAIServer

CONFIG = """[models.scripted]
model = "hosted_vllm/test"
base_url = "{url}"
retries = 0
"""
EASY = "theorem easy (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n"
# Only the roots will do, and nothing in the goal says them.
ROOT = "theorem root : ∃ n : Nat, n * n = 1522756 ∧ 0 < n := by\n  sorry\n"
ROOTS = "theorem {name} : ∃ a : Nat, a * a = {0} ∧ ∃ b : Nat, b * b = {1} := by\n  sorry\n"
LONG = "theorem long (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"
PATIENCE = 240

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("toolchain")]


@pytest.fixture
def folder(tmp_path: Path, openai_server: OpenAIServer) -> Path:
    """A folder with settings that name the scripted server."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(CONFIG.format(url=openai_server.url))
    return tmp_path


class Roots:
    """A model that knows square roots; every answer has a number of its own."""

    def __init__(self) -> None:
        self.numbers: list[str] = []

    def __call__(self, request: dict[str, Any]) -> Choices:
        """The root that the goal asks for."""
        wanted = re.search(r"⊢ ∃ (\w+), \1 \* \1 = (\d+)", request["messages"][-1]["content"])
        tactic = f"refine ⟨{math.isqrt(int(wanted[2]))}, ?_⟩" if wanted else "contradiction"
        self.numbers.append(f"answer {len(self.numbers)}.")
        answer = Answer(f"{self.numbers[-1]}\n```lean\n{tactic}\n```", delay=0.3)
        return Choices((answer,) * (request.get("n") or 1))


def _holes(text: str) -> dict[str, dict[str, Any]]:
    return {hole["declaration"]: hole for file in json.loads(text)["files"] for hole in file["holes"]}


def _journals(folder: Path) -> list[Path]:
    return sorted((folder / "state" / "runs").glob("*.jsonl"))


def _kinds(journal: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in journal.read_text(encoding="utf-8").splitlines()]


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_the_model_proves_what_the_search_alone_does_not(folder: Path, openai_server: OpenAIServer) -> None:
    openai_server.otherwise = Roots()
    with (folder / "config" / "config.toml").open("a") as settings:
        settings.write('[model]\nname = "scripted"\n')
    (folder / "A.lean").write_text(ROOT + "\n" + EASY, encoding="utf-8")
    done = qed(folder, "prove", "A.lean", "--json")
    assert done.code == 0, done.out + done.err
    holes = _holes(done.out)
    root, easy = holes["root"], holes["easy"]
    assert (easy["strategy"], root["strategy"]) == ("search", "search with the model")
    assert [each["strategy"] for each in root["tried"]] == ["search", "search with the model"]
    assert root["tried"][1]["tokens"] >= 15 and root["tried"][0]["tokens"] == easy["tried"][0]["tokens"] == 0
    assert "1234" in root["proof"] and "sorry" not in (folder / "A.lean").read_text(encoding="utf-8")
    assert "no price is known for scripted: --max-cost did not count" in done.err
    (journal,) = _journals(folder)
    assert _kinds(journal)[0] == "run" and _kinds(journal)[-1] == "end" and "answer" in _kinds(journal)
    assert qed(folder, "prove", "--resume").code == 2  # it is over


@pytest.mark.parametrize(
    ("limit", "usage"),
    [
        (("--max-tokens", "10"), {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}),
        (("--hole-cost", "0.2"), {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "cost": 0.25}),
    ],
)
def test_limits(folder: Path, openai_server: OpenAIServer, limit: tuple[str, str], usage: dict[str, Any]) -> None:
    openai_server.otherwise = lambda request: Choices(
        tuple(Answer(f"refine ⟨{number}, ?_⟩", usage=usage) for number in range(1000, 1000 + request["n"]))
    )
    (folder / "A.lean").write_text(ROOT, encoding="utf-8")
    done = qed_brief(folder, "prove", "A.lean", "--model", "scripted", "--timeout", "20", "--json", *limit)
    assert done.code == 3, done.out + done.err
    assert len(openai_server.requests) == 1
    assert "a limit was reached" in _holes(done.out)["root"]["detail"]
    assert ("no price" in done.err) == ("cost" not in usage)


def test_what_ran_out_of_tokens_goes_on_with_more(folder: Path, openai_server: OpenAIServer) -> None:
    def sample(request: dict[str, Any]) -> Choices:
        is_first = len(openai_server.requests) == 1
        tactic = "have step : 1000 = 1000 := rfl" if is_first else "exact ⟨1234, by decide⟩"
        return Choices((Answer(tactic),) * (request.get("n") or 1))

    openai_server.otherwise = sample
    (folder / "A.lean").write_text(ROOT, encoding="utf-8")
    how = ("--model", "scripted", "--max-tokens", "10", "--timeout", "20", "--json")
    done = qed_brief(folder, "prove", "A.lean", *how)
    assert done.code == 3 and len(openai_server.requests) == 1, done.err
    assert "with more time, tokens or money" in done.err
    again = qed_brief(folder, "prove", "--resume", "--max-tokens", "100000", "--timeout", "240", "--json")
    assert again.code == 0, again.out + again.err
    root = _holes(again.out)["root"]
    assert "1234" in root["proof"] and root["tried"][0]["strategy"] == "search"
    first, *others = openai_server.requests
    assert others and first not in others


def test_a_missing_key_ends_the_run_at_once(folder: Path) -> None:
    (folder / "A.lean").write_text(EASY)
    variables = {"OPENROUTER_API_KEY": "", "OR_API_KEY": ""}
    done = qed(folder, "prove", "A.lean", "--model", "openrouter/some/model", "--json", variables=variables)
    assert done.code == 60 and json.loads(done.out)["error"]["code"] == "model-no-key"
    assert (folder / "A.lean").read_text() == EASY and not _journals(folder)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A.lean", "--max-cost", "1"), "--max-cost belongs to a model"),
        (("A.lean", "--model", "scripted", "--no-model"), "exclude each other"),
        (("--resume", "", "A.lean"), "takes no targets"),
        (("--resume",), "no run in"),
        (("--resume", "2099"), "no run 2099"),
        ((), "Missing argument"),
    ],
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    (folder / "A.lean").write_text(EASY)
    done = qed(folder, "prove", *arguments)
    assert done.code == 2 and said in done.err, done.err
    assert (folder / "A.lean").read_text() == EASY


def _start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """A run that may say as much as it likes: nobody has to read it."""
    return subprocess.Popen(
        [*LAUNCH_BRIEF, "prove", *arguments],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=(folder / "said.txt").open("ab"),
        start_new_session=True,
    )


def test_a_run_without_a_model_is_gone_on_with(folder: Path) -> None:
    """In one file all was proved before; in the other a hole is left."""
    files = folder / "A.lean", folder / "B.lean"
    files[0].write_text(EASY)
    files[1].write_text(EASY.replace("easy", "second") + "\n" + LONG)
    with _start(folder, "A.lean", "B.lean", "--timeout", "100") as run:
        _until(lambda: all("sorry" not in file.read_text().split("long")[0] for file in files))
        os.kill(run.pid, signal.SIGINT)
        assert run.wait(PATIENCE) == 130
    (journal,) = _journals(folder)
    assert f"`qed prove --resume {journal.stem}` goes on" in (folder / "said.txt").read_text()
    assert _kinds(journal)[-1] == "stopped"
    before = files[1].read_text()
    done = qed(folder, "prove", "--resume", "--timeout", "1", "--json")
    assert done.code == 3, done.out + done.err
    holes = _holes(done.out)
    assert {name: hole["status"] for name, hole in holes.items()} == {
        "easy": "proved",
        "second": "proved",
        "long": "not proved",
    }
    assert files[1].read_text() == before
    # With more time it may be gone on with; with the same there is nothing to do.
    assert _kinds(journal)[-1] == "stopped" and "with more time" in done.err
    again = qed(folder, "prove", "--resume", "--timeout", "1", "--json")
    assert again.code == 3 and _holes(again.out)["long"]["detail"] == holes["long"]["detail"]
    assert _holes(again.out)["long"]["tactics_tried"] == holes["long"]["tactics_tried"]


def test_killed_at_random_moments_nothing_is_paid_for_twice_and_nothing_is_lost(
    folder: Path, openai_server: OpenAIServer
) -> None:
    """A request is repeated only where its answer was not on the disk when qed was killed."""
    model = openai_server.otherwise = Roots()
    rng = random.Random(int(time.time()))
    file = folder / "A.lean"
    squares = {name: [(n + step) ** 2 for step in (0, 100)] for name, n in (("one", 1234), ("two", 1357))}
    texts = [EASY, *(ROOTS.format(*numbers, name=name) for name, numbers in squares.items())]
    file.write_text("\n".join(texts), encoding="utf-8")
    arguments = ("A.lean", "--model", "scripted", "--max-cost", "5")
    kills: list[tuple[int, set[str]]] = []
    open_holes = len(texts)
    for _ in range(3):
        seen, more = len(openai_server.requests), rng.randrange(1, 4)
        with _start(folder, *arguments) as run:
            _until(lambda seen=seen, more=more, run=run: _is_over(run) or len(openai_server.requests) >= seen + more)
            time.sleep(rng.uniform(0, 0.7))  # the moment of the kill
            run.kill()
            over = run.wait(PATIENCE) != -signal.SIGKILL
        assert not over or run.returncode in (0, 3), (folder / "said.txt").read_text()
        (journal,) = _journals(folder)
        on_disk = journal.read_text(encoding="utf-8", errors="replace")
        kills.append((len(openai_server.requests), {each for each in model.numbers if f'"{each}' in on_disk}))
        now = file.read_text(encoding="utf-8").count("sorry")
        assert now <= open_holes
        open_holes, arguments = now, ("--resume",)
        if over:
            break
    else:
        done = qed_brief(folder, "prove", "--resume", "--json")
        holes, text = _holes(done.out), file.read_text(encoding="utf-8")
        assert set(holes) == {"easy", "one", "two"}, done.err
        for name, hole in holes.items():  # on a busy machine a search may end before its proof is found
            is_there = "sorry" not in text.partition(f"theorem {name} ")[2].partition("theorem")[0]
            assert (hole["status"] == "proved") == is_there and (is_there or hole["reason"] == "budget")
        assert (done.code == 0) == ("sorry" not in text), done.out
    assert any(durable for _, durable in kills)
    _assert_nothing_twice(openai_server, model.numbers, kills)


def _is_over(run: "subprocess.Popen[bytes]") -> bool:
    return run.poll() is not None


def _assert_nothing_twice(server: OpenAIServer, numbers: list[str], kills: list[tuple[int, set[str]]]) -> None:
    bodies = [json.dumps(body["messages"]) for body in server.requests]
    assert len(bodies) == len(numbers)
    for count, durable in kills:
        paid = {body for body, number in zip(bodies[:count], numbers, strict=False) if number in durable}
        again = paid & set(bodies[count:])
        assert not again, again
