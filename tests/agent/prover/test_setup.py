"""What a run of `qed prove` is put together from: who may put helper lemmas above a declaration."""

from pathlib import Path

import pytest

from agent.config.schema import Config, LeanConfig, ProveConfig
from agent.prover.memory import NoMemory
from agent.prover.purse import Purse
from agent.prover.report import FileReport, HoleReport, RunReport, StrategyReport
from agent.prover.request import RunRequest
from agent.prover.setup import RunSetup
from tests.agent.prover.workshop import scripted_model
from tests.openai_server import OpenAIServer
from tools.environment.names import EnvironmentName
from tools.lean.acceptance.verdict import ProofStatus

NAME = "helper lemmas"


def _setup(
    server: OpenAIServer | None,
    *,
    asked: bool,
    settings: bool = False,
    environment: EnvironmentName = "language-server",
) -> RunSetup:
    config = Config(prove=ProveConfig(lemmas=settings), lean=LeanConfig(environment=environment))
    return RunSetup(RunRequest(lemmas=asked), (), config, scripted_model(server) if server else None, None)


@pytest.mark.parametrize(("asked", "settings"), [(True, False), (False, True), (False, False)])
def test_only_with_permission(openai_server: OpenAIServer, tmp_path: Path, asked: bool, settings: bool) -> None:
    setup = _setup(openai_server, asked=asked, settings=settings)
    options = setup.options(setup.journal(tmp_path))
    names = [strategy.name for strategy in options.ladder]
    allowed = asked or settings
    assert options.lemmas == allowed and (NAME in names) == allowed
    assert not allowed or names[-2:] == ["decomposition", NAME]


def test_whatever_is_not_a_run_of_prove_has_no_permission(openai_server: OpenAIServer) -> None:
    options = _setup(openai_server, asked=True, settings=True).options_with(NoMemory(), Purse())
    assert not options.lemmas and NAME not in [strategy.name for strategy in options.ladder]


def test_without_a_model_or_the_language_server_there_are_none(openai_server: OpenAIServer, tmp_path: Path) -> None:
    for setup in (
        _setup(None, asked=False, settings=True),
        _setup(openai_server, asked=False, settings=True, environment="leandojo"),
    ):
        options = setup.options(setup.journal(tmp_path))
        assert not options.lemmas and NAME not in [strategy.name for strategy in options.ladder]


def test_permission_is_kept_with_the_run(openai_server: OpenAIServer, tmp_path: Path) -> None:
    kept = _setup(openai_server, asked=True).journal(tmp_path).header.request
    assert kept.lemmas and kept.changed_by(RunRequest()).lemmas
    assert RunRequest().changed_by(RunRequest(lemmas=True)).lemmas


def test_it_is_said_where_it_might_help(openai_server: OpenAIServer) -> None:
    def report(status: ProofStatus, *tried: str) -> RunReport:
        reports = tuple(StrategyReport(strategy=name, outcome="not proved") for name in tried)
        hole = HoleReport(declaration="t", line=1, column=0, status=status, tried=reports)
        file = FileReport(path=Path("A.lean"), toolchain="", holes=(hole,), written=False, diff="", seconds=0)
        return RunReport(files=(file,), errors=())

    setup = _setup(openai_server, asked=False)
    assert setup.lemmas_would_be_next(report(ProofStatus.NOT_PROVED, "search", "decomposition"))
    assert not setup.lemmas_would_be_next(report(ProofStatus.NOT_PROVED, "search"))
    assert not setup.lemmas_would_be_next(report(ProofStatus.PROVED, "search", "decomposition"))
    allowed = _setup(openai_server, asked=True)
    assert not allowed.lemmas_would_be_next(report(ProofStatus.NOT_PROVED, "search", "decomposition"))
