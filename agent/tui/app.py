"""The app: puts the widgets together, does jobs, and takes events from where they happen to where they are seen."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from agent.conversation.events import Event, ProofAccepted, ToolFinished, UsageUpdated
from agent.conversation.permissions import Answer, Mode
from agent.conversation.session import Session
from agent.tui.commands import proof, watch
from agent.tui.commands.command import parse
from agent.tui.commands.registry import COMMANDS
from agent.tui.composer.completion import CommandHint
from agent.tui.composer.composer import Composer
from agent.tui.composer.history import History
from agent.tui.crash import crash_report
from agent.tui.jobs import Job, Lane
from agent.tui.key_line import KeyLine
from agent.tui.pace import Pace
from agent.tui.permission import PermissionPrompt
from agent.tui.project_view import ProjectView
from agent.tui.proof_pane.board import ProofBoard
from agent.tui.proof_pane.pane import ProofPane
from agent.tui.proof_pane.watch_panel import WatchPanel
from agent.tui.questions import Questions
from agent.tui.remembered import remember_theme, remembered_theme
from agent.tui.status_line import Status, StatusLine
from agent.tui.terminal import resize_to_window
from agent.tui.transcript.said import NoteBlock
from agent.tui.transcript.view import Transcript
from agent.tui.watching import Watching
from agent.tui.whereabouts import whereabouts
from agent.tui.window import Window
from agent.visible import shown
from agent.workbench.bench import Workbench
from agent.workbench.lean_news import LeanNews
from agent.workbench.places import Place
from tools.directories import state_dir
from tools.errors import QedError
from tools.toolbox.tool import Proposal

_NOTHING_KEPT = (
    "this conversation and what is typed are gone at the end, and no proof is written, since it could not be undone.\n"
    "Set QED_STATE_DIR to a folder that you can write to."
)
_QUIT_SECONDS = 2.0
_WIDTHS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-wide")]
_HEIGHTS: list[tuple[int, str]] | None = [(0, "-low"), (12, "-high")]
_MODES = (Mode.ASK, Mode.ACCEPT_PROOFS, Mode.READ_ONLY)


class QedApp(App[None]):
    """The terminal of one project. `bench` does the work; closing it is left to whoever made it.

    `clock` gives the seconds that are shown of what is under way.
    """

    CSS_PATH = "app.tcss"
    TITLE = "qed"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "interrupt", "Interrupt", show=False),
        Binding("f1", "help", "Help", key_display="F1"),
        Binding("f2", "toggle_pane", "Proof", key_display="F2"),
        Binding("f6", "next_area", "Go to", key_display="F6", priority=True),
        Binding("shift+tab", "next_mode", "Mode", key_display="⇧Tab", priority=True),
        Binding("ctrl+c", "ladder", "Clear/stop/quit", key_display="^C", priority=True),
        Binding("ctrl+d", "leave_if_empty", "Quit", key_display="^D", priority=True),
        Binding("pageup", "scroll_conversation(-1)", "Scroll", key_display="PgUp", show=False, priority=True),
        Binding("pagedown", "scroll_conversation(1)", "Scroll", key_display="PgDn", show=False, priority=True),
        Binding("ctrl+end", "end_of_conversation", "To the end", show=False, priority=True),
    ]

    def __init__(
        self,
        bench: Workbench,
        version: str,
        history: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.bench = bench
        self._clock = clock
        self.pace = Pace()
        self.project = ProjectView(self)
        self.watching = Watching(self)
        self.window = Window(self)
        self._version = version
        self._history = History(history or state_dir() / "history.jsonl", bench.root)
        self._talk = Lane(self.show, self._failed, self._jobs_changed)
        self._hands = Lane(self.show, self._failed, self._jobs_changed)
        self._questions = Questions(self)
        self._background: set[asyncio.Task[None]] = set()
        self._quit_asked = 0.0

    # -- layout

    def compose(self) -> ComposeResult:
        """The conversation with its composer, the proof pane, the status line, the keys."""
        hints = [
            CommandHint(each.name, each.arguments, each.help, self._choices(each.choices) if each.choices else None)
            for each in COMMANDS
        ]
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield Transcript(clock=self._clock, pace=self.pace)
                yield Container(id="question")
                yield Static(id="queue", classes="-empty", markup=False)
                yield Composer(hints, self._history)
            yield ProofPane(board=ProofBoard(self.bench.wishes.limits, self._clock), pace=self.pace)
        yield StatusLine()
        yield KeyLine([each.key for each in QedApp.BINDINGS if isinstance(each, Binding)])

    def _choices(self, choices: Callable[["QedApp"], Sequence[str]]) -> Callable[[], Sequence[str]]:
        return lambda: choices(self)

    async def on_event(self, event: events.Event) -> None:
        """Takes notice of every key before anybody gets it, and of the window's size as it is by now."""
        if isinstance(event, events.Key | events.Paste):
            self.pace.typed()
        if isinstance(event, events.Resize) and not self.is_headless:
            event = resize_to_window(event)
        await super().on_event(event)

    def on_mount(self) -> None:
        """Shows what there is; everything that takes time begins after the first frame."""
        self.theme = self._first_theme()
        self.window.take()
        self.composer.focus_input()
        self.composer.mode = self.mode
        self.set_status(model=self.bench.model_name, mode=self.mode)
        self._jobs_changed()
        self._welcome = self._greet()
        if self.bench.session.events:
            self._replay(self.bench.session)
        self.call_after_refresh(self._begin)

    def _first_theme(self) -> str:
        wanted = self.bench.wishes.config.tui.theme or remembered_theme(state_dir())
        return wanted if wanted in self.available_themes else self.theme

    def _begin(self) -> None:
        if not self.bench.session.is_kept:
            self.note(f"{state_dir()} cannot be written: {_NOTHING_KEPT}", "warning")
        self.spawn(self._look_around())
        self.spawn(self.project.follow())

    async def _look_around(self) -> None:
        await self.project.refresh()
        self.transcript.change_note(self._welcome, whereabouts(self.bench, self.project))
        await self.bench.warm_up(self._lean_news)
        if self.bench.model_name is not None:
            await self._prepare_model()

    def _greet(self) -> NoteBlock:
        return self.transcript.note(whereabouts(self.bench, self.project), title=f"qed {self._version}")

    async def _prepare_model(self) -> None:
        try:
            await self.bench.prepare_model()
        except QedError as error:
            self.show_error(error)

    # -- parts

    @property
    def transcript(self) -> Transcript:
        """The conversation as it is shown."""
        return self.query_one(Transcript)

    @property
    def composer(self) -> Composer:
        """Where the person types."""
        return self.query_one(Composer)

    @property
    def pane(self) -> ProofPane:
        """The proof."""
        return self.query_one(ProofPane)

    def set_status(self, **changes: Any) -> None:
        """Changes fields of the status line (see `Status`)."""
        line = self.query_one(StatusLine)
        line.status = Status(**{**{name: getattr(line.status, name) for name in Status.__slots__}, **changes})

    def note(self, text: str, kind: Any = "info", title: str = "") -> None:
        """Shows a text of qed's own in the conversation: `info`, `warning` or `error`."""
        self.transcript.note(text, kind, title)

    def show_error(self, error: QedError) -> None:
        """Shows what went wrong, and what to do."""
        self.transcript.error(error.message, error.hint)

    def show_markdown(self, text: str) -> None:
        """Shows Markdown of qed's own."""
        self.transcript.show_markdown(text)

    def show_diff(self, text: str, heading: str) -> None:
        """Shows a unified diff."""
        self.transcript.show_diff(text, heading)

    # -- jobs

    def say(self, prompt: str) -> None:
        """Says something to the model, now or when it has done what it is at."""
        self.say_with(prompt, lambda: self.bench.say(prompt))

    def say_with(self, text: str, start: Callable[[], AsyncGenerator[Event]]) -> None:
        """Does something that the model takes part in, when its turn comes."""
        self._talk.put(Job(text, start))

    def call(self, tool: str, arguments: Mapping[str, Any], text: str) -> None:
        """Makes a tool call for the person; `text` is what was typed for it."""
        self._hands.put(Job(text, lambda: self.bench.call(tool, arguments)))

    def prove(self, place: Place, seconds: int) -> None:
        """Searches for a proof of a hole, and has it written."""
        self.project.choose(place, look=False)
        self._hands.put(Job(f"/prove {place.describe()}", lambda: self.bench.prove(place, seconds)))

    def search(self, place: Place, seconds: int) -> None:
        """Searches for a proof of a hole."""
        self._hands.put(Job(f"/search {place.describe()}", lambda: self.bench.search(place, seconds)))

    def spawn(self, work: Any) -> asyncio.Task[None]:
        """Does something beside; what goes wrong is shown."""
        task = asyncio.create_task(self._guarded(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except Exception as error:
            self._failed(error)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._talk.busy or self._hands.busy

    def require_idle(self, command: str) -> None:
        """Raises `QedError` while the model is at work."""
        if self._talk.busy:
            raise QedError(f"{command} has to wait: the model is at work", hint="Esc interrupts it.")

    def show(self, event: Event) -> None:
        """Takes an event to where it is seen."""
        self.transcript.apply(event)
        self.pane.apply(event)
        match event:
            case UsageUpdated(session=session, context_tokens=used, context_limit=limit):
                self.set_status(cost=session.cost, context=(used, limit))
            case ProofAccepted(path=path):
                self.spawn(self.project.wrote(path))
            case ToolFinished(tool="edit_file", verdict="ok", data={"path": str(path)}):
                self.spawn(self.project.wrote(Path(path)))
            case _:
                pass

    def _failed(self, error: Exception) -> None:
        if isinstance(error, QedError):
            self.show_error(error)
        else:
            self.note(crash_report(error), kind="error")

    def _jobs_changed(self) -> None:
        if not self.is_running:
            return
        waiting = [job.text for lane in (self._talk, self._hands) for job in lane.waiting]
        queue = self.query_one("#queue", Static)
        queue.set_class(not waiting, "-empty")
        queue.update(Content(shown("\n".join(f"next: {text.splitlines()[0]}" for text in waiting[:3]))))
        self.composer.busy = self.busy
        at_work = self._talk.at_work or self._hands.at_work
        self.set_status(activity="working" if at_work else "")
        self.window.tell()

    def on_app_focus(self) -> None:
        """What ended meanwhile is seen now."""
        self.window.tell()

    def tell_terminal(self, sequence: str) -> None:
        """Sends the terminal a sequence."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    # -- what the person types

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """A command, a line for the shell, or words for the model."""
        text = event.text.strip()
        if text.startswith("/"):
            self.spawn(self._command(text))
        elif text.startswith("!") and text[1:].strip():
            self._hands.put(Job(text, lambda: self.bench.shell(text[1:].strip())))
        elif text:
            self.say(text)

    async def _command(self, line: str) -> None:
        command, argument = parse(COMMANDS, line)
        await command.run(self, argument)

    async def approve(self, proposal: Proposal) -> Answer:
        """Asks the person about a write; one question at a time."""
        return await self._questions.ask(proposal)

    def on_permission_prompt_answered(self, event: PermissionPrompt.Answered) -> None:
        """The person has decided."""
        self._questions.answer(event.answer)

    def on_transcript_copied(self, event: Transcript.Copied) -> None:
        """Copies through the terminal (OSC 52), which works over ssh as well."""
        self.copy_to_clipboard(event.text)
        self.set_status(activity=f"copied {len(event.text)} characters")

    # -- proof pane and Lean

    def on_proof_pane_hole_selected(self, event: ProofPane.HoleSelected) -> None:
        """Shows the goals of a hole."""
        if (place := self.project.find(event.path, event.declaration, event.number)) is not None:
            self.project.choose(place)

    def on_proof_pane_prove_requested(self, event: ProofPane.ProveRequested) -> None:
        """Proves a hole."""
        if (place := self.project.find(event.path, event.declaration, event.number)) is not None:
            self.spawn(proof.prove_places(self, [place]))

    def on_proof_pane_try_requested(self, event: ProofPane.TryRequested) -> None:
        """Lets the person type tactics for a hole."""
        if (place := self.project.find(event.path, event.declaration, event.number)) is not None:
            self.project.choose(place)
            self.composer.text = f"/try {self.composer.text}"
            self.composer.focus_input()

    def on_watch_panel_write_asked(self, event: WatchPanel.WriteAsked) -> None:
        """Writes what watching has found."""
        self.spawn(watch.write(self, event.keys))

    def on_watch_panel_left(self, event: WatchPanel.Left) -> None:
        """Goes on with the conversation."""
        self.screen.remove_class("-pane")
        self.composer.focus_input()

    def _lean_news(self, news: LeanNews) -> None:
        self.set_status(lean=news)
        self.pane.lean_status(f"{news.text}. {news.hint}".strip() if news.hint else news.text, news.state)
        if news.state in ("failed", "stopped"):
            self.note(f"Lean: {news.text}\n{news.hint}".strip(), "warning")
        if news.state == "ready" and self.project.current is not None:
            self.project.choose(self.project.current)

    # -- sessions, models, modes

    @property
    def mode(self) -> Mode:
        """What is written without asking."""
        return self.bench.mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self.bench.mode = mode
        self.composer.mode = mode
        self.set_status(mode=mode)

    def choose_model(self, name: str | None) -> None:
        """Asks this model from now on; None: nothing changes."""
        if name is None:
            return
        self.bench.choose_model(name)
        self.set_status(model=name)
        self.note(f"From now on {name} is asked, in this session.")
        self.spawn(self._prepare_model())

    def keep_theme(self, name: str) -> None:
        """Takes a theme, also for the next time."""
        self.theme = name
        remember_theme(state_dir(), name)

    def resume(self, name: str | None) -> None:
        """Goes on with another session; None: nothing changes."""
        if name is None:
            return
        try:
            self.take_up(Session.resume(name))
        except QedError as error:
            self.show_error(error)

    def take_up(self, session: Session) -> None:
        """Shows another session and goes on with it."""
        self.bench.take_up(session)
        self.transcript.clear()
        self._welcome = self._greet()
        self.set_status(cost=session.usage.cost, context=(0, 0))
        self._replay(session)
        self.composer.focus_input()

    def _replay(self, session: Session) -> None:
        self.transcript.replay(session.events)
        self.pane.replay(session.events)
        self.pane.show_outline(self.project.outlines)
        usage = next((event for event in reversed(session.events) if isinstance(event, UsageUpdated)), None)
        if usage is not None:
            self.set_status(cost=session.usage.cost, context=(usage.context_tokens, usage.context_limit))

    # -- keys

    async def action_help(self) -> None:
        """Shows keys and commands."""
        await self._command("/help")

    def action_toggle_pane(self) -> None:
        """Shows or hides the proof pane."""
        self.screen.toggle_class("-pane" if self.screen.has_class("-narrow") else "-no-pane")
        if not self.pane.display:
            self.composer.focus_input()

    def action_next_area(self) -> None:
        """Moves the focus: composer, conversation, proof pane."""
        areas = [area for area in (self.composer, self.transcript, self.pane) if area.display]
        focused = self.focused
        at = next((i for i, area in enumerate(areas) if focused and area in focused.ancestors_with_self), -1)
        following = areas[(at + 1) % len(areas)]
        if following is self.composer:
            self.composer.focus_input()
        else:
            following.focus() if following.can_focus else self.screen.set_focus(
                next(iter(following.query("*:can-focus")), None)
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Page keys move the conversation while the person types; elsewhere they belong to what has the focus."""
        if action in ("scroll_conversation", "end_of_conversation"):
            typing = self.focused is not None and self.composer in self.focused.ancestors_with_self
            return typing and self.screen is self.screen_stack[0]
        return super().check_action(action, parameters)

    def action_scroll_conversation(self, step: int) -> None:
        """Scrolls the conversation by a page."""
        self.transcript.action_page(step)

    def action_end_of_conversation(self) -> None:
        """Scrolls to the end of the conversation, and follows it."""
        self.transcript.action_last()

    def action_next_mode(self) -> None:
        """What is written without asking: the next of the three modes."""
        self.mode = _MODES[(_MODES.index(self.mode) + 1) % len(_MODES)]

    def action_interrupt(self) -> None:
        """Ends what is under way; what was waiting goes back into the composer."""
        if not self.busy:
            self.composer.focus_input()
            return
        waiting = [job.text for job in self._talk.take_back()]
        undone = [job.text for job in self._hands.take_back()]
        if not self.bench.cancel_turn():
            self._talk.interrupt()
        if not self.bench.cancel_calls():
            self._hands.interrupt()
        if waiting:
            self.composer.text = "\n".join([*waiting, self.composer.text]).strip()
        if undone:
            self.note(f"Not begun: {', '.join(undone)}")

    def action_ladder(self) -> None:
        """Copies a selection; else clears what is typed; else interrupts; else asks whether to leave."""
        if (selected := self.screen.get_selected_text()) is not None:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
        elif self.composer.clear_if_any():
            pass
        elif self.busy:
            self.action_interrupt()
        elif time.monotonic() - self._quit_asked < _QUIT_SECONDS:
            self.leave()
        else:
            self._quit_asked = time.monotonic()
            self.notify("Press Ctrl+C again to leave.", timeout=_QUIT_SECONDS)

    def action_leave_if_empty(self) -> None:
        """Leaves, unless something is typed."""
        if not self.composer.text:
            self.leave()

    def leave(self) -> None:
        """Ends the app; the conversation stays on disk."""
        self.spawn(self._leave())

    async def _leave(self) -> None:
        await self.finish()
        self.window.give_back()
        self.exit()

    async def finish(self) -> None:
        """Ends all work."""
        await self._talk.stop()
        await self._hands.stop()
        here = asyncio.current_task()
        for task in [task for task in self._background if task is not here]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
