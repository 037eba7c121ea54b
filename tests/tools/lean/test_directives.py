"""Comments that say how a declaration is to be treated, and what only looks like one."""

import pytest

from tools.lean.directives import Directives, directives_of
from tools.lean.document import Document

NONE = Directives()


def _of(text: str, name: str = "t") -> Directives:
    document = Document.parse(text)
    (declaration,) = document.find_declarations(name)
    return directives_of(document, declaration)


def _above(text: str) -> Directives:
    return _of(f"import Init\n\ntheorem before : True := trivial\n\n{text}\ntheorem t : True := by\n  sorry\n")


def test_each_word() -> None:
    assert _above("-- qed: skip") == Directives(skip=True)
    assert _above("-- qed: hint by induction on n") == Directives(hint="by induction on n")
    assert _above("-- qed: timeout 60") == Directives(timeout=60.0)
    assert _above("-- qed: timeout 0.5") == Directives(timeout=0.5)


def test_several_lines_add_up_and_the_last_timeout_counts() -> None:
    text = "-- qed: hint first\n-- about t\n-- qed: timeout 10\n\n  -- qed: hint   second  \n-- qed: timeout 20\n"
    assert _above(text) == Directives(hint="first\nsecond", timeout=20.0)


@pytest.mark.parametrize(
    "comment",
    [
        "--qed: skip",
        "--   qed: skip",
        "-- qed:skip",
        "-- qed:\tskip",
        "-- qed: skip\r",
        "/- qed: skip -/",
        "  /-qed: skip-/  ",
    ],
)
def test_ways_to_write_it(comment: str) -> None:
    assert _above(comment) == Directives(skip=True)


@pytest.mark.parametrize(
    "text",
    [
        "-- qed: skip\n/-- About t. -/\n@[simp]",
        "/-- About t. -/\n-- qed: skip\n@[simp]",
        "/-- About t. -/\n@[simp]\n-- qed: skip\nprotected",
        "-- qed: skip\nset_option maxHeartbeats 400000 in",
        "set_option maxHeartbeats 400000 in\n-- qed: skip",
        "-- qed: skip\n\n\n-- something else",
        "    -- qed: skip",
        "/- a longer\ncomment -/\n-- qed: skip",
    ],
)
def test_where_it_may_stand(text: str) -> None:
    assert _above(text) == Directives(skip=True)


@pytest.mark.parametrize(
    "text",
    [
        "/-- -- qed: skip -/",
        "/--\n-- qed: skip\n-/",
        "/-\n-- qed: skip\n-/",
        "/- /- qed: skip -/ -/",
        "/- qed: skip\n-/",
        "/-!\n-- qed: skip\n-/",
        '@[deprecated "\n-- qed: skip\n"]',
        '@[deprecated r#"\n-- qed: skip\n"#]',
        "-- QED: skip",
        "-- Qed: skip",
        "-- qed : skip",
        "-- see qed: skip",
        "-- qed skip",
        "--- qed: skip",
        "@[simp] -- qed: skip",
        "/- qed: skip -/ @[simp]",
        "-- qed: skip\nvariable (n : Nat)",
        "-- qed: skip\n/-! A chapter. -/",
        "-- qed: skip\nnamespace A",
        'def s := "\n-- qed: skip\n"',
        "def «\n-- qed: skip\n» := 1",
    ],
)
def test_what_is_none(text: str) -> None:
    name = "A.t" if "namespace" in text else "t"
    assert _of(f"{text}\ntheorem t : True := by\n  sorry\n", name) == NONE


def test_it_is_for_the_declaration_below_alone() -> None:
    text = (
        "-- qed: timeout 5\n"
        "theorem a : True := by -- qed: skip\n"
        "  -- qed: hint inside\n"
        "  sorry -- qed: skip\n"
        "  -- qed: hint after a\n"
        "theorem b : True := by sorry /- qed: skip -/\n"
        "theorem c : True := by sorry\n"
        "-- qed: skip\n"
    )
    assert _of(text, "a") == Directives(timeout=5.0)
    assert _of(text, "b") == Directives(hint="after a")
    assert _of(text, "c") == NONE


def test_within_a_mutual_block() -> None:
    text = "mutual\n-- qed: skip\ntheorem a : True := by sorry\n-- qed: hint b\ntheorem b : True := by sorry\nend\n"
    assert _of(text, "a") == Directives(skip=True)
    assert _of(text, "b") == Directives(hint="b")


def test_an_anonymous_one_and_the_first_line_of_a_file() -> None:
    text = "-- qed: skip\nexample : True := by sorry\n-- qed: hint e\ninstance : Inhabited Nat := sorry\n"
    document = Document.parse(text)
    found = [directives_of(document, declaration) for declaration in document.declarations]
    assert found == [Directives(skip=True), Directives(hint="e")]


def test_right_after_the_imports() -> None:
    text = "import Init -- qed: skip\n-- qed: hint h\ntheorem t : True := by sorry\n"
    assert _of(text) == Directives(hint="h")


def test_windows_lines() -> None:
    text = "-- qed: hint h\r\n-- qed: timeout 7\r\n/- qed: skip -/\r\ntheorem t : True := by sorry\r\n"
    assert _of(text) == Directives(skip=True, hint="h", timeout=7.0)


@pytest.mark.parametrize(
    ("comment", "what"),
    [
        ("-- qed: skp", "`skp`"),
        ("-- qed: Skip", "`Skip`"),
        ("-- qed:", "`skip`, `hint`, `timeout`"),
        ("-- qed: hint", "needs a text"),
        ("-- qed: timeout", "positive number"),
        ("-- qed: timeout soon", "`soon`"),
        ("-- qed: timeout 0", "`0`"),
        ("-- qed: timeout -5", "`-5`"),
        ("-- qed: timeout 60 s", "`60 s`"),
        ("-- qed: timeout nan", "`nan`"),
        ("-- qed: timeout ٣", "`٣`"),
        (f"-- qed: timeout {'9' * 400}", "positive number"),
    ],
)
def test_a_problem_names_its_line_and_changes_nothing(comment: str, what: str) -> None:
    found = _above(f"-- qed: hint kept\n{comment}")
    (problem,) = found.problems
    assert problem.startswith("line 6: ")
    assert what in problem
    assert found == Directives(hint="kept", problems=(problem,))


def test_a_skip_with_a_word_too_many_still_skips() -> None:
    found = _above("-- qed: skip (too hard)")
    assert found.skip
    assert found.problems == ("line 5: nothing may follow `skip`: `(too hard)`",)
