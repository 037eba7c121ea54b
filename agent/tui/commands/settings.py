"""Commands about qed itself: the model, the settings, the permissions, the look, the machine."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agent.conversation.permissions import Mode
from agent.tui.screens.picker import Choice, Picker
from agent.workbench.models import known_models, providers_with_keys
from tools.errors import ExitCode, QedError

if TYPE_CHECKING:
    from agent.tui.app import QedApp


async def model(app: "QedApp", argument: str) -> None:
    """Says which model is asked, or chooses another one for this session."""
    if not argument:
        await models(app, argument)
        return
    app.require_idle("/model")
    app.choose_model(argument)


async def models(app: "QedApp", argument: str) -> None:
    """Lists the models of the settings and of the providers whose keys are there."""
    app.require_idle("/models")
    known = await asyncio.to_thread(known_models, app.bench.wishes.config, app.bench.model_name)
    if not known:
        app.note(_no_models(providers_with_keys()), kind="warning", title="Models")
        return
    choices = [Choice(each.name, each.name, each.detail) for each in known]
    app.push_screen(Picker("Ask this model", choices, free=True, current=app.bench.model_name), app.choose_model)


async def config(app: "QedApp", argument: str) -> None:
    """Shows the settings, and where each came from."""
    from agent.config import read_settings
    from agent.config.load import DEFAULT

    settings = await asyncio.to_thread(read_settings, app.bench.root)
    rows = [entry for entry in settings.listed() if not argument or argument in entry.name]
    width = max((len(row.name) for row in rows), default=0)
    lines = [f"{row.name:<{width}}  {json.dumps(row.value, ensure_ascii=False)}" for row in rows]
    marked = [
        line if row.origin == DEFAULT else f"{line}  ({row.origin})" for line, row in zip(lines, rows, strict=True)
    ]
    app.note("\n".join(marked) or f"There is no setting {argument}.", title="Settings")


async def permissions(app: "QedApp", argument: str) -> None:
    """Says what is written without asking, or changes it."""
    if argument:
        try:
            app.mode = Mode(argument)
        except ValueError:
            words = ", ".join(mode.value for mode in Mode)
            raise QedError(
                f"there is no mode {argument}", hint=f"It is one of {words}.", exit_code=ExitCode.USAGE
            ) from None
        app.bench.forget_allowed()
    allowed = ", ".join(app.bench.allowed) or "nothing"
    lines = [f"{'→' if mode is app.mode else ' '} {mode.value:<14} {_MODES[mode]}" for mode in Mode]
    app.note("\n".join([*lines, f"Allowed with `a` in this session: {allowed}."]), title="Permissions")


async def theme(app: "QedApp", argument: str) -> None:
    """Changes the colours; the list shows each as you move."""
    names = sorted(app.available_themes)
    if argument:
        if argument not in names:
            raise QedError(
                f"there is no theme {argument}", hint=f"There are: {', '.join(names)}.", exit_code=ExitCode.USAGE
            )
        app.keep_theme(argument)
        return
    before = app.theme
    choices = [Choice(name, name, "dark" if app.available_themes[name].dark else "light") for name in names]

    def preview(name: str) -> None:
        app.theme = name

    app.push_screen(
        Picker("Theme", choices, preview=preview, current=before), lambda name: app.keep_theme(name or before)
    )


async def doctor(app: "QedApp", argument: str) -> None:
    """Says which Lean, project, models and keys are there, and what to do about what is missing."""
    app.note("Looking around; Lean is started once for that …")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from agent.cli.main import main; main()",
        "doctor",
        "--json",
        cwd=app.bench.root,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    try:
        findings: list[dict[str, Any]] = json.loads(out)
    except ValueError:
        raise QedError("`qed doctor` did not answer", hint="Run it in another terminal.") from None
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{'ok' if finding['well'] else '--'}  {finding['topic']:<10} {finding['state']}")
        if finding["advice"]:
            lines.append(f"{'':<15}{finding['advice']}")
    app.note("\n".join(lines), title="Doctor")


def _no_models(providers: Sequence[str]) -> str:
    if providers:
        names = " or ".join(f"/model {provider}/…" for provider in providers)
        return f"No model is set. Keys are there for: {', '.join(providers)}. Say {names}."
    return (
        "No model is set, and no provider's key is in the environment.\n"
        "Set a key (OPENROUTER_API_KEY, FIREWORKS_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY) and say\n"
        "/model openrouter/…, or name a server of your own in the settings (see `qed config`)."
    )


def mode_names(app: "QedApp") -> list[str]:
    """What can be completed after /permissions."""
    return [mode.value for mode in Mode]


def theme_names(app: "QedApp") -> list[str]:
    """What can be completed after /theme."""
    return sorted(app.available_themes)


def model_names(app: "QedApp") -> list[str]:
    """What can be completed after /model."""
    return [each.name for each in known_models(app.bench.wishes.config, app.bench.model_name)]


_MODES = {
    Mode.ASK: "every write is asked about",
    Mode.ACCEPT_PROOFS: "proofs that Lean accepts are written; edits are asked about",
    Mode.READ_ONLY: "nothing is written",
}
