"""Names as lists of components: how they are shown, and what is told apart."""

import pytest

from tools.lean.olean.names import Name, dotted, is_auxiliary, split_private
from tools.lean.olean.terms import digest_of, name_digest


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (("Nat", "add_comm"), "Nat.add_comm"),
        (("x'", "a!", "b?", "h₁"), "x'.a!.b?.h₁"),
        (("propext℘",), "propext℘"),
        (("A.B", "c"), "«A.B».c"),
        (("odd name",), "«odd name»"),
        (("1",), "«1»"),
        (("a", 1), "a.1"),
        (("",), "«»"),
        ((), ""),
        (("λ",), "«λ»"),
    ],
)
def test_shown_as_lean_writes_them(name: Name, shown: str) -> None:
    assert dotted(name) == shown


def test_a_name_that_no_source_can_write_looks_like_no_other() -> None:
    forged: Name = ("mine».«propext",)
    assert dotted(forged) != dotted(("mine", "propext"))
    assert dotted(("a\nb",)) == "«a\nb»"


@pytest.mark.parametrize(
    ("name", "is_private", "own"),
    [
        (("_private", "X", 0, "A", "b"), True, ("A", "b")),
        (("_private", "My", "Module", 0, "b"), True, ("b",)),
        (("A", "_private", "X", 0, "b"), False, ("A", "_private", "X", 0, "b")),
        (("_private", "X", "b"), False, ("_private", "X", "b")),
        (("b",), False, ("b",)),
    ],
)
def test_private_names(name: Name, is_private: bool, own: Name) -> None:
    assert split_private(name) == (is_private, own)


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ("_proof_1", True),
        ("_proof_1_2", True),
        ("match_1", True),
        ("eq_1", True),
        ("_sizeOf_inst", True),
        ("proof_of", False),
        ("match_one", False),
        ("eq_", False),
        ("instance_1", True),
        ("rec", False),
        ("helper", False),
    ],
)
def test_what_lean_makes_for_itself(component: str, expected: bool) -> None:
    for name in ((component,), ("A", component), ("_private", "X", 0, "A", component), ("A", component, "more")):
        assert is_auxiliary(name) is expected
    assert is_auxiliary(("A", 1))


def test_digests_of_names_are_those_of_their_components() -> None:
    names: list[Name] = [
        ("A", "b"),
        ("A.b",),
        ("Ab",),
        ("A", "b", ""),
        ("A", 1),
        ("A", "1"),
        ("_private", "X", 0, "A", "b"),
        ("propext",),
        ("propext℘",),
    ]
    assert len({name_digest(name) for name in names}) == len(names)
    assert name_digest(("_private", "X", 0, "A")) == name_digest(("_private", "Y", "Z", 0, "A"))


def test_digests_tell_their_parts_apart() -> None:
    parts = [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"abc", b""), (b"", b"abc")]
    assert len({digest_of(*each) for each in parts}) == len(parts)
