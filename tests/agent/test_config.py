"""Settings: who overrides whom, what is refused and how it is named, models and their aliases."""

from pathlib import Path

import pytest

from agent.config import Config, load_config, read_settings
from agent.config.project import read_project
from agent.config.trust import TrustStore
from agent.conversation.permissions import Mode
from tests.agent.command import REPOSITORY
from tools.errors import ExitCode, QedError
from tools.progress.choice import ScoringModel


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _project(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "project" / ".qed" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _trust(root: Path) -> None:
    files = read_project(root)
    assert files is not None
    TrustStore().add(files)


def _refusal(folder: Path | None = None) -> QedError:
    with pytest.raises(QedError) as caught:
        load_config(folder)
    assert caught.value.exit_code is ExitCode.CONFIG
    return caught.value


def test_defaults() -> None:
    config = load_config()
    assert config.lean.toolchain == "auto"
    assert config.prove.allowed_axioms == ("propext", "Classical.choice", "Quot.sound")
    assert config.lean.limits().max_workers >= 2
    assert (config.ask.max_turns, config.ask.max_cost, config.ask.mode) == (50, None, Mode.ASK)


def test_user_then_project_then_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = _write(
        tmp_path,
        '[lean]\ntoolchain = "lake"\nmax_workers = 3\n\n[prove]\ntimeout = 7\n\n[models]\nmine = "a/user"\n',
    )
    project = _project(tmp_path, "[lean]\nmax_workers = 4\n[prove]\ntimeout = 8\n[models.mine]\nretries = 1\n")
    _trust(tmp_path / "project")
    monkeypatch.setenv("QED_PROVE__TIMEOUT", "9")
    settings = read_settings(tmp_path / "project" / "src" / "Basic.lean")
    shown = {entry.name: (entry.value, entry.origin) for entry in settings.listed()}
    assert shown["lean.toolchain"] == ("lake", f"{user}:2")
    assert shown["lean.max_workers"] == (4, f"{project}:2")
    assert shown["prove.timeout"] == (9.0, "QED_PROVE__TIMEOUT")
    assert shown["prove.max_heartbeats"] == (100_000, "default")
    assert shown["models.mine.model"] == ("a/user", f"{user}:9")
    assert shown["models.mine.retries"] == (1, f"{project}:6")
    assert settings.notice == ""


def test_a_project_file_without_trust_is_told_of_once_and_ignored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = _project(tmp_path, "[prove]\ntimeout = 8\n").parents[1]
    for _ in range(2):
        assert load_config(project).prove.timeout is None
    notice = capsys.readouterr().err
    assert notice.count("\n") == 1 and f"qed trust {project}" in notice and "config.toml" in notice


def test_a_project_file_that_changed_is_trusted_no_more(tmp_path: Path) -> None:
    path = _project(tmp_path, "[prove]\ntimeout = 8\n")
    project = path.parents[1]
    _trust(project)
    assert load_config(project).prove.timeout == 8
    path.write_text("[prove]\ntimeout = 9\n")
    assert load_config(project).prove.timeout is None
    assert "changed" in read_settings(project).notice
    _trust(project)
    assert load_config(project).prove.timeout == 9


def test_a_new_prompt_in_a_trusted_project_is_a_change(tmp_path: Path) -> None:
    project = _project(tmp_path, "[prove]\ntimeout = 8\n").parents[1]
    _trust(project)
    (project / ".qed" / "prompts").mkdir()
    (project / ".qed" / "prompts" / "system.md").write_text("{{root}} {{toolchain}}")
    assert "changed" in read_settings(project).notice


def test_the_root_of_the_lake_project_counts_before_folders_nearer(tmp_path: Path) -> None:
    project = _project(tmp_path, "[prove]\ntimeout = 8\n").parents[1]
    (project / "lakefile.toml").touch()
    inner = project / "Sub" / ".qed"
    inner.mkdir(parents=True)
    (inner / "config.toml").write_text("[prove]\ntimeout = 9\n")
    _trust(project)
    assert load_config(project / "Sub").prove.timeout == 8


def test_the_settings_name_the_model_that_scores_before_the_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_config().progress.scoring_model() is None
    monkeypatch.setenv("LEANPROGRESS_MODEL", "of/the-variable")
    monkeypatch.setenv("LEANPROGRESS_DEVICE", "cpu")
    monkeypatch.setenv("LEANPROGRESS_TEMPLATE", "{goal} {tactic}")
    of_variables = load_config().progress.scoring_model()
    assert of_variables == ScoringModel("of/the-variable", "cpu", "{goal} {tactic}")
    _write(tmp_path, '[progress]\nmodel = "steps"\ntemplate = "{tactic} {goal}"\n')
    assert load_config().progress.scoring_model() == ScoringModel("steps", "cpu", "{tactic} {goal}")
    monkeypatch.setenv("QED_PROGRESS__DEVICE", "cuda:1")
    assert load_config().progress.scoring_model() == ScoringModel("steps", "cuda:1", "{tactic} {goal}")


def test_a_project_without_trust_names_no_model_that_scores(tmp_path: Path) -> None:
    project = _project(tmp_path, '[progress]\nmodel = "somebody/model"\n').parents[1]
    assert load_config(project).progress.scoring_model() is None
    _trust(project)
    assert load_config(project).progress.scoring_model() == ScoringModel("somebody/model")


def test_a_damaged_list_of_trusted_projects_is_named(tmp_path: Path) -> None:
    project = _project(tmp_path, "").parents[1]
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "trusted.json").write_text("{")
    assert "trusted.json" in _refusal(project).message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[lean]\nmax_workers = 1\n", 2, ["`lean.max_workers`", "greater than or equal to 2", "got 1"]),
        ("[prove]\n\ntimeout = -1\n", 3, ["`prove.timeout`"]),
        ("[prove]\ntime_out = 1\n", 2, ["`prove.time_out`", "did you mean `timeout`?"]),
        ("[proof]\ntimeout = 1\n", 1, ["`proof`", "did you mean `prove`?"]),
        ("[prove\n", 1, ["not TOML"]),
        ("[lean]\n[lean]\n", 2, ["not TOML"]),
        ('[lean]\ntoolchain = """\na\n"""\nmax_wrokers = 2\n', 5, ["did you mean `max_workers`?"]),
        ("[prove]\nallowed_axioms = [\n  'propext',\n  3,\n]\n", 2, ["`prove.allowed_axioms.1`", "got 3"]),
        ("lean.max_workers = 1", 1, ["`lean.max_workers`"]),
        ("[ask]\nmode = 'always'\n", 2, ["`ask.mode`", "accept-proofs"]),
        ("[models.mine]\nbase_url = 'http://localhost:8000/v1'\n", 1, ["`models.mine.model` is missing"]),
        ("[models]\nmine = { model = 'a/b', base_ulr = 'http://x' }\n", 2, ["did you mean `base_url`?"]),
        ("[progress]\ndevice = 'gpu'\n", 2, ["`progress.device`", "cuda", "got 'gpu'"]),
        ("[progress]\n\ntemplate = '{goal}'\n", 3, ["`progress.template`", "it lacks `{tactic}`"]),
        ("[progress]\nmodel = ''\n", 2, ["`progress.model`"]),
        ("[models]\nmine = 3\n", 2, ["`models.mine`"]),
        ("models = 3\n", 1, ["`models`"]),
        ("[model]\nname = 'a'\nbase_url = 'http://x'\n", 3, ["`model.base_url`", "there are name"]),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, words: list[str]) -> None:
    path = _write(tmp_path, text)
    message = _refusal().message
    assert message.startswith(f"{path}:{line}: ")
    assert all(word in message for word in words), message


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    path = _write(tmp_path, "[prove]\ntimeout = 0\ntime = 1\n")
    lines = _refusal().message.split("\n")
    assert sorted(line.split(": ")[0] for line in lines) == [f"{path}:2", f"{path}:3"]


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = _write(tmp_path, "")
    path.write_bytes(b"[lean]\n# caf\xe9\n")
    assert _refusal().message == f"{path}:2: not UTF-8"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("QED_PROVE__TIMEOUT", "soon", ["QED_PROVE__TIMEOUT", "`prove.timeout`", "soon"]),
        ("QED_PROVE__TIMOUT", "1", ["QED_PROVE__TIMOUT", "did you mean `timeout`?"]),
        ("QED_PROVVE__TIMEOUT", "1", ["QED_PROVVE__TIMEOUT", "did you mean `prove`?"]),
        ("QED_PROVE__ALLOWED_AXIOMS", "propext", ["QED_PROVE__ALLOWED_AXIOMS"]),
        ("QED_MODEL", "openai/gpt", ["QED_MODEL"]),
    ],
)
def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: list[str]) -> None:
    monkeypatch.setenv(variable, value)
    message = _refusal().message
    assert all(word in message for word in words), message


