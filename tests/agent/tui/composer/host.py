"""An app with nothing but a composer, for tests."""

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from agent.conversation.permissions import Mode
from agent.tui.composer.completion import CommandHint, Mention
from agent.tui.composer.composer import Composer
from agent.tui.composer.history import History
from agent.tui.composer.input import ComposerInput
from agent.tui.composer.popup import Popup

MODELS = ("openrouter/anthropic/claude-opus", "hosted_vllm/kimina-prover", "local")
COMMANDS = (
    CommandHint("help", "", "What can be typed"),
    CommandHint("model", "[name]", "Chooses another model", lambda: MODELS),
    CommandHint("mode", "[mode]", "Chooses what may be written", lambda: [mode.value for mode in Mode]),
    CommandHint("prove", "[declaration]", "Proves without a model"),
    CommandHint("undo", "", "Takes back the last proof that was written"),
    CommandHint("clear", "", "Begins a new conversation"),
)
MENTIONS = (
    Mention("Basic.lean", "file"),
    Mention("Trees.lean", "file"),
    Mention("Nat.add_zero'", "Basic.lean:12"),
    Mention("Nat.zero_add'", "Basic.lean:17"),
    Mention("Tree.size_mirror", "Trees.lean:40"),
)


class Host(App[None]):
    """Keeps what the composer sends, and which keys it leaves."""

    def __init__(self, history: History | None = None, commands: Sequence[CommandHint] = COMMANDS) -> None:
        super().__init__()
        self.composer = Composer(commands, history)
        self.composer.mentions = MENTIONS
        self.sent: list[str] = []
        self.left: list[str] = []
        self.cleared = 0

    def compose(self) -> ComposeResult:
        filler = Static("the transcript", markup=False)
        filler.styles.height = "1fr"
        yield filler
        yield self.composer

    def on_mount(self) -> None:
        self.field.cursor_blink = False
        self.composer.focus_input()

    def on_composer_submitted(self, message: Composer.Submitted) -> None:
        self.sent.append(message.text)

    def on_composer_cleared(self) -> None:
        self.cleared += 1

    def on_key(self, event: object) -> None:
        self.left.append(str(getattr(event, "key", "")))

    async def settled(self) -> None:
        """Waits for what the composer does beside the keys."""
        await self.workers.wait_for_complete()  # pyright: ignore[reportUnknownMemberType]

    @property
    def field(self) -> ComposerInput:
        return self.query_one(ComposerInput)

    @property
    def popup(self) -> Popup:
        return self.query_one(Popup)

    @property
    def offered(self) -> list[str]:
        return [choice.label for choice in self.popup.choices]


_KEYS = {" ": "space", "\n": "enter", "\t": "tab"}


async def type_keys(pilot: Pilot[None], text: str) -> None:
    """Types a text key by key: newline is Enter, tab is Tab."""
    await pilot.press(*(_KEYS.get(character, character) for character in text))
    await pilot.pause()
