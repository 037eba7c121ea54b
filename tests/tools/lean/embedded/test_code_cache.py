"""V8's code cache: who may make one, what is left when that fails, and that a bad one never reaches V8."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.tools.lean.embedded.client import PATIENCE, assert_all_gone
from tools.lean.embedded import code_cache
from tools.lean.embedded.code_cache import build, code_dir, ensure_building, is_built
from tools.lean.embedded.install import Installation
from tools.lean.embedded.launch import lean_command

TEXT = "theorem t (a b : Nat) (h : a ≤ b) : a ≤ b + 1 := by omega\n#check t\n"
CHECKED = "t (a b : Nat) (h : a ≤ b) : a ≤ b + 1\n"
HEADER = 68  # bytes, as in host/code_cache.cjs
# Node.js in disguise: it is called as `tethered.cjs build_code_cache.cjs ROOT FOLDER`.
FAKE_NODE = """#!{python}
import os, sys, time
*_, root, folder = sys.argv
with open(os.path.join(root, "runs"), "a") as runs:
    runs.write("run\\n")
if {message!r}:
    sys.exit({message!r})
wait = os.path.join(root, "wait")
while os.path.exists(wait):
    time.sleep(0.02)
with open(os.path.join(folder, "{name}.code"), "w") as made:
    made.write("code")
print("{name}.code")
"""


@pytest.fixture(autouse=True)
def by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(code_cache.VARIABLE, raising=False)


def fake(root: Path, name: str = "a", message: str = "") -> Installation:
    """An installation without Lean, and a Node.js that makes a cache of four bytes, or fails with a message."""
    root.mkdir(mode=0o755, exist_ok=True)
    (root / "lean.wasm").write_bytes(b"wasm")
    node = root / f"node-{name}"
    node.write_text(FAKE_NODE.format(python=sys.executable, name=name, message=message))
    node.chmod(0o755)
    return Installation(root, node)


def runs(installation: Installation) -> int:
    """How many builders have been at work."""
    log = installation.root / "runs"
    return len(log.read_text().splitlines()) if log.exists() else 0


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def names(installation: Installation) -> set[str]:
    return {path.name for path in code_dir(installation).iterdir()}


def test_a_cache_is_made_once(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean")
    assert not is_built(installation)
    assert build(installation) is None
    assert is_built(installation)
    assert names(installation) == {"a.code", "made.json", ".lock"}
    assert code_dir(installation).stat().st_mode & 0o777 == 0o700
    assert build(installation) is None
    assert not ensure_building(installation)
    assert runs(installation) == 1
    # What was cut short or lost is made again.
    (code_dir(installation) / "a.code").write_text("co")
    assert not is_built(installation)
    assert build(installation) is None
    assert is_built(installation)


def test_it_is_made_in_the_background(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean")
    (installation.root / "wait").touch()
    assert ensure_building(installation)
    until(lambda: runs(installation) == 1)
    assert code_cache.describe(installation) == "being made in the background"
    # One builder is enough, whoever asks.
    assert not ensure_building(installation)
    assert build(installation) == "another process is making it"
    (installation.root / "wait").unlink()
    until(lambda: is_built(installation))
    assert code_cache.describe(installation) == "made"
    assert runs(installation) == 1


@pytest.mark.parametrize("value", ["use", "off"])
def test_the_environment_can_forbid_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(code_cache.VARIABLE, value)
    installation = fake(tmp_path / "lean")
    assert not ensure_building(installation)
    assert not code_dir(installation).exists()


def test_two_builders_at_once_make_one_cache(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean")
    (installation.root / "wait").touch()
    command = [sys.executable, "-m", code_cache.__name__, str(installation.root), str(installation.node)]
    builders = [subprocess.Popen(command) for _ in range(3)]
    until(lambda: sum(builder.poll() is not None for builder in builders) == 2)
    (installation.root / "wait").unlink()
    assert [builder.wait(PATIENCE) for builder in builders] == [0, 0, 0]
    assert runs(installation) == 1
    assert is_built(installation)


def test_another_node_gets_a_cache_of_its_own_and_old_ones_go(tmp_path: Path) -> None:
    for number, name in enumerate("abc"):
        one = fake(tmp_path / "lean", name)
        assert not is_built(one)
        assert build(one) is None
        os.utime(code_dir(one) / f"{name}.code", (number, number))
    assert names(fake(tmp_path / "lean")) == {"b.code", "c.code", "made.json", ".lock"}


def test_another_processor_gets_one_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = fake(tmp_path / "lean")
    assert build(installation) is None
    monkeypatch.setattr(code_cache, "_processor", lambda: "another")
    assert not is_built(installation)


def test_a_full_disk_leaves_nothing_and_is_tried_again(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean", message="ENOSPC: no space left on device, write")
    reason = build(installation)
    assert reason is not None and "space" in reason
    assert names(installation) == {".lock"}
    assert build(fake(tmp_path / "lean")) is None


def test_a_failure_is_told_and_not_repeated_at_once(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean", message="this V8 cannot")
    assert build(installation) == "this V8 cannot"
    assert not ensure_building(installation)
    assert code_cache.describe(installation) == "could not be made: this V8 cannot"
    note = code_dir(installation) / "made.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "at": time.time() - 2 * 24 * 3600}))
    assert ensure_building(fake(tmp_path / "lean"))
    until(lambda: is_built(installation))


def test_a_damaged_note_is_none(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean")
    assert build(installation) is None
    for text in ("", "[]", "{", '{"file": 1}'):
        (code_dir(installation) / "made.json").write_text(text)
        assert not is_built(installation)
    assert build(installation) is None


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    installation = fake(tmp_path / "lean")
    code_dir(installation).mkdir()
    code_dir(installation).chmod(0o777)
    assert not ensure_building(installation)
    reason = build(installation)
    assert reason is not None and "alone" in reason
    assert runs(installation) == 0


# ------------------------------------------------------------------------------------------ with the real Lean


@pytest.fixture(scope="module")
def linked(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The real installation, with a folder of its own for its code."""
    root = tmp_path_factory.mktemp("linked")
    root.chmod(0o755)
    for name in ("lean.js", "lean.wasm", "lean.sym", "lib"):
        (root / name).symlink_to(installation.root / name)
    return Installation(root, installation.node)


