"""`qed doctor`."""

import json
import os
import platform
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.runner import command_errors, run

if TYPE_CHECKING:
    from agent.config import Config
    from tools.lean.machine import MachineLimits
    from tools.lean.toolchain import Toolchain

# Variables that litellm reads; the key itself is never printed.
_MODEL_VARIABLES = (
    "OPENROUTER_API_KEY",
    "FIREWORKS_AI_API_KEY",
    "FIREWORKS_API_KEY",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "HOSTED_VLLM_API_BASE",
    "OLLAMA_API_BASE",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `advice` says what to do when it is not well."""

    topic: str
    state: str
    well: bool = True
    advice: str = ""


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--toolchain", "choice", default=None, help="Toolchain to look at (default: as configured).")
@click.option(
    "--repair", is_flag=True, help="Install the embedded toolchain afresh, and make its code cache in the background."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command_errors
def doctor(path: Path, choice: str | None, repair: bool, as_json: bool) -> int:
    """Say which Lean, project, imports, models and keys are there, and what to do about what is missing.

    Starts Lean and lets it check a small file. The exit code is 0 when `qed prove` can work here.
    """
    from agent.config import load_config

    config = load_config(path)
    if repair:
        from agent.cli.progress import install_with_progress

        install_with_progress(afresh=True)
    findings = _findings(path, choice or config.lean.toolchain, config)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.secho("ok  " if finding.well else "--  ", fg="green" if finding.well else "yellow", nl=False)
            click.echo(f"{finding.topic:<14}{finding.state}")
            if finding.advice:
                click.echo(f"{'':<18}{finding.advice}")
    return 0 if all(f.well for f in findings if f.topic in ("lean", "toolchain")) else 1


def _findings(path: Path, choice: str, config: "Config") -> list[Finding]:
    from tools.errors import QedError
    from tools.lean.toolchain import discover

    findings = [Finding("python", f"{platform.python_version()} ({sys.executable})")]
    findings.extend(_executables())
    findings.append(_node())
    try:
        toolchain = discover(path, choice)
    except QedError as error:
        findings.append(Finding("toolchain", error.message, False, error.hint))
    else:
        findings.append(Finding("toolchain", toolchain.describe()))
        findings.append(_project(path))
        findings.extend(_imports(toolchain))
        findings.append(_try_lean(toolchain, config.lean.limits()))
    limits = config.lean.limits()
    memory = limits.max_worker_memory / 2**30
    findings.append(Finding("limits", f"{limits.max_workers} Lean workers, {memory:g} GiB each"))
    findings.extend(_models())
    findings.append(_folders())
    return findings


def _executables() -> list[Finding]:
    found = {name: shutil.which(name) for name in ("lake", "lean")}
    advice = "" if found["lake"] else "For Mathlib and projects of your own, install Lean with elan."
    return [
        Finding(name, where or "not on PATH", True, advice if name == "lake" else "") for name, where in found.items()
    ]


def _node() -> Finding:
    from tools.errors import QedError
    from tools.lean.embedded.install import find_installed, verify
    from tools.lean.embedded.node import find_node

    try:
        node = find_node()
    except QedError as error:
        return Finding("embedded", error.message, False, error.hint)
    try:
        installed = find_installed()
        if installed:
            verify(installed)
    except QedError as error:
        return Finding("embedded", error.message, False, error.hint)
    if installed is None:
        return Finding("embedded", f"not installed yet (happens at first use); node {node.executable}")
    from tools.lean.embedded.code_cache import describe

    state = f"installed in {installed.root}; node {node.executable}; code cache: {describe(installed)}"
    return Finding("embedded", state)


def _project(path: Path) -> Finding:
    from tools.lean.toolchain import find_project_root

    root = find_project_root(path)
    if root is None:
        return Finding("project", "none: single files are checked on their own")
    if shutil.which("lake") is None:
        return Finding("project", f"{root}", False, "`lake` is not on PATH: imports of the project cannot be found.")
    return Finding("project", f"{root}")


def _imports(toolchain: "Toolchain") -> list[Finding]:
    from tools.lean.toolchain import ToolchainKind

    if toolchain.kind is ToolchainKind.EMBEDDED:
        return [Finding("imports", "Init, Std, Lean; no Mathlib", True, "Mathlib needs elan and a Lake project.")]
    packages = toolchain.root / ".lake" / "packages"
    names = sorted(p.name for p in packages.iterdir() if p.is_dir()) if packages.is_dir() else []
    return [Finding("imports", ", ".join(["Init", "Std", "Lean", *names]))]


def _try_lean(toolchain: "Toolchain", limits: "MachineLimits") -> Finding:
    from tools.errors import QedError

    async def check() -> int:
        from agent.cli.session import lean_server

        async with lean_server(toolchain, limits) as server:
            document = await server.open(toolchain.root.resolve() / "qed-doctor.lean", "theorem t : 1 + 1 = 2 := rfl\n")
            result = await document.settle(timeout=120)
            return len(result.errors)

    if toolchain.kind.value == "embedded":
        from agent.cli.progress import install_with_progress

        install_with_progress()
    start = time.monotonic()
    try:
        errors = run(check)
    except QedError as error:
        return Finding("lean", error.message, False, error.hint)
    seconds = time.monotonic() - start
    if errors:
        return Finding("lean", "starts, but refuses a true statement", False, "Try `qed doctor --repair`.")
    return Finding("lean", f"{toolchain.version} answers; started and checked a file in {seconds:.1f} s")


def _models() -> list[Finding]:
    keys = [name for name in _MODEL_VARIABLES if os.environ.get(name)]
    advice = "" if keys else "`qed prove` works without a model; set a key such as OPENROUTER_API_KEY to use one later."
    return [Finding("models", ", ".join(f"{name} is set" for name in keys) or "no key found", True, advice)]


def _folders() -> Finding:
    from tools.directories import cache_dir, config_dir, state_dir

    return Finding("folders", f"cache {cache_dir()}, state {state_dir()}, config {config_dir()}")
