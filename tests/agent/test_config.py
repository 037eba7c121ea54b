"""Settings and where they come from."""

from pathlib import Path

import pytest

from agent.config import load_config
from tools.errors import ExitCode, QedError


def _write(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "config.toml").write_text(text)


def test_defaults() -> None:
    config = load_config()
    assert config.lean.toolchain == "auto"
    assert config.prove.allowed_axioms == ("propext", "Classical.choice", "Quot.sound")
    assert config.lean.limits().max_workers >= 2


def test_the_environment_is_stronger_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, '[lean]\ntoolchain = "lake"\nmax_workers = 3\n[prove]\ntimeout = 7\n')
    monkeypatch.setenv("QED_LEAN__TOOLCHAIN", "embedded")
    config = load_config()
    assert (config.lean.toolchain, config.lean.max_workers, config.prove.timeout) == ("embedded", 3, 7.0)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[lean]\nmax_workers = 1\n", "lean.max_workers"),
        ("[prove]\ntimeout = -1\n", "prove.timeout"),
        ("[prove]\ntime_out = 1\n", "prove.time_out"),
        ("[prove\n", "config.toml"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, text: str, where: str) -> None:
    _write(tmp_path, text)
    with pytest.raises(QedError) as caught:
        load_config()
    assert where in caught.value.message
    assert caught.value.exit_code is ExitCode.CONFIG
