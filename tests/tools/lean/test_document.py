"""Commands, declarations and holes of a file, from its text alone."""

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tools.lean.document import Document, HoleKind

_FIXTURE = Path(__file__).parent / "holes.lean"


def _expected(text: str) -> list[tuple[int, int, str]]:
    """The holes that the `--!` comments announce: line, column and kind."""
    return [
        (number, int(column), kind)
        for number, line in enumerate(text.splitlines(), 1)
        if "--!" in line
        for column, kind in re.findall(r"(\d+) (\w+)", line.partition("--!")[2])
        if kind in ("tactic", "term", "statement")
    ]


@pytest.fixture(scope="module")
def document() -> Document:
    return Document.parse(_FIXTURE.read_text(encoding="utf-8"))


def test_every_hole_of_the_fixture_is_found_with_its_kind(document: Document) -> None:
    found = [(h.line, h.column, "statement" if h.in_statement else h.kind.value) for h in document.holes]
    assert found == _expected(document.text)


def test_holes_know_their_place(document: Document) -> None:
    for hole in document.holes:
        assert document.text[hole.span.start : hole.span.end] == "sorry"
        assert document.source.column_of(hole.span.start) == hole.column
        declaration = document.declaration_of(hole)
        assert declaration.holes[hole.index] == hole
        assert declaration.name == hole.declaration
        in_body = declaration.body is not None and declaration.body.encloses(hole.span)
        assert in_body or hole.in_statement
        line = document.text.splitlines()[hole.line - 1]
        assert hole.indentation == len(line) - len(line.lstrip())


def test_names_are_full(document: Document) -> None:
    names = [each.name for each in document.declarations]
    for name in ("sorryAx'", "foo.«sorry»", "A.B.first", "A.B.C.third", "fourth", "A.B.bullets", "«odd name».x'"):
        assert name in names
    assert "A.B.named" in names
    assert "A.B.K" in names
    anonymous = {each.name.partition("@")[0] for each in document.declarations if each.is_anonymous}
    assert anonymous == {"instance", "example"}
    assert [each.name for each in document.declarations if each.is_private] == ["A.B.C.third"]


def test_a_mutual_block_is_kept_whole(document: Document) -> None:
    (even,) = document.find_declarations("even")
    (odd,) = document.find_declarations("odd")
    assert (even.command_start, even.command_end) == (odd.command_start, odd.command_end)
    block = document.text[even.command_start : even.command_end]
    assert block.startswith("mutual\n")
    assert block.endswith("\nend")


def test_prefixes_belong_to_the_command_that_follows(document: Document) -> None:
    (prefixed,) = document.find_declarations("A.B.prefixed")
    text = document.text[prefixed.span.start : prefixed.span.end]
    assert text.startswith("set_option maxRecDepth 1000 in\nopen Classical in\n/-- A doc")
    assert document.text[prefixed.signature.start : prefixed.signature.end] == "theorem prefixed : True"
    assert text.endswith("sorry]")


def test_the_signature_ends_where_the_body_begins(document: Document) -> None:
    def parts(name: str) -> tuple[str, str]:
        (each,) = document.find_declarations(name)
        assert each.body is not None
        return (
            document.text[each.signature.start : each.signature.end],
            document.text[each.body.start : each.body.end].split()[0],
        )

    assert parts("statement")[0].endswith("let x := 1; x = 1")
    assert parts("absolute")[0].endswith("|a| ≤ sorry")
    assert parts("equations") == ("theorem equations : ∀ n : Nat, n = n", "|")
    assert parts("instance@179")[1] == "where"
    assert parts("wheres") == ("theorem wheres : True", ":=")


def test_commands_on_one_line_are_told_apart(document: Document) -> None:
    assert len(document.find_declarations("on_one_line")[0].holes) == 1
    assert len(document.find_declarations("next_one")[0].holes) == 1


def test_a_declaration_is_found_by_a_suffix_of_its_name() -> None:
    document = Document.parse(
        "namespace A\ntheorem x.y : True := sorry\nend A\nnamespace B\ntheorem x.y : True := sorry\nend B\n"
        "theorem y : True := sorry\n"
    )
    assert [each.name for each in document.find_declarations("A.x.y")] == ["A.x.y"]
    assert [each.name for each in document.find_declarations("x.y")] == ["A.x.y", "B.x.y"]
    assert [each.name for each in document.find_declarations("y")] == ["y"]
    assert document.find_declarations(".y.") == document.find_declarations("y")
    assert document.find_declarations("z") == ()
    assert document.find_declarations("") == ()


