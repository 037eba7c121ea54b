"""Proves the holes of one file: search in a scratch document, acceptance in a fresh process, write-back at once.

Each accepted proof is written before the next hole is begun, so that whatever happens later loses nothing.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from agent.prover.events import (
    Checking,
    FileFinished,
    FileStarted,
    HoleFinished,
    HoleStarted,
    ProverEvent,
    Searching,
    WaitingForWorkers,
)
from agent.prover.report import FileReport, HoleReport, OpenReason, unified_diff
from agent.prover.selection import Target
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.scratch import Scratch
from tools.errors import ExitCode, QedError
from tools.lean.acceptance import AcceptanceGate, Baseline, ProofStatus, Verdict
from tools.lean.claim import claim
from tools.lean.document import Document, Hole
from tools.lean.machine import MachineLimits, lease_workers
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, missing_modules
from tools.lean.writeback import FileSnapshot, check_writable, write
from tools.search.limits import SearchLimits
from tools.search.refute import refute

OnEvent = Callable[[ProverEvent], None]


@dataclass(frozen=True, slots=True)
class ProveOptions:
    """How to prove: seconds for each hole, whether to write, and what a proof may rest on."""

    timeout: float
    max_heartbeats: int
    allowed_axioms: tuple[str, ...]
    limits: MachineLimits
    dry_run: bool = False
    include_errors: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A proof that the search found; it is not believed before the acceptance check."""

    alternatives: tuple[str, ...]
    how: str