def test_variables_set_models_and_lists_and_an_empty_one_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QED_MODELS__MINE", "fireworks_ai/x")
    monkeypatch.setenv("QED_MODELS__LOCAL__MODEL", "hosted_vllm/y")
    monkeypatch.setenv("QED_MODELS__LOCAL__RETRIES", "0")
    monkeypatch.setenv("QED_PROVE__ALLOWED_AXIOMS", '["propext"]')
    monkeypatch.setenv("QED_PROVE__TIMEOUT", "")
    config = load_config()
    assert config.model_settings("mine").model == "fireworks_ai/x"
    assert (config.model_settings("local").model, config.model_settings("local").retries) == ("hosted_vllm/y", 0)
    assert config.prove.allowed_axioms == ("propext",) and config.prove.timeout is None


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("[model]\nname = 'a/b'\napi_key = 'abc'\n", 3, "model.api_key"),
        ("[models.mine]\nmodel = 'a/b'\napi_key_env = 'sk-or-v1-0123456789abcdef'\n", 3, "models.mine.api_key_env"),
        ("OPENROUTER_API_KEY = 'abc'\n", 1, "OPENROUTER_API_KEY"),
        ("[models.mine]\nmodel = 'a/b'\nbase_url = 'https://me:hunter2@host/v1'\n", 3, "models.mine.base_url"),
        ("[fireworks]\ntoken = 'abc'\n", 2, "fireworks.token"),
        ("[prove]\nallowed_axioms = ['fw_0123456789abcdef']\n", 2, "prove.allowed_axioms"),
    ],
)
def test_keys_in_files_are_refused_and_not_shown(tmp_path: Path, text: str, line: int, name: str) -> None:
    path = _write(tmp_path, text)
    error = _refusal()
    assert error.message.startswith(f"{path}:{line}: `{name}` looks like a key")
    assert "environment" in error.hint and "keyring" in error.hint
    assert not any(secret in error.message + error.hint for secret in ("abc", "hunter2", "0123456789abcdef"))


