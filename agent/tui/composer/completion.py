"""What may be meant by the text before the cursor: a command, its argument, a file or declaration, a symbol."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from agent.tui.composer.fuzzy import Names, places
from agent.tui.composer.unicode_input import LEADER, Abbreviations

MOST_CHOICES = 50
_COMMAND = re.compile(r"/([\w-]*)")
_ARGUMENT = re.compile(r"/([\w-]+) +(\S*)")
_OPTIONAL = re.compile(r"\[[^\]]*\]")
_MENTION = re.compile(r"(?:^|(?<=\s))@(\S*)$")


@dataclass(frozen=True)
class CommandHint:
    """A command that begins with a slash: `arguments` as shown in help, `choices` what its argument may be now."""

    name: str
    arguments: str
    help: str
    choices: Callable[[], Sequence[str]] | None = None


@dataclass(frozen=True)
class Mention:
    """What `@` offers: the text that is put in, and where it is from."""

    text: str
    detail: str


class Kind(Enum):
    """What is completed."""

    COMMAND = "command"
    ARGUMENT = "argument"
    MENTION = "mention"
    SYMBOL = "symbol"
    HISTORY = "history"


@dataclass(frozen=True)
class Choice:
    """One line of the popup: what is shown, what it puts in, and where the cursor then is in that.

    `matched` are the places of `label` that fit what was typed; `whole` says that nothing need be typed after it.
    """

    label: str
    detail: str
    text: str
    cursor: int
    matched: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Completions:
    """What could stand in place of the line from column `start` to the cursor, the likeliest first."""

    kind: Kind
    start: int
    query: str
    choices: tuple[Choice, ...]


class Completer:
    """Knows what can be completed. `mentions` may be many thousands."""

    def __init__(self, commands: Sequence[CommandHint] = (), mentions: Sequence[Mention] = ()) -> None:
        self._commands = commands
        self._command_names = Names([command.name for command in commands])
        self._mentions = mentions
        self._mention_names = Names([mention.text for mention in mentions])

    @property
    def mentions(self) -> Sequence[Mention]:
        """What `@` offers."""
        return self._mentions

    def with_mentions(self, mentions: Sequence[Mention]) -> "Completer":
        """The same with other mentions."""
        return Completer(self._commands, mentions)

    def find(self, before: str, first_line: bool) -> Completions | None:
        """What the text of a line before the cursor may become; None where nothing fits, or it stands there already."""
        found = (self._command(before) or self._argument(before)) if first_line else None
        found = found or self._mention(before)
        return found if found is not None and found.choices else None

    def _command(self, before: str) -> Completions | None:
        match = _COMMAND.fullmatch(before)
        if match is None:
            return None
        found = [self._commands[place] for place in self._command_names.best(match[1], MOST_CHOICES)]
        return Completions(Kind.COMMAND, 0, match[1], tuple(_of_command(command, match[1]) for command in found))

    def _argument(self, before: str) -> Completions | None:
        match = _ARGUMENT.fullmatch(before)
        command = next((command for command in self._commands if match and command.name == match[1]), None)
        if match is None or command is None or command.choices is None:
            return None
        query = match[2]
        names = list(command.choices())
        found = [names[place] for place in Names(names).best(query, MOST_CHOICES)]
        choices = [_choice(name, "", name, places(query, name), whole=True) for name in found]
        already = len(choices) == 1 and choices[0].text == query
        return Completions(Kind.ARGUMENT, match.start(2), query, () if already else tuple(choices))

    def _mention(self, before: str) -> Completions | None:
        match = _MENTION.search(before)
        if match is None:
            return None
        query = match[1]
        found = [self._mentions[place] for place in self._mention_names.best(query, MOST_CHOICES)]
        choices = [
            _choice(mention.text, mention.detail, f"@{mention.text} ", places(query, mention.text)) for mention in found
        ]
        return Completions(Kind.MENTION, match.start(), query, tuple(choices))


def _of_command(command: CommandHint, query: str) -> Choice:
    label = f"/{command.name} {command.arguments}".rstrip()
    matched = tuple(place + 1 for place in places(query, command.name))
    text = f"/{command.name}{' ' if command.arguments else ''}"
    # Who has typed the whole name of a command that can do without arguments wants it run.
    is_meant = query == command.name and _OPTIONAL.fullmatch(command.arguments) is not None
    return _choice(label, command.help, text, matched, whole=is_meant or not command.arguments)


def _choice(label: str, detail: str, text: str, matched: tuple[int, ...], *, whole: bool = False) -> Choice:
    return Choice(label, detail, text, len(text), matched, whole)


def symbols(table: Abbreviations, typed: str, start: int) -> Completions | None:
    """The symbols that an abbreviation in progress may become; `start` is the column of its backslash."""
    found = table.beginning_with(typed)[:MOST_CHOICES]
    matched = tuple(range(len(LEADER + typed)))
    choices = [Choice(f"{LEADER}{name}", symbol.text, symbol.text, symbol.cursor, matched) for name, symbol in found]
    return Completions(Kind.SYMBOL, start, typed, tuple(choices)) if choices else None


def sent_before(entries: Sequence[str], query: str) -> Completions | None:
    """What was sent before and contains the query, in the order given."""
    wanted = query.lower()
    found: list[Choice] = []
    for entry in entries:
        if wanted in entry.lower():
            line = " ".join(entry[:1000].split())
            found.append(_choice(line, "", entry, places(query, line)))
            if len(found) == MOST_CHOICES:
                break
    return Completions(Kind.HISTORY, 0, query, tuple(found)) if found else None
