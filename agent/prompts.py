"""Prompts: Markdown templates with named slots, from `prompts/`, and the person's or project's own wording of them.

A slot is written `{{name}}`. Which slots a prompt has is declared here; a template that lacks one, or has another, is
refused when it is loaded, not when it is sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from agent.config.project import CONFIG_FILE, PROMPT_FOLDER
from agent.config.trust import trusted_files
from tools.directories import config_dir
from tools.errors import ExitCode, QedError

SLOTS: Mapping[str, frozenset[str]] = {
    "system": frozenset({"root", "toolchain"}),
    "tactic_suggestion": frozenset({"state", "context"}),
    "whole_proof": frozenset({"statement", "state", "context"}),
    "repair": frozenset({"statement", "proof", "errors"}),
    "sketch": frozenset({"statement", "state", "context", "lessons"}),
    "sketch_repair": frozenset({"statement", "state", "sketch", "errors"}),
    "lemma_decomposition": frozenset({"statement", "state", "context", "lessons"}),
    "lemma_repair": frozenset({"statement", "state", "lemmas", "errors"}),
    "compaction": frozenset({"transcript"}),
    "text_tools": frozenset({"tools"}),
    "correction": frozenset({"proved", "open"}),
    "seed_tactic": frozenset({"state"}),
    "agent_task": frozenset({"file", "declaration", "line", "state", "hint", "lessons"}),
}
"""The prompts and their slots."""

# `prompts/` lies beside `agent/`, in a checkout as in an installed wheel.
_FOLDER = Path(__file__).resolve().parents[1] / "prompts"
_OPENING = re.compile(r"\{\{")
_SLOT = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template that was checked; `source` says where it came from."""

    name: str
    text: str
    source: str

    @classmethod
    def parse(cls, name: str, text: str, source: str) -> Self:
        """Checks a template. Raises `QedError` that names the source, the line and the slot."""
        slots = SLOTS[name]
        text = text.replace("\r\n", "\n")
        if not text.strip():
            raise _refused(source, 1, "the prompt is empty", slots)
        found: set[str] = set()
        for opening in _OPENING.finditer(text):
            line = text.count("\n", 0, opening.start()) + 1
            slot = _SLOT.match(text, opening.start())
            if slot is None:
                raise _refused(source, line, "`{{` without a slot's name and `}}`", slots)
            if slot[1] not in slots:
                raise _refused(source, line, f"the prompt `{name}` has no slot `{slot[1]}`", slots)
            found.add(slot[1])
        if missing := sorted(slots - found):
            last = text.rstrip().count("\n") + 1
            raise _refused(source, last, f"the prompt `{name}` ends without its slot `{missing[0]}`", slots)
        return cls(name, text.strip(), source)

    def render(self, slots: Mapping[str, str]) -> str:
        """The text with every slot filled. What is filled in is never looked at for slots itself."""
        if wrong := SLOTS[self.name] ^ slots.keys():
            raise ValueError(f"the prompt {self.name} takes {sorted(SLOTS[self.name])}, not {sorted(wrong)}")
        return _SLOT.sub(lambda match: slots[match[1]], self.text)


class PromptLibrary:
    """All prompts, as they count in one folder."""

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = prompts

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Reads the prompts: qed's own, overridden by the user's, overridden by those of the project of `folder`.

        A project counts only where the person trusts it. Raises `QedError` for a template that is refused.
        """
        texts = _built_in() | _of_user()
        if folder is not None:
            texts |= _of_project(folder)
        return cls({name: Prompt.parse(name, text, source) for name, (text, source) in texts.items()})

    def render(self, name: str, **slots: str) -> str:
        """A prompt with its slots filled. Raises `ValueError` for slots that the prompt does not have."""
        return self._prompts[name].render(slots)

    def source(self, name: str) -> str:
        """Where a prompt came from: a path."""
        return self._prompts[name].source


def _built_in() -> dict[str, tuple[str, str]]:
    return {name: _text(path, _bytes(path)) for name in SLOTS for path in [_FOLDER / f"{name}.md"]}


def _of_user() -> dict[str, tuple[str, str]]:
    paths = sorted((config_dir() / PROMPT_FOLDER).glob("*.md"))
    return _overrides({path: _bytes(path) for path in paths})


def _of_project(folder: Path) -> dict[str, tuple[str, str]]:
    files, _ = trusted_files(folder)
    if files is None:
        return {}
    return _overrides({files.path(name): content for name, content in files.contents.items() if name != CONFIG_FILE})


def _overrides(contents: Mapping[Path, bytes]) -> dict[str, tuple[str, str]]:
    return {_known(path): _text(path, content) for path, content in contents.items() if path.name != "README.md"}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise QedError(f"cannot read the prompt {path}: {error.strerror}", exit_code=ExitCode.CONFIG) from error


def _known(path: Path) -> str:
    if path.stem not in SLOTS:
        raise QedError(
            f"{path}: qed has no prompt `{path.stem}`",
            hint=f"The prompts are {', '.join(sorted(SLOTS))}.",
            exit_code=ExitCode.CONFIG,
        )
    return path.stem


def _text(path: Path, content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8-sig"), str(path)
    except UnicodeDecodeError as error:
        raise QedError(f"{path} is not UTF-8 (byte {error.start})", exit_code=ExitCode.CONFIG) from error


def _refused(source: str, line: int, what: str, slots: frozenset[str]) -> QedError:
    return QedError(
        f"{source}:{line}: {what}",
        hint="Its slots are " + ", ".join("{{" + slot + "}}" for slot in sorted(slots)) + ".",
        exit_code=ExitCode.CONFIG,
    )