def test_what_only_sounds_like_a_key_is_none(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "[ask]\nmax_tokens = 9\n[models]\ntoken = 'a/b'\n"
        "m = { model = 'a/c', api_key_env = 'MY_KEY', context_tokens = 9 }\n",
    )
    config = load_config()
    assert config.model_settings("token").model == "a/b" and config.model_settings("m").api_key_env == "MY_KEY"


def test_a_model_by_name_by_alias_and_by_default(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "[model]\nname = 'mine'\ntemperature = 0.5\nretries = 2\nfallback = 'mine'\n"
        "[models]\nmine = 'fireworks_ai/accounts/me/models/my-lora'\n"
        "[models.local]\nmodel = 'hosted_vllm/q'\nbase_url = 'http://localhost:8000/v1/'\ntemperature = 0.0\n",
    )
    config = load_config()
    mine, local, other = (config.model_settings(name) for name in (None, "local", "openai/gpt"))
    assert (mine.model, mine.temperature, mine.retries) == ("fireworks_ai/accounts/me/models/my-lora", 0.5, 2)
    assert mine.fallback is None, "a model is not its own fallback"
    assert (local.base_url, local.temperature, local.fallback) == ("http://localhost:8000/v1", 0.0, "mine")
    assert (other.model, other.temperature, other.first_token_seconds) == ("openai/gpt", 0.5, 60.0)


def test_without_any_model_it_is_said_what_to_do() -> None:
    with pytest.raises(QedError) as caught:
        Config().model_settings()
    assert "--model" in caught.value.hint and "`qed prove` works without a model" in caught.value.hint


def test_the_settings_in_the_readme_are_those_that_there_are(tmp_path: Path) -> None:
    section = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("\n## Settings\n")[2]
    example = section.partition("```toml\n")[2].partition("```")[0]
    path = _write(tmp_path, example)
    listed = read_settings().listed()
    assert all(entry.origin.startswith(str(path)) for entry in listed)
    config = load_config()
    assert config.model_settings().model == "fireworks_ai/accounts/me/models/my-lora"
    assert config.model_settings("local").api_key_env == "MY_VLLM_KEY"
