"""How much the proof search proves: `python -m tests.benchmarks.search_suite [--third first|second|held-out|all] …`.

Every theorem of `lean/suites/` is given to every searcher, with the same budget of seconds, alone among the
definitions of its file. What came of it is appended to a file of JSON Lines at once, so that a run that was interrupted
goes on where it was (`--resume`); then a table tells what was proved and what it took. A proof counts only when it
finishes as a whole in the environment once more, after the search.

A run over everything takes hours; nothing is asserted: the figures depend on the machine and on what else it does.
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from tests.benchmarks.search_trials import Trial, TrialLog, table
from tests.benchmarks.timed_environment import TimedEnvironment
from tests.suites.suite import SuiteTheorem, Third, read_files, theorems_of
from tools.environment.guards import screen_tactic
from tools.environment.language_server import LanguageServerEnvironment
from tools.environment.protocol import ProofEnvironment, ProofFinished
from tools.environment.scratch import Scratch
from tools.errors import ExitCode, QedError
from tools.lean.document import Document, Hole
from tools.lean.embedded.quirks import is_toolchain_artifact
from tools.lean.lean_document import LeanDocument
from tools.lean.machine import MachineLimits, lease_workers
from tools.lean.server import LeanServer
from tools.lean.toolchain import Toolchain, discover
from tools.progress.choice import ScoringModel
from tools.search.closing import Closer
from tools.search.context import context_of
from tools.search.engine import SearchEnd
from tools.search.generator import SearchContext
from tools.search.layout import linear
from tools.search.limits import Budget, SearchLimits
from tools.search.policy import BreadthFirst
from tools.search.prove import HoleSearch
from tools.search.recipe import Searches, SearchRecipe
from tools.search.result import SearchResult
from tools.search.saved import training_lines
from tools.search.tracked import TrackedEnvironment
from tools.search.tree import Node

SCRATCH = Path("/scratch/Suite.lean")
_MAX_HEARTBEATS = 100_000
_CHECK_SECONDS = 30.0
_WIDTH = 140
_SAMPLES = 32
SINGLE_SHOT = "single-shot"
WITH_PROGRESS = "best-first, LeanProgress"
RECIPES: Mapping[str, SearchRecipe] = {
    "breadth-first": SearchRecipe(policy=BreadthFirst(samples=_SAMPLES)),
    "best-first": SearchRecipe(),
    WITH_PROGRESS: SearchRecipe(),
}
"""The searches by name. Breadth-first is the seed paper's: it runs the tactics of the portfolio one by one, at most 32
in a state, first come, first served; the others do what `qed prove` does."""
SEARCHERS = (SINGLE_SHOT, *RECIPES)


async def single_shot(environment: ProofEnvironment, context: SearchContext, limits: SearchLimits) -> SearchResult:
    """The portfolio at the goal as it stands, and nothing else: one state."""
    budget = Budget(limits)
    tracked = TrackedEnvironment(environment, budget, lambda _: None)
    root, closer = Node(tracked.initial_state), Closer(tracked, context, budget)
    budget.nodes += 1
    closed = await closer.quickly(root) or await closer.thoroughly(root)
    end = SearchEnd.FOUND if closed else SearchEnd.BUDGET if budget.spent() else SearchEnd.EXHAUSTED
    proofs = (linear(closed.steps),) if closed else ()
    return SearchResult(end, proofs, None, budget.tactics, budget.nodes, budget.elapsed)


@dataclass(frozen=True)
class Selection:
    """What is measured: the theorems, the searchers by name, and the seconds for each search."""

    theorems: Sequence[SuiteTheorem]
    searchers: Sequence[str]
    seconds: float

    def missing(self, done: Sequence[Trial]) -> list[tuple[SuiteTheorem, str]]:
        """What is still to be tried, theorem by theorem, so that searchers meet the machine in the same mood."""
        known = {trial.key for trial in done}
        pairs = [(theorem, searcher) for theorem in self.theorems for searcher in self.searchers]
        return [(theorem, each) for theorem, each in pairs if (theorem.name, each, self.seconds) not in known]

    def wanted(self, done: Sequence[Trial]) -> list[Trial]:
        """The trials of this selection among others that a file may hold."""
        names = {theorem.name for theorem in self.theorems}
        return [t for t in done if t.theorem in names and t.searcher in self.searchers and t.limit == self.seconds]


class Bench:
    """One Lean server with one open document, in which theorem after theorem is tried.

    `scoring` is the model of the searcher with LeanProgress. `traces` gets the trees in which a proof was found, as
    `qed progress dataset` reads them.
    """

    def __init__(self, server: LeanServer, searches: Mapping[str, Searches], traces: Path | None = None) -> None:
        self._server = server
        self._searches = searches
        self._traces = traces
        self._document: LeanDocument | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, toolchain: Toolchain, scoring: ScoringModel | None = None, traces: Path | None = None
    ) -> AsyncGenerator["Bench"]:
        """A bench with a server of its own, which is one of the workers that this machine allows."""
        limits = MachineLimits.default()
        async with contextlib.AsyncExitStack() as held:
            searches: dict[str, Searches] = {}
            for name, recipe in RECIPES.items():
                wanted = replace(recipe, scoring=scoring) if name == WITH_PROGRESS else recipe
                searches[name] = await held.enter_async_context(wanted.searches(toolchain))
            await held.enter_async_context(lease_workers(1, limits))
            yield cls(await held.enter_async_context(LeanServer.running(toolchain, limits)), searches, traces)

    async def trial(self, theorem: SuiteTheorem, searcher: str, seconds: float) -> Trial:
        """One search for one theorem. What Lean cannot be asked is an error of the trial, never a proof."""
        start = Trial(
            theorem=theorem.name,
            third=theorem.file.third,
            subject=theorem.file.subject,
            grade=theorem.grade,
            searcher=searcher,
            limit=seconds,
        )
        try:
            return await self._searched(start, theorem)
        except QedError as error:
            return start.model_copy(update={"error": error.message})

    async def _searched(self, start: Trial, theorem: SuiteTheorem) -> Trial:
        document, hole = theorem.alone()
        environment = await self._open(Scratch.for_hole(document, hole, _MAX_HEARTBEATS), document.text)
        try:
            timed = TimedEnvironment(environment)
            result = await self._result(start, timed, document, hole)
            own_seconds = timed.own_seconds
            proof = await _confirmed(environment, result.proofs)
        finally:
            await environment.close()
        return start.model_copy(
            update={
                "solved": proof is not None,
                "end": result.end.value,
                "proof": proof or "",
                "unconfirmed": bool(result.proofs) and proof is None,
                "refuted": result.refutation is not None,
                "nodes": result.nodes,
                "calls": result.tactics,
                "seconds": result.seconds,
                "own_seconds": own_seconds,
            }
        )

    async def _result(self, start: Trial, timed: TimedEnvironment, document: Document, hole: Hole) -> SearchResult:
        limits, context = SearchLimits(seconds=start.limit), context_of(document, hole)
        if start.searcher == SINGLE_SHOT:
            return await single_shot(timed, context, limits)
        settings = self._searches[start.searcher].settings(document, hole, timed)
        if (estimator := settings.estimator) is not None:
            settings = replace(settings, estimator=timed.timing(estimator))
        search = HoleSearch(timed, context, limits, (lambda _: None) if self._traces else None, settings)
        result = await search.run()
        if self._traces and result.proofs:
            with self._traces.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in training_lines(search.search.watch.kept(), start.theorem))
        return result

    async def _open(self, scratch: Scratch, source: str) -> LanguageServerEnvironment:
        if self._document is None:
            self._document = await self._server.open(SCRATCH, scratch.compose(()).text)
        return await LanguageServerEnvironment.on(
            self._document,
            scratch,
            screen=screen_tactic,
            is_artifact=lambda m: is_toolchain_artifact(m.severity, m.text, source),
        )


async def _confirmed(environment: ProofEnvironment, proofs: Sequence[str]) -> str | None:
    """The first proof that finishes as a whole, from the state at the hole."""
    for proof in proofs:
        outcome = await environment.run_tac(environment.initial_state, proof, timeout=_CHECK_SECONDS)
        if isinstance(outcome, ProofFinished):
            return proof
    return None


async def measure(
    selection: Selection,
    log: TrialLog,
    running: contextlib.AbstractAsyncContextManager[Bench],
    on_trial: Callable[[int, int, Trial], None],
) -> None:
    """Tries what `log` does not hold yet; `on_trial` is told the number, the count and each trial as it ends."""
    missing = selection.missing(log.trials)
    if not missing:
        return
    async with running as bench:
        for number, (theorem, searcher) in enumerate(missing, start=1):
            trial = await bench.trial(theorem, searcher, selection.seconds)
            log.append(trial)
            on_trial(number, len(missing), trial)


def _tell(number: int, count: int, trial: Trial) -> None:
    said = trial.error or ("proved" if trial.solved else f"not proved ({trial.end})")
    line = f"[{number}/{count}] {trial.searcher}: {trial.theorem} ({trial.grade}): {said}"
    print(f"{line}, {trial.calls} calls, {trial.seconds:.1f} s", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the proof search on the theorems of lean/suites.")
    parser.add_argument("--third", choices=[*(third.value for third in Third), "all"], default="all")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each search [20]")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these theorems, by their full names")
    parser.add_argument("--searchers", nargs="+", choices=SEARCHERS, help="default: all that can be run")
    parser.add_argument("--progress-model", metavar="FOLDER", help="for the searcher with LeanProgress")
    parser.add_argument("--traces", type=Path, metavar="FILE", help="append the trees of proofs, for a LeanProgress")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where each trial is appended [search_suite.jsonl]")
    parser.add_argument("--resume", action="store_true", help="go on with FILE: what it holds is not tried again")
    return parser.parse_args()


def _selection(options: argparse.Namespace) -> Selection:
    thirds = list(Third) if options.third == "all" else [Third(options.third)]
    theorems = theorems_of(read_files(thirds=thirds))
    if options.only:
        if unknown := set(options.only) - {theorem.name for theorem in theorems}:
            raise QedError(f"no such theorem in this third: {', '.join(sorted(unknown))}", exit_code=ExitCode.USAGE)
        theorems = tuple(theorem for theorem in theorems if theorem.name in options.only)
    return Selection(theorems, options.searchers, options.seconds)


def main() -> int:
    """Measures and prints; the exit status."""
    options = _arguments()
    scoring = ScoringModel.chosen(options.progress_model)
    options.searchers = options.searchers or [name for name in SEARCHERS if scoring or name != WITH_PROGRESS]
    if WITH_PROGRESS in options.searchers and scoring is None:
        print(f"{WITH_PROGRESS}: name its model with --progress-model", file=sys.stderr)
        return int(ExitCode.USAGE)
    try:
        selection = _selection(options)
        log = TrialLog.opened(options.json or Path("search_suite.jsonl"), resume=options.resume)
    except QedError as error:
        print(error.message, file=sys.stderr)
        return int(error.exit_code)
    status = 0
    try:
        bench = Bench.running(discover(Path.cwd(), "embedded"), scoring, options.traces)
        asyncio.run(measure(selection, log, bench, _tell))
    except KeyboardInterrupt:
        print(f"interrupted; --resume goes on with {log.path}", file=sys.stderr)
        status = int(ExitCode.INTERRUPTED)
    # In a file or a pipe no column is cut.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(table(selection.wanted(log.trials), apart=(SINGLE_SHOT,)))
    return status


if __name__ == "__main__":
    sys.exit(main())
