"""Declarations of a project, found by words."""

import os
from pathlib import Path

from tools.premises.project_index import ProjectIndex

A = """namespace Tree
/-- How many. -/
def size (t : List Nat) : Nat := t.length
theorem size_append (a b : List Nat) : size (a ++ b) = size a + size b := by
  sorry
end Tree
"""
B = "theorem mirrorMirror (t : List Nat) : t.reverse.reverse = t := by simp\nexample : 1 = 1 := rfl\n"


def _index(folder: Path) -> ProjectIndex:
    (folder / "A.lean").write_text(A)
    (folder / "B.lean").write_text(B)
    index = ProjectIndex()
    index.refresh(sorted(folder.glob("*.lean")))
    return index


def _names(index: ProjectIndex, query: str) -> list[str]:
    return [premise.name for premise in index.find(query, 10)]


def test_names_parts_of_names_and_words_of_statements(tmp_path: Path) -> None:
    index = _index(tmp_path)
    assert _names(index, "Tree.size_append") == ["Tree.size_append"]
    assert _names(index, "append") == ["Tree.size_append"]
    assert _names(index, "mirror") == ["mirrorMirror"]
    assert _names(index, "size ++") == ["Tree.size_append", "Tree.size"]
    assert _names(index, "reverse") == ["mirrorMirror"]
    assert _names(index, "nothing of the kind") == [] and _names(index, " ") == []


def test_what_is_told_about_a_declaration(tmp_path: Path) -> None:
    (found,) = _index(tmp_path).find("append", 1)
    assert (found.kind, found.line, found.has_hole, found.path) == ("theorem", 4, True, tmp_path / "A.lean")
    assert found.statement == "theorem size_append (a b : List Nat) : size (a ++ b) = size a + size b"


def test_a_changed_file_is_read_again_and_a_deleted_one_forgotten(tmp_path: Path) -> None:
    index = _index(tmp_path)
    (tmp_path / "B.lean").write_text("theorem other : 1 = 1 := rfl\n")
    os.utime(tmp_path / "B.lean", ns=(1, 1))
    (tmp_path / "A.lean").unlink()
    (tmp_path / "Bad.lean").write_bytes(b"\xff")
    index.refresh([tmp_path / "A.lean", tmp_path / "B.lean", tmp_path / "Bad.lean"])
    assert _names(index, "other") == ["other"] and _names(index, "size mirror") == []
