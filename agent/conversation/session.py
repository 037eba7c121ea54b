"""Sessions on disk: append-only JSON lines, one file a session.

<state>/sessions/<id>.jsonl

The first line describes the session; the others are messages, what was spent, compactions, and what a person saw
happen, in their order. A line is written with one call, and messages are brought to the disk before the conversation
goes on, so that a killed process loses at most the line it was writing; such a half line is passed over when the file
is read, and ended when it is next written.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from agent.append_only import Shelf, new_name
from agent.conversation.events import Event, MessageDelta, PermissionAsked, ReasoningDelta, ToolProgress
from agent.conversation.work import Emit
from agent.llm.chat import Message, Usage
from agent.one_line import one_line
from tools.errors import ExitCode, QedError

SESSIONS = Shelf("sessions", "session", "`qed sessions` lists them.")
"""Where sessions are kept."""

SCHEMA_VERSION = 1
_TITLE_LENGTH = 60
_EVENT_LINE = b'{"kind":"event"'
# Pieces of what is told whole later, and questions that are over when the session is read again.
_NOT_KEPT = (MessageDelta, ReasoningDelta, ToolProgress, PermissionAsked)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Header(_Record):
    """What a session is: where it takes place, and since when."""

    kind: Literal["session"] = "session"
    schema_version: Literal[1] = SCHEMA_VERSION
    id: str
    root: Path
    created: AwareDatetime


class Said(_Record):
    """A message of the history."""

    kind: Literal["message"] = "message"
    time: AwareDatetime
    message: Message


class Spent(_Record):
    """What one reply cost, and which model gave it."""

    kind: Literal["usage"] = "usage"
    model: str
    usage: Usage


class Compacted(_Record):
    """The history was replaced by these messages; what stands above is what was said, and stays for people to read."""

    kind: Literal["compaction"] = "compaction"
    time: AwareDatetime
    messages: tuple[Message, ...]


class Happened(_Record):
    """Something that was seen on the screen; by these the view is as it was when the session is resumed."""

    kind: Literal["event"] = "event"
    event: Event


Record = Annotated[Header | Said | Spent | Compacted | Happened, Field(discriminator="kind")]
_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


@dataclass
class Session:
    """One conversation: `history` is what a model is sent next, `usage` the sum so far, `said` everything ever said.

    `events` are what was seen happen before the session was read from the disk.
    """

    header: Header
    file: Path
    history: list[Message] = field(default_factory=list[Message])
    said: list[Message] = field(default_factory=list[Message])
    events: list[Event] = field(default_factory=list[Event])
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    is_kept: bool = True
    """False for a conversation that is nowhere on the disk."""
    _lock: FileLock | None = None

    @property
    def id(self) -> str:
        """The name by which it is resumed."""
        return self.header.id

    @property
    def title(self) -> str:
        """The first thing the person said, in a line."""
        first = next((message.content for message in self.said if message.role == "user"), "")
        return one_line(first, _TITLE_LENGTH)

    @classmethod
    def create(cls, root: Path) -> Self:
        """A new session. Nothing is written before the first message."""
        now = datetime.now(UTC)
        name = new_name(now)
        session = cls(Header(id=name, root=root.resolve(), created=now), SESSIONS.file(name))
        session._lock = SESSIONS.claim(session.file)
        return session

    @classmethod
    def begin(cls, root: Path) -> Self:
        """A new session; where nothing can be written, one that is not kept."""
        try:
            return cls.create(root)
        except QedError as error:
            if error.exit_code is not ExitCode.WRITE_FAILED:
                raise
            return cls.unkept(root)

    @classmethod
    def unkept(cls, root: Path) -> Self:
        """A new session that is nowhere on the disk."""
        header = Header(id="unkept", root=root.resolve(), created=datetime.now(UTC))
        return cls(header, SESSIONS.file("unkept"), is_kept=False)

    @classmethod
    def resume(cls, name: str) -> Self:
        """A session that is gone on with. Raises `QedError` if there is none, or another process has it."""
        session = cls.load(SESSIONS.find(name))
        session._lock = SESSIONS.claim(session.file)
        return session

    @classmethod
    def load(cls, file: Path, *, events: bool = True) -> Self:
        """Reads a session, to look at it; without its events where nobody wants them.

        Raises `QedError` where the file is none.
        """
        session: Self | None = None
        for record in _records(file, events=events):
            if isinstance(record, Header):
                session = session or cls(record, file)
            elif session is not None:
                session._take(record)
        if session is None:
            raise QedError(f"{file} is no session of qed", exit_code=ExitCode.USAGE)
        return session

    def _take(self, record: Said | Spent | Compacted | Happened) -> None:
        match record:
            case Said(message=message):
                self.history.append(message)
                self.said.append(message)
            case Spent(model=model, usage=usage):
                self.usage += usage
                self.model = model
            case Compacted(messages=messages):
                self.history = list(messages)
            case Happened(event=event):
                self.events.append(event)

    def say(self, message: Message) -> None:
        """Adds a message."""
        self._add(Said(time=datetime.now(UTC), message=message))

    def spend(self, usage: Usage, model: str) -> None:
        """Adds what a reply cost."""
        self._add(Spent(model=model, usage=usage))

    def compact(self, messages: Sequence[Message]) -> None:
        """Replaces the history."""
        self._add(Compacted(time=datetime.now(UTC), messages=tuple(messages)))

    def recording(self, emit: Emit) -> Emit:
        """An `emit` that also keeps what is worth seeing again. What cannot be kept is shown all the same."""

        def record(event: Event) -> None:
            if not isinstance(event, _NOT_KEPT):
                with contextlib.suppress(QedError, PydanticSerializationError):
                    self._write(Happened(event=event))
            emit(event)

        return record

    def _add(self, record: Said | Spent | Compacted) -> None:
        self._write(record)
        self._take(record)

    def _write(self, record: Said | Spent | Compacted | Happened) -> None:
        if not self.is_kept:
            return
        lines = [] if self.file.exists() else [self.header.model_dump_json()]
        # Of what was only shown the system's own buffers may have the last seconds: nothing else depends on it.
        SESSIONS.append(self.file, [*lines, record.model_dump_json()], durable=not isinstance(record, Happened))

    def close(self) -> None:
        """Lets others go on with it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def list_sessions(root: Path | None = None) -> list[Session]:
    """The sessions, the last one first; only those of a project's root, if given."""
    found: list[Session] = []
    for file in SESSIONS.files:
        try:
            session = Session.load(file, events=False)
        except QedError:
            continue
        if root is None or session.header.root == root.resolve():
            found.append(session)
    return sorted(found, key=lambda session: session.header.created, reverse=True)


def _records(file: Path, *, events: bool) -> Iterator[Record]:
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise QedError(f"cannot read {file}: {error.strerror}", exit_code=ExitCode.FILE_NOT_FOUND) from error
    for line in lines:
        if line.strip() and (events or not line.startswith(_EVENT_LINE)):
            try:
                yield _RECORD.validate_json(line)
            except ValidationError:
                continue  # cut in the middle, or of a later version
