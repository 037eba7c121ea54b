"""What a person means by a place."""

from pathlib import Path

import pytest

from agent.workbench.outline import FileOutline, HoleInfo, outline, project_outline
from agent.workbench.places import Place, find_file, find_places, places
from tools.errors import ExitCode, QedError

A = FileOutline(
    Path("/p/A.lean"),
    "A.lean",
    (
        HoleInfo("Nat.foo", 1, 3),
        HoleInfo("Nat.foo", 2, 4),
        HoleInfo("bar", 1, 9),
        HoleInfo("claim", 1, 12, fillable=False),
    ),
    ("Nat.foo", "bar", "done", "claim"),
)
B = FileOutline(
    Path("/p/sub/B.lean"), "sub/B.lean", (HoleInfo("Int.foo", 1, 1), HoleInfo("baz", 1, 2)), ("Int.foo", "baz")
)
C = FileOutline(Path("/p/sub/C.lean"), "sub/C.lean", (HoleInfo("baz", 1, 2),), ("baz",))
BROKEN = FileOutline(Path("/p/D.lean"), "D.lean", problem="/p/D.lean is not UTF-8")
FILES = (A, B, C, BROKEN)


def _named(text: str) -> list[str]:
    return [f"{place.name}:{place.describe()}" for place in find_places(FILES, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bar", ["A.lean:bar"]),
        ("@bar", ["A.lean:bar"]),
        ("Nat.foo", ["A.lean:Nat.foo", "A.lean:Nat.foo#2"]),
        ("Nat.foo#2", ["A.lean:Nat.foo#2"]),
        ("A.lean", ["A.lean:Nat.foo", "A.lean:Nat.foo#2", "A.lean:bar"]),
        ("B.lean", ["sub/B.lean:Int.foo", "sub/B.lean:baz"]),
        ("A.lean:9", ["A.lean:bar"]),
        ("/p/sub/C.lean", ["sub/C.lean:baz"]),
    ],
)
def test_a_place_is_found(text: str, expected: list[str]) -> None:
    assert _named(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("foo", "several"),
        ("baz", "several"),
        ("done", "has no open hole"),
        ("claim", "has no open hole"),
        ("bra", "there is no hole bra"),
        ("bar#3", "no hole 3"),
        ("A.lean:10", "no open hole at line 10"),
        ("X.lean", "no file X.lean"),
        ("D.lean", "not UTF-8"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(QedError, match=message) as raised:
        find_places(FILES, text)
    assert raised.value.exit_code is ExitCode.USAGE


def test_close_names_are_offered() -> None:
    with pytest.raises(QedError) as raised:
        find_places(FILES, "bart")
    assert "bar" in raised.value.hint


def test_a_name_of_several_files_is_refused() -> None:
    twice = (FileOutline(Path("/p/x/A.lean"), "x/A.lean"), FileOutline(Path("/p/y/A.lean"), "y/A.lean"))
    with pytest.raises(QedError, match="several files"):
        find_file(twice, "A.lean")


def test_holes_of_statements_are_not_for_proofs() -> None:
    assert Place(A.path, "A.lean", "claim", 1) not in places(FILES)
    assert len(places(FILES)) == 6


def test_an_outline_is_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "A.lean").write_text("theorem t (n : Nat) :\n    n = n := by\n  sorry\n\ndef d := 1\n")
    (tmp_path / "B.lean").write_bytes(b"\xff\xfe\x00")
    (tmp_path / ".lake").mkdir()
    (tmp_path / ".lake" / "X.lean").write_text("theorem hidden : True := sorry\n")
    found = project_outline(tmp_path)
    assert found.complete
    assert [file.name for file in found.files] == ["A.lean", "B.lean"]
    (hole,) = found.files[0].holes
    assert (hole.declaration, hole.number, hole.line) == ("t", 1, 3)
    assert hole.statement == "theorem t (n : Nat) : n = n"
    assert found.files[0].declarations == ("t", "d")
    assert "UTF-16" in found.files[1].problem or "UTF-8" in found.files[1].problem


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    (file,) = outline([tmp_path / "gone.lean"], tmp_path)
    assert "gone.lean" in file.problem
    assert file.holes == ()
