"""Pictures of the whole app. Made anew with `pytest --snapshot-update`, then looked at."""

import os
from pathlib import Path
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension  # pyright: ignore[reportMissingTypeStubs]
from syrupy.assertion import SnapshotAssertion

from agent.tui.screens.picker import Choice, Picker
from tests.agent.command import REPOSITORY
from tests.agent.tui.opened import opened
from tests.agent.tui.still import Album, StillBench, project
from tests.openai_server import Answer, Call, OpenAIServer, Refusal
from tools.directories import cache_dir

PROOF = "exact ⟨h.2, h.1⟩"
HOLE = {"file": "Logic.lean", "declaration": "and_swapped"}
STILL: dict[str, Any] = {"workbench": StillBench, "clock": lambda: 0.0}
EXPLAINED = """A proof of `p ∧ q` is a *pair*: its halves are taken out and put together in the other order.

```lean
theorem and_swapped (h : p ∧ q) : q ∧ p := by
  exact ⟨h.2, h.1⟩
```

- `h.1 : p` and `h.2 : q` are the halves;
- `⟨_, _⟩` makes a pair of them.
"""
TURN = (
    Answer(
        "I look at the goal first.",
        reasoning="A conjunction, and the goal is the same with its halves exchanged.",
        calls=(Call("goals", {"file": "Logic.lean", "line": 9}),),
    ),
    Answer(calls=(Call("try_tactics", {**HOLE, "tactics": ["rfl", "exact h", PROOF]}),)),
    Answer("The third one closes it.", calls=(Call("write_proof", {**HOLE, "proof": PROOF}),)),
    Answer(EXPLAINED),
)


@pytest.fixture(autouse=True)
def anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without keys, whose folders are the test's."""
    monkeypatch.setenv("QED_CACHE_DIR", str(cache_dir()))  # the toolchain is shared by all
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            monkeypatch.delenv(name)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    examples = REPOSITORY / "lean" / "examples"
    return project(tmp_path, Logic=(examples / "Logic.lean").read_text(encoding="utf-8"))


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageExtension)


def _assert_same(album: Album, picture: SnapshotAssertion) -> None:
    differ = [name for name, svg in album.pictures.items() if svg != picture(name=name)]
    assert not differ


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
async def test_a_proof(root: Path, openai_server: OpenAIServer, picture: SnapshotAssertion) -> None:
    openai_server.will(*TURN)
    async with opened(root, openai_server.url, **STILL) as app:
        album = Album(app)
        await app.lean_is_ready()
        await app.shows("6 open holes")
        await app.sees("⊢")  # the goals of the first hole
        await album.take("ready")
        await app.says("Prove and_swapped, and explain the idea.")
        await app.until(lambda: app.is_asking, "the question")
        await album.take("question")
        await app.answers("y")
        await app.shows("makes a pair")
        await app.idle()
        await app.sees("5 holes", "Goal de_morgan")
        await album.take("proved")
        await _other_terminals(album)
        await app.pilot.press("f6", "o", "home")
        await album.take("tools-opened")
        await app.pilot.press("escape")
        await _by_hand(album)
        _assert_same(album, picture)


async def _other_terminals(album: Album) -> None:
    app = album.opened.app
    for theme in ("textual-light", "ansi-dark"):
        app.theme = theme
        await album.take(theme)
    app.theme = "textual-dark"
    await album.resize(220, 50)
    await album.take("wide")
    await album.resize(80, 24)
    await album.take("narrow")
    await album.opened.pilot.press("f2")
    await album.take("narrow-pane")
    await album.opened.pilot.press("f2")
    await album.resize(120, 36)


async def _by_hand(album: Album) -> None:
    app = album.opened
    await app.says("/clear")
    await app.says("/goals de_morgan")
    await app.idle()
    await app.says("/try constructor ;; simp ;; exact rfl")
    await app.idle()
    await album.take("by-hand")
    await app.says("/search")
    await app.sees("intro h")
    await album.take("searching")


async def test_without_a_model(root: Path, picture: SnapshotAssertion) -> None:
    async with opened(root, lean=False, **STILL) as app:
        album = Album(app)
        await app.shows("6 open holes", "no such toolchain")
        await album.take("neither-model-nor-lean")
        await app.says("Prove everything, please.")
        await app.says("/goals nothing")
        await app.shows("no model is chosen", "there is no hole nothing")
        await album.take("errors")
        await app.says("/clear")
        await app.pilot.press("f1")
        await app.shows("FILE:LINE")
        await album.take("help")
        await album.resize(40, 16)
        await album.take("tiny")
        _assert_same(album, picture)


async def test_pickers(root: Path, openai_server: OpenAIServer, picture: SnapshotAssertion) -> None:
    async with opened(root, openai_server.url, lean=False, size=(100, 30), **STILL) as app:
        album = Album(app)
        await app.shows("6 open holes", "no such toolchain")
        await app.says("/models")
        await app.sees("› scripted")
        await album.take("models")
        await app.pilot.press("escape")
        await app.says("/theme")
        await app.sees("› textual-dark")
        await app.pilot.press(*"dark")
        await app.until(lambda: app.app.theme == "ansi-dark")
        await app.sees("› ansi-dark")
        await album.take("themes")
        await app.pilot.press("escape")
        await app.until(lambda: app.app.theme == "textual-dark")
        said = ("Prove the second lemma of Lists.lean", "Why is peirce not provable without classical logic?")
        choices = [Choice(text, text, f"2026-03-0{day} 10:31 · {day * 4} messages") for day, text in enumerate(said, 1)]
        await app.app.push_screen(Picker("Go on with a conversation", choices))
        await app.sees("› Prove")
        await album.take("sessions")
        _assert_same(album, picture)


async def test_a_reply_that_arrives(root: Path, openai_server: OpenAIServer, picture: SnapshotAssertion) -> None:
    long = Answer(EXPLAINED, reasoning="Hm.", hang_after=40)
    openai_server.will(long, Refusal(401, "Incorrect API key provided."))
    async with opened(root, openai_server.url, lean=False, size=(100, 30), **STILL) as app:
        album = Album(app)
        await app.shows("6 open holes", "no such toolchain")
        await app.says("Why does and_swapped hold?")
        await app.shows("in the other order")
        await app.until(lambda: _streamed(app.text), "all that is sent")
        await app.says("And de_morgan?")
        await album.take("streaming")
        await app.pilot.press("escape")
        await app.idle()
        await app.pilot.press("enter")
        await app.shows("Incorrect API key")
        await app.idle()
        await album.take("bad-key")
        _assert_same(album, picture)


def _streamed(text: str) -> bool:
    return len(text.partition("A proof of")[2]) > 100


async def test_without_colours(
    root: Path, openai_server: OpenAIServer, picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    openai_server.will(
        Answer(EXPLAINED, reasoning="Hm.", calls=(Call("read_file", {"file": "Gone.lean"}),)), Answer("Oh.")
    )
    async with opened(root, openai_server.url, lean=False, size=(100, 30), **STILL) as app:
        album = Album(app)
        await app.shows("6 open holes", "no such toolchain")
        await app.says("Why does and_swapped hold?")
        await app.shows("Oh.")
        await app.idle()
        await album.take("no-color")
        _assert_same(album, picture)
