"""The order of a project's files by their imports."""

import random
from pathlib import Path

import pytest

from tools.lean.import_order import Cycle, in_dependency_order, ordered


def _write(root: Path, **imports: str) -> list[Path]:
    """Files by module name (`__` for a dot) with the lines of their headers."""
    paths: list[Path] = []
    for module, header in imports.items():
        paths.append(root.joinpath(*module.split("__")).with_suffix(".lean"))
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_text(f"{header}\n\ntheorem t : True := sorry\n")
    return paths


def _names(root: Path, order: tuple[Path, ...]) -> list[str]:
    return [path.relative_to(root).as_posix() for path in order]


def test_what_is_imported_comes_first_and_the_rest_by_path(tmp_path: Path) -> None:
    files = _write(
        tmp_path,
        A="import Z\nimport Init",
        B="",
        Lib__C="module\npublic import Lib.D\nimport all A",
        Lib__D="/- import B -/",
        Z="import Lib.D",
    )
    assert _names(tmp_path, in_dependency_order(tmp_path, files)) == [
        "B.lean",
        "Lib/D.lean",
        "Z.lean",
        "A.lean",
        "Lib/C.lean",
    ]
    assert in_dependency_order(tmp_path, files[::-1]) == in_dependency_order(tmp_path, files)


def test_an_import_between_two_that_are_asked_for_needs_to_be_asked_for(tmp_path: Path) -> None:
    a, _, c = _write(tmp_path, A="import B", B="import C", C="")
    assert in_dependency_order(tmp_path, [a, c]) == (a, c)


def test_names_that_need_quotes(tmp_path: Path) -> None:
    (tmp_path / "My-Lib").mkdir()
    (tmp_path / "My-Lib/v1.2.lean").write_text("")
    (tmp_path / "A.lean").write_text("import «My-Lib».«v1.2»")
    files = [tmp_path / "A.lean", tmp_path / "My-Lib/v1.2.lean"]
    assert _names(tmp_path, in_dependency_order(tmp_path, files)) == ["My-Lib/v1.2.lean", "A.lean"]


def test_source_folders_of_the_lakefile(tmp_path: Path) -> None:
    (tmp_path / "lakefile.toml").write_text(
        'name = "p"\nsrcDir = "code"\n[[lean_lib]]\nname = "L"\nsrcDir = "lib"\n[[lean_exe]]\nname = "m"\n'
    )
    files = [*_write(tmp_path / "code", A="import L.B\nimport M"), *_write(tmp_path / "code/lib", L__B="")]
    files += _write(tmp_path / "code", M="")
    assert _names(tmp_path, in_dependency_order(tmp_path, files)) == ["code/M.lean", "code/lib/L/B.lean", "code/A.lean"]


@pytest.mark.parametrize("lakefile", ["srcDir = 3", "srcDir = ", "lean_lib = 1", "name = '\\xff'"])
def test_a_lakefile_that_cannot_be_understood_counts_as_none(tmp_path: Path, lakefile: str) -> None:
    (tmp_path / "lakefile.toml").write_text(lakefile, "latin-1")
    a, b = _write(tmp_path, A="import B", B="")
    assert in_dependency_order(tmp_path, [a, b]) == (b, a)


@pytest.mark.parametrize("comment", ["", "/- " + "long " * 1000 + "-/\n"])
@pytest.mark.parametrize("blank", range(3))
def test_the_header_of_a_long_file_is_read_whole(tmp_path: Path, comment: str, blank: int) -> None:
    theorems = "theorem t : True := sorry\n" * 300
    a, b = tmp_path / "A.lean", tmp_path / "B.lean"
    # The first lines end within the imports, and with none of them.
    lines = "\n".join(f"import\n  L{number:03}" for number in range(400))
    a.write_text(f"{' ' * blank}{comment}{lines}\nimport B\n{theorems}")
    b.write_text(theorems)
    assert in_dependency_order(tmp_path, [a, b]) == (b, a)


def test_a_cycle_is_told_and_begins_with_its_first_path(tmp_path: Path) -> None:
    a, b, c, d = files = _write(tmp_path, A="import D", B="import C", C="import D", D="import B")
    told: list[Cycle] = []
    assert in_dependency_order(tmp_path, files, told.append) == (b, d, a, c)
    assert told == [(b, c, d)]


def test_a_file_that_imports_itself(tmp_path: Path) -> None:
    a, b = _write(tmp_path, A="import A\nimport B", B="")
    told: list[Cycle] = []
    assert in_dependency_order(tmp_path, [a, b], told.append) == (b, a)
    assert told == [(a,)]


def test_a_file_that_cannot_be_read_keeps_its_place(tmp_path: Path) -> None:
    a, c, d = _write(tmp_path, A="import B", C="", D="")
    (tmp_path / "B.lean").write_bytes(b"import D \xff")
    missing = tmp_path / "Ca.lean"
    files = [d, c, missing, tmp_path / "B.lean", a]
    assert _names(tmp_path, in_dependency_order(tmp_path, files)) == ["B.lean", "A.lean", "C.lean", "Ca.lean", "D.lean"]


def test_relative_paths_and_links_stay_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "real", A="import B", B="")
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    files = [Path("link/A.lean"), Path("link/B.lean")]
    assert in_dependency_order(Path("real"), files) == (files[1], files[0])


def test_any_graph_is_ordered_the_same_way_whatever_order_it_came_in() -> None:
    chosen = random.Random(3)
    for _ in range(50):
        nodes = [Path(f"{chosen.randrange(1000):03}.lean") for _ in range(12)]
        edges = {node: set(chosen.sample(nodes, chosen.randrange(4))) for node in nodes}
        order, cycles = ordered(edges)
        turned = {node: set(edges[node]) for node in reversed(list(edges))}
        assert (order, cycles) == ordered(turned)
        assert sorted(order) == sorted(edges)
        broken = {(cycle[0], cycle[1 % len(cycle)]) for cycle in cycles}
        late = {(node, each) for node in edges for each in edges[node] if order.index(each) >= order.index(node)}
        assert late <= broken
        for cycle in cycles:
            assert all(after in edges[node] for node, after in zip(cycle, (*cycle[1:], cycle[0]), strict=True))
