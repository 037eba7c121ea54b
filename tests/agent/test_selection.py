"""What a person types to name a hole."""

from pathlib import Path

import pytest

from agent.prover.selection import Target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("A.lean", Target(Path("A.lean"))),
        ("dir/A.lean:12", Target(Path("dir/A.lean"), 12)),
        ("A.lean:12:4", Target(Path("A.lean"), 12, 4)),
        ("A.lean::Nat.foo", Target(Path("A.lean"), declaration="Nat.foo")),
        ("A.lean::«odd name»", Target(Path("A.lean"), declaration="«odd name»")),
        ("A.lean::", Target(Path("A.lean::"))),
        ("C:/x/A.lean", Target(Path("C:/x/A.lean"))),
    ],
)
def test_parse(text: str, target: Target) -> None:
    assert Target.parse(text) == target


def test_a_file_with_a_colon_in_its_name_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "A.lean:3"
    path.touch()
    assert Target.parse(str(path)) == Target(path)


@pytest.mark.parametrize("text", ["A.lean", "A.lean:3", "A.lean:3:0", "A.lean::x.y"])
def test_a_target_prints_as_it_was_typed(text: str) -> None:
    assert str(Target.parse(text)) == text
