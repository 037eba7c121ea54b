"""What can go wrong before LeanDojo shows a state: each time an error that says what to do."""

from pathlib import Path

import pytest

from tests.tools.environment.leandojo.conftest import LEAN, START, Traced
from tools.environment.guards import screen_tactic
from tools.environment.leandojo.environment import LeanDojoEnvironment
from tools.environment.leandojo.repository import CommittedFile, TheoremAt
from tools.errors import ExitCode, QedError
from tools.lean.document import Document


async def _refusal(traced: Traced, theorem: str = "both", **options: float) -> QedError:
    with pytest.raises(QedError) as caught:
        async with traced.opened(theorem, **options):
            pass
    assert not traced.leftovers()
    return caught.value


async def test_a_commit_that_is_not_traced(traced: Traced) -> None:
    (traced.root / "More.lean").write_text("theorem more : True := by\n  sorry\n")
    traced.commit_all()
    error = await _refusal(traced)
    assert f"has not traced {traced.root} at {traced.commit[:12]}" in error.message
    assert f"trace(LeanGitRepo({str(traced.root)!r}, {traced.commit!r}))" in error.hint


async def test_a_repository_that_is_not_there(traced: Traced, tmp_path: Path) -> None:
    at = TheoremAt(str(tmp_path / "nowhere"), traced.commit, "Facts.lean", "both")
    with pytest.raises(QedError, match="nowhere is not a valid URL"):
        await LeanDojoEnvironment.open(at, screen=screen_tactic)


async def test_a_commit_that_is_not_there(traced: Traced) -> None:
    traced.commit = "v1"
    error = await _refusal(traced)
    assert "Error converting ref" in error.message


async def test_a_theorem_that_is_not_there(traced: Traced) -> None:
    error = await _refusal(traced, "neither")
    assert "Failed to locate the theorem with `neither`" in error.message


async def test_a_file_that_was_not_traced(traced: Traced) -> None:
    (traced.traced_root / ".lake/build/ir/Facts.ast.json").unlink()
    error = await _refusal(traced)
    assert "Cannot find the *.ast.json file" in error.message


async def test_a_theorem_by_where(traced: Traced) -> None:
    text = "theorem both : True ∧ True where\n  left := trivial\n"
    traced.file.write_text(text, encoding="utf-8")
    traced.commit_all()
    traced.trace(text)
    error = await _refusal(traced)
    assert "Cannot interact with theorems with the `where` keyword" in error.message


async def test_a_prelude(traced: Traced) -> None:
    text = "prelude\n\ntheorem both : True := by\n  sorry\n"
    traced.file.write_text(text, encoding="utf-8")
    traced.commit_all()
    traced.trace(text, prelude=True)
    traced.replay(start=["error: import"], stop=True)
    error = await _refusal(traced)
    assert "prelude files" in error.message


async def test_lean_ends_before_it_reaches_the_theorem(traced: Traced) -> None:
    traced.replay(start=["Facts.lean:1:0: error: unknown module"], stop=True)
    error = await _refusal(traced)
    assert "DojoInitError: Unexpected EOF" in error.message
    assert "v4.3.0-rc2" in error.hint


async def test_lean_does_not_reach_the_theorem(traced: Traced) -> None:
    traced.replay(start=["still at it"])
    error = await _refusal(traced, timeout=0.5)
    assert "Timeout during initialization" in error.message


async def test_a_first_answer_that_is_none(traced: Traced) -> None:
    traced.replay(start=["REPL> what?"])
    error = await _refusal(traced)
    assert "JSONDecodeError" in error.message


async def test_a_lean_toolchain_that_is_not_there(traced: Traced) -> None:
    (traced.root / "lean-toolchain").unlink()
    traced.commit_all()
    error = await _refusal(traced)
    assert "lean-toolchain" in error.message


async def test_leandojo_refuses_its_environment(traced: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACTIC_MEMORY_LIMIT", "lots")
    error = await _refusal(traced)
    assert "process died" in error.message
    assert "re.fullmatch" in error.message  # LeanDojo's own words, from its standard error


def _theorem_of(traced: Traced, name: str = "both") -> TheoremAt:
    document = Document.parse(traced.file.read_text(encoding="utf-8"))
    (declaration,) = document.find_declarations(name)
    return CommittedFile.of(traced.file).theorem(document, declaration.holes[0])


def test_the_theorem_of_a_hole(traced: Traced) -> None:
    root = str(traced.root.resolve())
    assert _theorem_of(traced) == TheoremAt(root, traced.commit, "Facts.lean", "both")
    assert _theorem_of(traced, "Deep.ℕ_one") == TheoremAt(root, traced.commit, "Facts.lean", "Deep.ℕ_one")


def test_edits_that_leandojo_does_not_see(traced: Traced) -> None:
    committed = CommittedFile.of(traced.file)
    proved = LEAN.replace("by\n  sorry", "by\n  exact ⟨hp, hq⟩")
    assert not committed.edited(Document.parse(LEAN))
    assert not committed.edited(Document.parse(proved))
    assert committed.edited(Document.parse(f"import Lean\n{LEAN}"))
    assert committed.edited(Document.parse(LEAN.replace("namespace", "def n := 1\n\nnamespace")))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ((" : p ∧ q", " : q ∧ p"), "stated otherwise in the last commit"),
        (("theorem both", "theorem both'"), "is not in the last commit"),
        (("by\n  sorry", "by\n  constructor\n  sorry"), "only a part"),
        (("by\n  sorry", "by\n  sorry\n  done"), "only a part"),
        ((":= by\n  sorry", ":= And.intro hp sorry"), "only a part"),
        (("theorem both", "def both"), "only theorems"),
        (("/-! Facts. -/", "prelude"), "prelude"),
    ],
)
def test_holes_that_leandojo_cannot_work_on(traced: Traced, edit: tuple[str, str], message: str) -> None:
    traced.file.write_text(LEAN.replace(*edit), encoding="utf-8")
    with pytest.raises(QedError, match=message) as caught:
        _theorem_of(traced, "both'" if edit[1] == "theorem both'" else "both")
    assert "--environment language-server" in caught.value.hint


def test_a_comment_beside_the_hole_is_no_part_of_the_proof(traced: Traced) -> None:
    traced.file.write_text(LEAN.replace("by\n  sorry", "by -- soon\n  /- now -/\n  sorry -- !"), encoding="utf-8")
    assert _theorem_of(traced).full_name == "both"


def test_files_that_git_does_not_have(traced: Traced, tmp_path: Path) -> None:
    new, lone = traced.root / "New.lean", tmp_path / "Lone.lean"
    for file, message in ((new, "New.lean is not in the last commit"), (lone, "git repositories only")):
        file.write_text(LEAN, encoding="utf-8")
        with pytest.raises(QedError, match=message) as caught:
            CommittedFile.of(file)
        assert caught.value.exit_code is ExitCode.USAGE


def test_no_git(traced: Traced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QedError, match="needs git") as caught:
        CommittedFile.of(traced.file)
    assert caught.value.exit_code is ExitCode.TOOLCHAIN_NOT_FOUND


async def test_the_next_opening_works(traced: Traced) -> None:
    traced.replay(start=["REPL> what?"])
    await _refusal(traced)
    traced.replay(start=[START])
    async with traced.opened() as environment:
        assert environment.initial_state.num_goals == 1
