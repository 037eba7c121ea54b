"""How `qed ask` shows a turn: as text, as one JSON object, or as the stream of events."""

import json
import sys
from abc import ABC, abstractmethod
from typing import Any

import click

from agent.conversation.events import (
    DiffProposed,
    ErrorHappened,
    Event,
    MessageDelta,
    MessageFinished,
    Notice,
    PermissionAnswered,
    ProofAccepted,
    ReasoningDelta,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from agent.llm.chat import Usage
from agent.one_line import shortened
from agent.visible import shown

_ARGUMENTS_WIDTH = 70


class Printer(ABC):
    """Shows events. `error_code` is the exit code of an error that ended the turn."""

    error_code: int | None = None

    def show(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, ErrorHappened):
            self.error_code = event.exit_code
        self._show(event)

    @abstractmethod
    def _show(self, event: Event) -> None: ...


def printer(form: str) -> Printer:
    """The printer for an output format: `text`, `json` or `stream-json`."""
    forms: dict[str, type[Printer]] = {"text": TextPrinter, "json": JsonPrinter, "stream-json": StreamPrinter}
    return forms[form]()


class StreamPrinter(Printer):
    """Every event as a line of JSON on standard output."""

    def _show(self, event: Event) -> None:
        click.echo(event.model_dump_json())
        sys.stdout.flush()


class JsonPrinter(Printer):
    """One object at the end: the answer, what is proved, what was called and what it cost."""

    def __init__(self) -> None:
        self._report: dict[str, Any] = {"tools": [], "notices": [], "error": None}

    def _show(self, event: Event) -> None:
        match event:
            case TurnStarted(session=session, model=model):
                self._report |= {"session": session, "model": model}
            case ToolFinished():
                call = event.model_dump(mode="json", include={"tool", "verdict", "text", "seconds"})
                self._report["tools"].append(call)
            case Notice(kind=kind, text=text):
                self._report["notices"].append({"kind": kind, "text": text})
            case PermissionAnswered(allowed=False, reason=reason):
                self._report["notices"].append({"kind": "refused", "text": reason})
            case ErrorHappened():
                self._report["error"] = event.model_dump(mode="json", exclude={"type"})
            case TurnFinished():
                self._report |= event.model_dump(mode="json", exclude={"type"})
                click.echo(json.dumps(self._report, ensure_ascii=False, indent=2))
            case _:
                pass


class TextPrinter(Printer):
    """The answer on standard output as it comes; what is done meanwhile, in a line each, on standard error."""

    def __init__(self) -> None:
        self._in_line = False
        self._in_reasoning = False

    def _show(self, event: Event) -> None:
        match event:
            case ReasoningDelta(text=text):
                click.secho(shown(text), nl=False, err=True, dim=True)
                self._in_reasoning = not text.endswith("\n")
            case MessageDelta(text=text):
                self._end_reasoning()
                click.echo(shown(text), nl=False)
                self._in_line = not text.endswith("\n")
            case MessageFinished():
                self._end_line()
            case ToolStarted(tool=tool, arguments=arguments):
                self._aside(click.style(shown(f"→ {tool} {_shortened(arguments)}"), dim=True))
            case ToolFinished(tool=tool, verdict=verdict, seconds=seconds):
                self._aside(click.style(shown(f"← {tool}: {verdict} ({seconds:.1f} s)"), dim=True))
            case DiffProposed(diff=diff, statements=statements):
                self._aside(shown(diff.rstrip()))
                for name, before, after in statements:
                    self._aside(shown(f"the statement of {name} would change\n  from  {before}\n  to    {after}"))
            case PermissionAnswered(allowed=False, reason=reason):
                self._aside(click.style(shown(f"refused: {reason}"), fg="yellow"))
            case Notice(text=text):
                self._aside(click.style(shown(text), fg="yellow"))
            case ProofAccepted(path=path, declaration=declaration, usage=usage):
                text = shown(f"✓ {declaration} in {path}")
                self._aside(click.style(text, fg="green") + click.style(f" ({_price(usage)})", dim=True))
            case ErrorHappened(message=message, hint=hint):
                self._aside(click.style("error: ", fg="red", bold=True) + shown(message))
                if hint:
                    self._aside(click.style("  hint: ", fg="cyan") + shown(hint))
            case TurnFinished():
                self._end(event)
            case _:
                pass

    def _end(self, event: TurnFinished) -> None:
        self._end_line()
        for state in event.files:
            for name in state.proved:
                click.echo(shown(f"proved (Lean accepted it): {name} in {state.path}"))
            for name in state.open:
                click.echo(shown(f"not proved: {name} in {state.path}"))
        spent = f"turn over: {event.reason.value}; {_price(event.usage)}, {event.seconds:.0f} s"
        self._aside(click.style(spent, dim=True))

    def _aside(self, text: str) -> None:
        self._end_line()
        click.echo(text, err=True)

    def _end_reasoning(self) -> None:
        if self._in_reasoning:
            click.echo(err=True)
            self._in_reasoning = False

    def _end_line(self) -> None:
        self._end_reasoning()
        if self._in_line:
            click.echo()
            self._in_line = False


def _price(usage: Usage) -> str:
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    cost = f", ${usage.cost:.4f}" if usage.cost is not None else ""
    return f"{usage.total_tokens} tokens{cached}{cost}"


def _shortened(arguments: dict[str, Any]) -> str:
    return shortened(" ".join(json.dumps(arguments, ensure_ascii=False).split()), _ARGUMENTS_WIDTH)