def test_holes_are_found_by_line_and_column() -> None:
    document = Document.parse("theorem t :\n    True ∧ True :=\n  ⟨sorry, sorry⟩\n\ntheorem u : True := trivial\n")
    assert [hole.column for hole in document.holes_at(3)] == [3, 10]
    assert [hole.column for hole in document.holes_at(3, 12)] == [10]
    assert document.holes_at(3, 0) == ()
    assert len(document.holes_at(1)) == 2
    assert document.holes_at(5) == document.holes_at(99) == document.holes_at(0) == ()


def test_the_header_is_read() -> None:
    document = Document.parse("module\n-- c\nprelude\npublic import A.B\nimport all «C d»\n/-! x -/\ndef x := 1\n")
    assert document.header.is_module
    assert document.header.is_prelude
    assert [each.name for each in document.header.imports] == ["A.B", "«C d»"]
    end = document.header.span.end
    assert document.text[:end].endswith("«C d»")
    assert [command.keyword for command in document.commands] == ["/-!", "def"]


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("open A\nopen B in\ntheorem x : p := q\n#eval 1\n#print x", ["open", "theorem", "#eval", "#print"]),
        ("theorem x : p := by\n  open A in\n  simp\nopen A", ["theorem", "open"]),
        ("theorem x : p :=\nopen A in\nq\nend", ["theorem", "end"]),
        ("attribute [instance] x\ninstance : y := z", ["attribute", "instance"]),
        ("@[instance] def x := 1\nderiving instance Repr for X", ["def", "deriving"]),
        ("structure X where\n  /-- d -/\n  private x : Nat\nderiving Repr\ndef y := 1", ["structure", "def"]),
        ("noncomputable section\nprivate unsafe def x := 1", ["section", "def"]),
        ("class inductive X\n| a\nclass abbrev Y := Z", ["class", "class"]),
        ("macro_rules | `(theorem x : y) => `(def x := sorry)\ndef z := 1", ["macro_rules", "def"]),
        ('local notation "x" => 1\nscoped infixl:65 "+" => f', ["notation", "infixl"]),
        ("#guard_msgs in\ntheorem x : p := q", ["theorem"]),
        ("theorem x : p := by simp [#s,\n  #t]\nlemma y : q := r", ["theorem", "lemma"]),
        ("theorem broken (x : Nat := by\ntheorem next : p := q", ["theorem", "theorem"]),
        ("variable (n : Nat) in\ntheorem x : p := q", ["theorem"]),
    ],
)
def test_commands_are_split(text: str, keywords: list[str]) -> None:
    commands = Document.parse(text).commands
    assert [command.keyword for command in commands] == keywords
    for before, after in pairwise(commands):
        assert before.span.end <= after.span.start


_FRAMES = ["theorem t{i} : True := by\n  {x}\n", "def d{i} : Nat :=\n  {x}\n", "example : p := {x}\n"]
_DECOYS = [
    "/- sorry -/ trivial", "-- sorry\n  trivial", '"sorry"', "sorryAx'", "foo.sorry", "«sorry»", "h_sorry", "x.sorry.y",
    "/- /- sorry -/ sorry -/ trivial", 's!"sorry {x} sorry"', 'r#"sorry"#', '"\\"sorry"', "/-- sorry -/ x",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(100))
def test_decoys_are_never_holes_and_holes_always_are(seed: int) -> None:
    chosen = random.Random(seed)
    text, expected = "", 0
    for index in range(chosen.randrange(1, 12)):
        frame = chosen.choice(_FRAMES)
        is_hole = chosen.random() < 0.4
        expected += is_hole
        content = "sorry" if is_hole else chosen.choice(_DECOYS)
        text += frame.replace("{i}", str(index)).replace("{x}", content)
    document = Document.parse(text)
    assert len(document.holes) == expected
    assert all(document.text[hole.span.start : hole.span.end] == "sorry" for hole in document.holes)


@pytest.mark.parametrize("seed", range(100))
def test_any_text_is_read(seed: int) -> None:
    chosen = random.Random(seed)
    words = [*_FIXTURE.read_text(encoding="utf-8").split(), "\n", "\n  ", "(", ")", "by", "|", "=>", "mutual", "end"]
    text = " ".join(chosen.choice(words) for _ in range(200))
    document = Document.parse(text)
    for each in document.declarations:
        assert each.command_start <= each.span.start <= each.span.end <= each.command_end
        assert each.span.encloses(each.signature)
    assert all(hole.kind in HoleKind for hole in document.holes)


def test_a_long_file() -> None:
    text = _FIXTURE.read_text(encoding="utf-8")
    long = text + text.replace("import Init", "") * 40
    document = Document.parse(long)
    assert len(document.holes) == 41 * len(_expected(text))


def test_line_endings_are_those_of_the_file() -> None:
    assert Document.parse("a\r\nb").newline == "\r\n"
    assert Document.parse("a\nb").newline == Document.parse("").newline == "\n"
    assert [h.column for h in Document.parse("theorem t : p := by\r\n  sorry\r\n").holes] == [2]
