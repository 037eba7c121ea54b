"""A conversation with one of everything, and an app that shows nothing but a transcript."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult

from agent.conversation.events import (
    DiffProposed,
    ErrorHappened,
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    PermissionAnswered,
    PermissionAsked,
    ProofAccepted,
    ProofState,
    ReasoningDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnEnd,
    TurnFinished,
    TurnStarted,
)
from agent.llm.chat import Usage
from agent.tui.transcript import Transcript

FILE = Path("/home/ada/project/Basic.lean")
USAGE = Usage(prompt_tokens=11_000, completion_tokens=1_345, cost=0.0123)

MARKDOWN = """# Plan

I prove `add_zero` by *induction*, see [Mathlib](https://example.org/mathlib), and **then** simplify what is left of it.

1. Look at the goal
2. Try `simp`
   - and if it fails, a longer text that has to be wrapped when the terminal is narrow
   - `omega`

> What is quoted stands
> apart.

```lean
theorem add_zero (n : Nat) : n + 0 = n := by
  induction n with
  | zero => rfl -- by computation
  | succ n ih => simp [ih]
```

| tactic | verdict | goals |
|:-------|:-------:|------:|
| `simp` | closes | 0 |
| `omega` | error: it has no idea of this goal | 12 |

---

[bold]no markup[/bold] \x1b[31mno escape\x1b[0m <b>no HTML</b>
"""

DIFF = """--- Basic.lean
+++ Basic.lean
@@ -9,4 +9,6 @@
 theorem add_zero (n : Nat) : n + 0 = n := by
-  sorry
+  induction n with
+  | zero => rfl
+  | succ n ih => simp [ih]

 theorem next : True := by
""".replace("\n\n", "\n \n")

TRIALS: list[dict[str, Any]] = [
    {"tactic": "simp", "verdict": "closes", "detail": "", "goals": []},
    {"tactic": "omega", "verdict": "error", "detail": "omega could not prove it:\na counterexample", "goals": []},
    {
        "tactic": "induction n with\n| zero => rfl\n| succ n ih => skip",
        "verdict": "progress",
        "detail": "n : Nat",
        "goals": ["case succ\nn : Nat\nih : n + 0 = n\n⊢ n + 1 + 0 = n + 1"],
    },
]


def said(prompt: str) -> TurnStarted:
    """The person says something."""
    return TurnStarted(session="s", model="m", prompt=prompt)


def started(call: str, tool: str, by: Any = "model", **arguments: Any) -> ToolStarted:
    """A call begins."""
    return ToolStarted(call=call, tool=tool, arguments=arguments, by=by)


def finished(call: str, tool: str, verdict: str = "ok", text: str = "done", **data: Any) -> ToolFinished:
    """A call is over, after 2.4 seconds."""
    return ToolFinished(call=call, tool=tool, verdict=verdict, text=text, data=data, seconds=2.4)


def proposed(call: str, *, statement: bool = False) -> DiffProposed:
    """A write is proposed."""
    statements = (("add_zero", "(n : Nat) : n + 0 = n", "(n : Nat) : n = n"),) if statement else ()
    return DiffProposed(
        call=call,
        permission="write proof",
        path=FILE,
        summary="Write the proof of add_zero to Basic.lean",
        diff=DIFF,
        statements=statements,
    )


def turn_over(reason: TurnEnd = TurnEnd.DONE) -> TurnFinished:
    """The end of a turn with one proof and two open holes."""
    state = ProofState(path=FILE, proved=("add_zero",), open=("hard", "harder"))
    return TurnFinished(reason=reason, text="", files=(state,), refused=1, usage=USAGE, seconds=75)


def accepted() -> ProofAccepted:
    """Lean accepted a proof."""
    proof = "induction n with\n| zero => rfl\n| succ n ih => simp [ih]"
    return ProofAccepted(path=FILE, declaration="add_zero", proof=proof, axioms=("propext",), usage=USAGE)


def talk() -> list[Event]:
    """What is said."""
    return [
        said("Prove add_zero in Basic.lean, please.\nDo not change the statement."),
        ReasoningDelta(text="The goal is easy.\nInduction will do."),
        MessageDelta(text=MARKDOWN[:100]),
        MessageDelta(text=MARKDOWN[100:]),
        MessageFinished(text=MARKDOWN, reasoning="The goal is easy.\nInduction will do."),
    ]


def tools() -> list[Event]:
    """Calls in every state."""
    return [
        started(
            "1", "try_tactics", file="Basic.lean", declaration="add_zero", tactics=["simp", "omega", "induction n"]
        ),
        started("2", "check", file="Basic.lean", by="person"),
        ToolProgress(call="1", text="trying 2 of 3"),
        finished("2", "check", "Lean refused", errors=["12:4: error: unknown identifier\nfoo"], messages=[]),
        finished("1", "try_tactics", trials=TRIALS),
        started("3", "search_proof", file="Basic.lean", declaration="hard", seconds=30),
        finished("3", "search_proof", "timed out", "nothing found", tactics=198, states=6),
        started("4", "search_proof", file="Basic.lean", declaration="easy"),
        finished("4", "search_proof", proof="simp [h]\nomega", tactics=12, states=1),
        started("5", "goals", file="Basic.lean", line=12),
        finished("5", "goals", states=[{"line": 12, "column": 2, "what": "before", "goals": ["n : Nat\n⊢ n = n"]}]),
        started("6", "write_proof", file="Basic.lean", declaration="hard", proof="exact foo"),
        finished("6", "write_proof", "not allowed", "no", reasons=["`sorry` gives the goal up"]),
        started("7", "read_file", file="Gone.lean"),
        finished("7", "read_file", "bad arguments", "there is no Gone.lean"),
        started("8", "check", code="#check Nat"),
        finished("8", "check", "failed", "Lean crashed"),
        started("9", "outline", file="Basic.lean"),
        ToolProgress(call="9", text="Lean reads the file"),
    ]


def writes() -> list[Event]:
    """Proposals and what became of them."""
    return [
        proposed("1"),
        PermissionAnswered(call="1", allowed=True, by="mode"),
        accepted(),
        proposed("2", statement=True),
        PermissionAsked(call="2", permission="edit"),
        PermissionAnswered(call="2", allowed=False, by="person", reason="leave the statement alone"),
    ]


def ends() -> list[Event]:
    """Notices, an error, the ends of turns."""
    return [
        Notice(kind="compaction", text="the conversation was shortened"),
        Notice(kind="runaway", text="the model repeated itself; the rest was cut off"),
        ErrorHappened(code="auth", message="the key is not valid", hint="set OPENROUTER_API_KEY", exit_code=4),
        turn_over(TurnEnd.MAX_COST),
        turn_over(),
    ]


def everything() -> list[Event]:
    """All of the above."""
    return [*talk(), *tools(), *writes(), *ends()]


def long_session(turns: int) -> list[Event]:
    """Turns of a prompt, a call, and a reply of ten lines."""
    events: list[Event] = []
    for number in range(turns):
        lines = "\n".join(f"- line {line} of reply {number}" for line in range(10))
        events += [
            said(f"question {number}"),
            started(f"c{number}", "outline", file="Basic.lean"),
            finished(f"c{number}", "outline"),
            MessageFinished(text=lines),
        ]
    return events


class Host(App[None]):
    """Shows a transcript of some events. Time stands still."""

    CSS = "Transcript { height: 1fr; }"

    def __init__(self, events: Sequence[Event] = (), *, is_open: bool = False, theme: str = "textual-dark") -> None:
        super().__init__()
        self._events, self._is_open, self._chosen = events, is_open, theme
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        """The transcript."""
        yield Transcript(clock=lambda: 0.0)

    def on_mount(self) -> None:
        """Shows the events."""
        self.theme = self._chosen
        self.transcript.focus()
        self.transcript.replay(self._events)
        if self._is_open:
            self.transcript.action_fold_tools()

    @property
    def transcript(self) -> Transcript:
        """The widget."""
        return self.query_one(Transcript)

    def on_transcript_copied(self, message: Transcript.Copied) -> None:
        """Notes what was copied."""
        self.copied.append(message.text)

    def screen_text(self) -> list[str]:
        """What can be read on the screen, row by row, without blanks at the end."""
        return [self.transcript.render_line(y).text.rstrip() for y in range(self.transcript.size.height)]