@pytest.fixture(scope="module")
def genuine(linked: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of one short run of Lean."""
    folder = tmp_path_factory.mktemp("genuine")
    folder.chmod(0o700)
    (folder / "A.lean").write_text(TEXT)
    run_lean(linked, folder / "A.lean", f"--write-code={folder / 'genuine'}")
    return folder / "genuine"


@pytest.fixture
def cache(genuine: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it that a test may damage."""
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    copy = folder / "copy"
    for source, target in ((genuine, copy), (glue_of(genuine), glue_of(copy))):
        target.write_bytes(source.read_bytes())
        target.chmod(0o600)
    yield copy
    folder.chmod(0o700)


def glue_of(cache: Path) -> Path:
    """The file with the code of lean.js that goes with it."""
    return cache.with_name(f"{cache.name}.glue")


def run_lean(installation: Installation, file: Path, *options: str, **environment: str) -> str:
    """Lean must check the file as ever; returns what is said of the code cache."""
    command = lean_command(installation, [*options, str(file)])
    variables = {**os.environ, "QED_LEAN_DEBUG": "1", **environment}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=2 * PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (0, CHECKED), done.stderr[-2000:]
    return "".join(line for line in done.stderr.splitlines(keepends=True) if "code cache" in line)


def refusal(linked: Installation, cache: Path) -> str:
    """What a Lean says that finds this cache and does not use it."""
    file = cache.parent.parent / "A.lean"
    file.write_text(TEXT)
    said = run_lean(linked, file, f"--read-code={cache}")
    assert "not used" in said
    return said


def spoil(cache: Path, at: int) -> None:
    data = bytearray(cache.read_bytes())
    data[at] ^= 1
    cache.write_bytes(data)


@pytest.mark.lean
def test_a_good_cache_is_used(linked: Installation, cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(TEXT)
    assert run_lean(linked, file, f"--read-code={cache}") == ""
    assert "there is none" in run_lean(linked, file)
    assert run_lean(linked, file, f"--read-code={cache}", QED_CODE_CACHE="off") == ""


@pytest.mark.lean
@pytest.mark.parametrize("kept", [0, 10, HEADER, 1 << 20, -1])
def test_a_truncated_cache_is_refused(linked: Installation, cache: Path, kept: int) -> None:
    cache.write_bytes(cache.read_bytes()[:kept])
    assert "cut short" in (said := refusal(linked, cache)) or "length" in said


@pytest.mark.lean
@pytest.mark.parametrize("at", [0, 20, 50, HEADER + 12345, -1])
def test_a_changed_byte_is_noticed(linked: Installation, cache: Path, at: int) -> None:
    spoil(cache, at)
    assert "checksum" in (said := refusal(linked, cache)) or "no code cache" in said


@pytest.mark.lean
def test_the_code_of_the_glue_is_checked_as_well(linked: Installation, cache: Path) -> None:
    glue = glue_of(cache)
    whole = glue.read_bytes()
    spoil(glue, HEADER + 1000)
    assert "checksum" in refusal(linked, cache)
    glue.write_bytes(whole[: len(whole) // 2])
    assert "length" in refusal(linked, cache)
    glue.unlink()
    assert "there is none" in refusal(linked, cache)


@pytest.mark.lean
def test_the_cache_of_another_v8_is_refused(linked: Installation, cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(TEXT)
    # These flags make other code; and another Node.js or processor has another key in the same way.
    assert "another V8" in run_lean(linked, file, f"--read-code={cache}", NODE_OPTIONS="--max-semi-space-size=8")


@pytest.mark.lean
def test_what_others_may_write_is_refused(linked: Installation, cache: Path) -> None:
    cache.chmod(0o622)
    assert "others may write to the file" in refusal(linked, cache)
    cache.chmod(0o600)
    cache.parent.chmod(0o770)
    assert "others may write to the folder" in refusal(linked, cache)
    cache.parent.chmod(0o700)
    link = cache.with_name("link")
    link.symlink_to(cache)
    assert "not used" in refusal(linked, link)


@pytest.mark.lean
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_is_refused(linked: Installation, cache: Path) -> None:
    os.chown(cache, 1234, -1)
    assert "file belongs to another user" in refusal(linked, cache)
    os.chown(cache, 0, -1)
    os.chown(cache.parent, 1234, -1)
    assert "folder belongs to another user" in refusal(linked, cache)


@pytest.mark.lean
def test_a_killed_builder_leaves_nothing_that_stays(linked: Installation) -> None:
    command = [sys.executable, "-m", code_cache.__name__, str(linked.root), str(linked.node)]
    with subprocess.Popen(command) as builder:
        try:
            process = psutil.Process(builder.pid)
            # The builder, its Node.js, and the Lean that it has started.
            until(lambda: len(process.children(recursive=True)) >= 2)
            descendants = process.children(recursive=True)
            assert process.nice() > 0
        finally:
            builder.send_signal(signal.SIGKILL)
    assert_all_gone(descendants, within=PATIENCE)
    assert not is_built(linked)
    (leftover,) = code_dir(linked).glob(".making-*")
    node = fake(linked.root.parent / "other").node
    assert build(Installation(linked.root, node)) is None
    assert not leftover.exists()
    code_cache.remove(linked)


@pytest.mark.lean
@pytest.mark.slow
def test_a_cache_is_made_and_used(linked: Installation, tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(TEXT)
    assert build(linked) is None
    assert is_built(linked)
    assert run_lean(linked, file) == ""
    code_cache.remove(linked)
    assert not is_built(linked)
