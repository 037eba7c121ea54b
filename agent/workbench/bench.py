"""The workbench: one project, its Lean, the conversation about it, and what the person does by hand.

Made at once; whatever costs time (the tools, Lean, the model) is loaded in a thread when it is first needed, or by
`warm_up` while the person types.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from agent.conversation.events import (
    ErrorHappened,
    Event,
    ToolFinished,
    TurnEnd,
    TurnFinished,
    TurnStarted,
    WriteUndone,
)
from agent.conversation.permissions import Mode
from agent.conversation.session import Session
from agent.llm.chat import Usage
from agent.watch.ears import WatchEars
from agent.wishes import Wishes
from agent.workbench.lean_news import LeanNews, TellLean
from agent.workbench.outline import ProjectOutline, project_outline
from agent.workbench.places import Place
from agent.workbench.writes import undo_last, written_since
from tools.errors import QedError
from tools.toolbox.tool import Decision, Proposal, Report

if TYPE_CHECKING:
    from agent.conversation.by_hand import HandCalls
    from agent.conversation.loop import Conversation
    from agent.conversation.permissions import Gatekeeper
    from agent.watch.watcher import Watcher
    from tools.toolbox.workspace import Workspace

T = TypeVar("T")


@dataclass
class _Crew:
    """What does the work, once it is loaded. `talk` is there from the first message to a model on."""

    workspace: "Workspace"
    gatekeeper: "Gatekeeper"
    hands: "HandCalls"
    talk: "Conversation | None" = None


class Workbench:
    """A project at work. Nothing is started before it is needed; `close` ends everything."""

    def __init__(self, wishes: Wishes) -> None:
        self.wishes = wishes
        self.root = wishes.root.resolve()
        self._crew: _Crew | None = None
        self._loading = asyncio.Lock()
        self._installing = asyncio.Lock()
        self._tell_lean: TellLean = lambda _: None

    # -- what is there

    @property
    def session(self) -> Session:
        """The conversation on disk."""
        return self.wishes.session

    @property
    def model_name(self) -> str | None:
        """The model that is asked: its name or alias; None when none is chosen."""
        return self.wishes.model or self.wishes.config.model.name

    @property
    def mode(self) -> Mode:
        """What is written without asking."""
        return self._crew.gatekeeper.mode if self._crew else self.wishes.mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self.wishes = replace(self.wishes, mode=mode)
        if self._crew:
            self._crew.gatekeeper.mode = mode

    @property
    def allowed(self) -> tuple[str, ...]:
        """The kinds of writes that the person has allowed for this session."""
        return tuple(sorted(each.value for each in self._crew.gatekeeper.allowed)) if self._crew else ()

    def forget_allowed(self) -> None:
        """From now on every write is asked about again."""
        if self._crew:
            self._crew.gatekeeper.allowed.clear()

    @property
    def context_tokens(self) -> tuple[int, int]:
        """How many tokens of the model's context are used, and how many there are; 0: not known."""
        talk = self._crew.talk if self._crew else None
        return (talk.context_used, talk.model.context_tokens) if talk else (0, 0)

    async def outline(self) -> ProjectOutline:
        """The Lean files of the project and their holes, as they are on the disk."""
        return await asyncio.to_thread(project_outline, self.root)

    # -- Lean

    async def warm_up(self, tell: TellLean) -> None:
        """Installs Lean if need be and starts it; `tell` hears of that, and later when Lean dies or is back."""
        self._tell_lean = tell
        tell(LeanNews("starting", "starting"))
        try:
            crew = await self._ready()
            await crew.workspace.start()
        except QedError as error:
            tell(LeanNews("failed", error.message, error.hint))

    async def _ready(self) -> _Crew:
        """The crew, with Lean installed. Raises `QedError`."""
        crew = await self._loaded()
        async with self._installing:
            progress = self._progress_from_thread()
            await _in_daemon_thread(lambda: crew.workspace.install(progress))
        return crew

    def _progress_from_thread(self) -> Callable[[str, int, int], None]:
        loop = asyncio.get_running_loop()
        # A new thread has an empty context, in which whoever is told could not find the app that it belongs to.
        context = copy_context()

        def report(what: str, done: int, total: int) -> None:
            share = f" {100 * done // total} %" if total else ""
            news = LeanNews("starting", f"installing ({what}{share})")
            with contextlib.suppress(RuntimeError):  # the app has been left
                loop.call_soon_threadsafe(self._tell_lean, news, context=context)

        return report

    def _on_lean(self, news: Literal["waiting", "running", "died"]) -> None:
        match news:
            case "waiting":
                self._tell_lean(LeanNews("starting", "waiting for other runs of qed, which use all Lean workers"))
            case "running":
                self._tell_lean(LeanNews("ready", self._crew.workspace.describe() if self._crew else "Lean"))
            case "died":
                self._tell_lean(LeanNews("stopped", "died", "It is started again when it is next needed."))

    async def goals(self, place: Place, report: Report | None = None) -> tuple[str, ...]:
        """The goals at a hole; `report` is told how far Lean is. Raises `QedError`."""
        from tools.toolbox.goals import goals_of_hole
        from tools.toolbox.holes import HoleArguments

        crew = await self._ready()
        hole = HoleArguments(file=place.name, declaration=place.declaration, hole=place.number)
        return await goals_of_hole(crew.workspace, hole, report)

    # -- work

    async def say(self, prompt: str) -> AsyncGenerator[Event]:
        """One turn of the model."""
        try:
            crew = await self._loaded()
            talk = crew.talk = crew.talk or await asyncio.to_thread(self._conversation, crew)
        except QedError as error:
            for event in _failed(self.session.id, prompt, error):
                yield event
            return
        crew.hands.tell()
        async with contextlib.aclosing(talk.act(prompt)) as events:
            async for event in events:
                yield event

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> AsyncGenerator[Event]:
        """A tool call that the person makes. Raises `QedError` when Lean cannot be installed."""
        crew = await self._ready()
        async with contextlib.aclosing(crew.hands.act(tool, arguments)) as events:
            async for event in events:
                yield event

    async def shell(self, command: str) -> AsyncGenerator[Event]:
        """A command of the person's shell, in the project."""
        crew = await self._loaded()
        async with contextlib.aclosing(crew.hands.shell(command, self.root)) as events:
            async for event in events:
                yield event

    async def prove(self, place: Place, seconds: int) -> AsyncGenerator[Event]:
        """Searches for a proof of a hole, and has it written if there is one (checked, and asked about like any)."""
        proof: str | None = None
        async with contextlib.aclosing(self.search(place, seconds)) as events:
            async for event in events:
                if isinstance(event, ToolFinished):
                    proof = event.data.get("proof")
                yield event
        if proof is not None:
            async with contextlib.aclosing(self.call("write_proof", {**place.arguments(), "proof": proof})) as events:
                async for event in events:
                    yield event

    def search(self, place: Place, seconds: int) -> AsyncGenerator[Event]:
        """Searches for a proof of a hole; nothing is written."""
        return self.call("search_proof", {**place.arguments(), "seconds": seconds})

    async def watcher(self, file: Path | None, ears: WatchEars) -> "Watcher":
        """What watches the project, or the one file. Raises `QedError`: Lean is not there, or has no room for it."""
        crew = await self._ready()
        return await asyncio.to_thread(_watcher, crew.workspace, self.wishes, file, ears)

    async def may(self, proposal: Proposal) -> Decision:
        """What the mode says to a write of the person's own, or the person where it says nothing."""
        gatekeeper = (await self._loaded()).gatekeeper
        ruling = gatekeeper.standing(proposal) or await gatekeeper.ask(proposal)
        return ruling.decision

    def cancel_turn(self) -> bool:
        """Ends the model's turn, whose last event says so; False where none is under way."""
        talk = self._crew.talk if self._crew else None
        if talk is None or not talk.is_at_work:
            return False
        talk.cancel()
        return True

    def cancel_calls(self) -> bool:
        """Ends the person's calls, whose last events say so; False where none is under way."""
        return self._crew is not None and self._crew.hands.cancel()

    async def compact(self) -> AsyncGenerator[Event]:
        """Shortens what the model is sent. Not while a turn is under way."""
        try:
            crew = await self._loaded()
            talk = crew.talk = crew.talk or await asyncio.to_thread(self._conversation, crew)
        except QedError as error:
            yield _error(error)
            return
        async with contextlib.aclosing(talk.compact()) as events:
            async for event in events:
                yield event

    def choose_model(self, name: str) -> None:
        """Asks this model from the next message on: litellm's name, or an alias."""
        self.wishes = replace(self.wishes, model=name)
        if self._crew:
            self._crew.talk = None

    async def prepare_model(self) -> None:
        """Loads what asking the model needs, so that the first reply need not wait. Raises `QedError`."""
        from agent.assistant import chat_model
        from agent.llm.litellm_model import LiteLLMModel
        from agent.prompts import PromptLibrary

        model = chat_model(self.wishes.config, self.wishes.model, PromptLibrary.load(self.root))
        if isinstance(model, LiteLLMModel):
            await model.prepare()

    def take_up(self, session: Session) -> None:
        """Goes on with another session; the one before is left as it is."""
        self._settle()
        self.session.close()
        self.wishes = replace(self.wishes, session=session)
        if self._crew:
            self._crew.talk = None
            self._crew.hands.session = session

    # -- what was written

    async def undo(self) -> WriteUndone:
        """Takes back the last write in this project; the model is told. Raises `QedError`."""
        crew = await self._loaded()
        undone = await asyncio.to_thread(undo_last, self.root)
        event = WriteUndone(path=undone.path, declarations=undone.declarations, diff=undone.diff)
        crew.hands.took_back(event)
        return event

    async def written(self) -> str:
        """What this session has written, as a diff."""
        return await asyncio.to_thread(written_since, self.root, self.session.header.created)

    # -- making and ending

    async def _loaded(self) -> _Crew:
        async with self._loading:
            if self._crew is None:
                self._crew = await asyncio.to_thread(self._load)
                self._crew.workspace.on_lean = self._on_lean
            return self._crew

    def _load(self) -> _Crew:
        from agent.assistant import gatekeeper_of, tools_of, workspace_of
        from agent.conversation.by_hand import HandCalls

        workspace = workspace_of(self.wishes)
        gatekeeper = gatekeeper_of(self.wishes)
        return _Crew(
            workspace, gatekeeper, HandCalls(tools_of(workspace, self.wishes.config), gatekeeper, self.session)
        )

    def _conversation(self, crew: _Crew) -> "Conversation":
        from agent.assistant import conversation_in

        try:
            lean = crew.workspace.describe()
        except QedError as error:  # one can still talk
            lean = f"none, for {error.message}"
        return conversation_in(lean, crew.hands.tools, crew.gatekeeper, self.wishes)

    def _settle(self) -> None:
        """What the person did and the model was not told yet belongs to the session."""
        if self._crew and not (self._crew.talk and self._crew.talk.is_at_work):
            with contextlib.suppress(QedError):
                self._crew.hands.tell()

    async def close(self) -> None:
        """Ends Lean and everything else."""
        self._settle()
        crew, self._crew = self._crew, None
        if crew:
            await crew.workspace.close()
        self.session.close()


def _error(error: QedError) -> ErrorHappened:
    return ErrorHappened(code=error.code, message=error.message, hint=error.hint, exit_code=int(error.exit_code))


def _failed(session: str, prompt: str, error: QedError) -> tuple[Event, ...]:
    """A turn that could not begin."""
    return (
        TurnStarted(session=session, model="", prompt=prompt),
        _error(error),
        TurnFinished(reason=TurnEnd.ERROR, text="", usage=Usage(), seconds=0.0),
    )


def _watcher(workspace: "Workspace", wishes: Wishes, file: Path | None, ears: WatchEars) -> "Watcher":
    from agent.workbench.watching import watcher_beside  # a thread's work: much hangs on it

    return watcher_beside(workspace, wishes, file, ears)


async def _in_daemon_thread(function: Callable[[], T]) -> T:
    """Like `asyncio.to_thread`, but nobody waits for the thread when the process ends: an installation takes long."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(settled: Callable[[], None]) -> None:
        if not future.done():
            settled()

    def run() -> None:
        try:
            settled = partial(future.set_result, function())
        except BaseException as error:
            settled = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
            loop.call_soon_threadsafe(settle, settled)

    threading.Thread(target=run, daemon=True, name="install").start()
    return await future
