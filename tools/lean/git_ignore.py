"""What git ignores in a folder, without git: `.gitignore` files and `.git/info/exclude`.

The rules are those of gitignore(5): the last pattern of a file that fits decides, a file further down overrules one
further up, and nothing inside an ignored folder comes back. Patterns of a person (`core.excludesFile`) are not looked
at, nor is the index: a file that is tracked though a pattern fits it counts as ignored.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_GIT = ".git"
_PATTERNS = ".gitignore"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line of an ignore file."""

    regex: re.Pattern[str]
    ignores: bool
    folders_only: bool

    @classmethod
    def read(cls, line: str) -> "_Pattern | None":
        """Reads a line; None for a comment and for what is no pattern: it fits nothing."""
        if not line.endswith("\\ "):
            line = line.rstrip()
        # The library judges whole paths and takes `a/` for everything below `a`. Here every folder on the way is
        # judged by itself, as git does it, so that the slash is a condition and no part of the pattern.
        name = line.removesuffix("/")
        try:
            regex, ignores = GitIgnoreSpecPattern.pattern_to_regex(name)
            return None if regex is None or ignores is None else cls(re.compile(regex), ignores, name != line)
        except (ValueError, re.error):
            return None

    def fits(self, path: str, *, is_folder: bool) -> bool:
        """Whether the pattern fits this very path. The library's one group is there when a folder above it fits."""
        if self.folders_only and not is_folder:
            return False
        found = self.regex.search(path)
        return found is not None and found.lastindex is None


@dataclass(frozen=True, slots=True)
class _Layer:
    """The patterns of one file, the last first.

    `base`: the folder they count from, relative to the work tree (`""` or `a/b/`).
    """

    base: str
    patterns: tuple[_Pattern, ...]

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path in the work tree is ignored; None where no pattern fits."""
        below = path[len(self.base) :]
        fitting = (pattern for pattern in self.patterns if pattern.fits(below, is_folder=is_folder))
        return next((pattern.ignores for pattern in fitting), None)


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """What git ignores in one folder of a work tree.

    `here` is the folder, relative to the work tree (`""` or `a/b/`); `layers` go from the weakest to the strongest.
    """

    here: str = ""
    layers: tuple[_Layer, ...] = ()

    def ignores(self, name: str, *, is_folder: bool) -> bool:
        """Whether an entry of the folder is ignored."""
        path = f"{self.here}{name}"
        verdicts = (layer.verdict(path, is_folder=is_folder) for layer in reversed(self.layers))
        return next((verdict for verdict in verdicts if verdict is not None), False)

    def below(self, folder: Path, entries: Iterable[str]) -> "IgnoreRules":
        """The rules in a folder below, which has these entries; `folder` is its path on the disk."""
        inside = replace(self, here=f"{self.here}{folder.name}/")
        return inside.with_patterns(folder / _PATTERNS) if _PATTERNS in entries else inside

    def with_patterns(self, patterns: Path) -> "IgnoreRules":
        """The rules with those of an ignore file of this folder, if it is there, on top."""
        # git does not follow a link here, so that a work tree cannot make it read what lies elsewhere.
        found = () if patterns.is_symlink() else _read(patterns)
        return replace(self, layers=(*self.layers, _Layer(self.here, found))) if found else self


def rules_in(folder: Path, entries: Iterable[str], above: IgnoreRules | None) -> IgnoreRules | None:
    """The rules in a folder with these entries, from those of the folder above it; None outside a work tree."""
    if _GIT in entries and (own := _rules_of_work_tree(folder)):
        return own
    return above.below(folder, entries) if above else None


def rules_at(root: Path) -> IgnoreRules | None:
    """The rules in a folder somewhere on the disk; None outside a work tree.

    A folder that is ignored itself was meant nonetheless when it is asked for: what stands above it does not count.
    """
    root = root.resolve()
    top = next((folder for folder in (root, *root.parents) if _rules_of_work_tree(folder)), None)
    rules = _rules_of_work_tree(top) if top else None
    if top is None or rules is None:
        return None
    folder = top
    for part in root.relative_to(top).parts:
        if rules.ignores(part, is_folder=True):
            return IgnoreRules().with_patterns(root / _PATTERNS)
        folder = folder / part
        rules = rules.below(folder, (_PATTERNS,))
    return rules


def _rules_of_work_tree(top: Path) -> IgnoreRules | None:
    """The rules at the top of a work tree; None where the folder is none."""
    git = _common_git_folder(top / _GIT)
    if git is None:
        return None
    rules = IgnoreRules(layers=(_Layer("", _read(git / "info" / "exclude")),))
    return rules.with_patterns(top / _PATTERNS)


def _common_git_folder(git: Path) -> Path | None:
    """The folder behind `.git`: in a submodule and in a linked work tree `.git` is a file that names another."""
    if git.is_file():
        line = _text(git).strip()
        if not line.startswith("gitdir:"):
            return None
        git = git.parent / line.removeprefix("gitdir:").strip()
    if not (git / "HEAD").is_file():
        return None
    common = _text(git / "commondir").strip()
    return git / common if common else git


def _read(file: Path) -> tuple[_Pattern, ...]:
    """The patterns of a file, the last first."""
    lines = _text(file).removeprefix("\ufeff").split("\n")
    return tuple(pattern for line in reversed(lines) if (pattern := _Pattern.read(line.removesuffix("\r"))))


def _text(file: Path) -> str:
    try:
        return os.fsdecode(file.read_bytes())
    except OSError:
        return ""
