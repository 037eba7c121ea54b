"""How a native Lean elaborates a whole text once, as if it were the file's: `lean -o X.olean`, messages as JSON.

The text is not on disk at its place, and the file there is never touched. What belongs to the place (module name,
`leanOptions` of its library with the `weak.` ones, plugins, dynamic libraries, import artefacts) is asked of Lake
with the question that Lean's server asks for each document it opens, `lake setup-file`: a batch run sees what the
editor sees. It is asked with `--no-build`, as the server does by default, so that imports that are out of date are an
answer and not minutes of building.

By version (read in Lean's repository: `src/lake/Lake/CLI/{Main,Serve}.lean`, `src/lake/Lake/Build/Module.lean`,
`src/Lean/{Setup,Shell}.lean`, `src/Lean/Elab/Frontend.lean`, `src/Lean/Server/FileWorker/SetupFile.lean`,
`src/util/shell.cpp`, and the pull requests with these numbers):

- 4.9 to 4.19: `lake setup-file FILE IMPORT…` answers a `FileSetupInfo`, search paths and options. Started is
  `lean -D… -R FOLDER FOLDER/A/B.lean`. Lean has `--json` since #3939 (April 2024).
- 4.20, 4.21: the same; for a file of a library Lake looks at the imports of the saved file (#7909).
- 4.22: `lake setup-file FILE -` reads the header as JSON from its standard input and answers a `ModuleSetup` (#8699),
  which `lean --setup=…` takes (#8024); imports as in 4.20. Started is `lean --setup=… --stdin FILE`.
- 4.23 to 4.35: the same, with the imports of the header that was sent (#9559).

Which of the two a toolchain speaks is seen in what it answers, once for each project. In the second form nothing but
the source of the text differs from what Lake starts: messages and `include_str` know the file by its own path. In the
first, `include_str` with a relative path fails. A Lean before `--json` prints other lines, which are no messages.
`lake lean FILE -- …` (#3793) is not used: it reads the header of the saved file, refuses a new one, and its setup
lacked import artefacts until #14300 (July 2026). `lake env lean` knows neither the library's options nor whether
imports are stale.

Left as Lean and the project have them: threads (`-j`: one a processor, as in a worker), memory (`-M`), `-T`, and the
option `maxHeartbeats`; no option is added. `setup-file` does not tell `moreLeanArgs`: as in the editor, and unlike in
`lake build`, they do not count. A file that is not saved yet, or in no library, is to Lake one outside the workspace:
it gets the options of the root package, and here the module name that its place below a source folder gives.

What `lean -o` does (read there, and run on 4.35.0): it exits with 1 and writes nothing when any message is an error
(those about the header too), with 0 otherwise, also when there is a `sorry`. A file with `module` in its header leaves
`X.olean`, `X.olean.server` and `X.olean.private` (and `X.ir`, `X.ir.sig`), others `X.olean` alone. After `#exit`, a
warning, the rest of the file is not elaborated, and the `.olean` is written without it.
"""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from tools.lean.commands import Header, read_header, significant
from tools.lean.machine import end_process
from tools.lean.tokens import Token, escaped_name, tokenize
from tools.lean.toolchain import Toolchain, ToolchainKind

_NO_CONFIGURATION: Final = 2  # `noConfigFileCode` of src/lake/Lake/CLI/Serve.lean
_NO_BUILD: Final = 3  # `noBuildCode` of src/lake/Lake/Build/Context.lean
_UNKNOWN_MODULE: Final = "_unknown"  # Lake's name for a file outside the workspace (#8981)
_CONFIGURATION: Final = ("lakefile.lean", "lakefile.toml", "lake-manifest.json", "lean-toolchain")
_VARIABLE: Final = re.compile(r"([A-Za-z_]\w*)=(.*)")
_OLEAN_PARTS: Final = (".olean", ".olean.server", ".olean.private")
_SHOWN_LINES: Final = 20


class BatchUnavailableError(Exception):
    """A text cannot be elaborated in a batch run here; `reason` says why, for people.

    `stale_imports`: the project has to be built first (`lake build`); asking in another way does not help.
    """

    def __init__(self, reason: str, *, stale_imports: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stale_imports = stale_imports


@dataclass(frozen=True, slots=True)
class BatchCommand:
    """A command that elaborates a text and, when no message is an error, writes `olean`.

    `stdin` is the file whose bytes it reads as standard input (None: nothing). `env` is the whole environment. The
    messages on its standard output are JSON, one a line, and name the file `file_name`. `.olean.server` and
    `.olean.private` lie beside `olean`, if the file is a `module`.

    `imports` are the files of the modules that it imports, directly or not, as far as Lake names them: `.olean`, and
    `.olean.server` and `.olean.private` where it has them. Others lie below the first folder of `search_path` that has
    them.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    olean: Path
    file_name: str
    stdin: Path | None = None
    imports: Mapping[str, tuple[Path, ...]] = field(default_factory=dict[str, tuple[Path, ...]])
    search_path: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Workspace:
    """What does not depend on the file: the environment of `lake env`, `lean`, and the folders of sources."""

    env: Mapping[str, str]
    lean: str
    sources: tuple[Path, ...]


_Key = tuple[str, Path, tuple[tuple[int, int] | None, ...]]
_workspaces: Final[dict[_Key, _Workspace]] = {}
_names_imports: Final[set[_Key]] = set()  # workspaces whose Lake takes imports as arguments (4.9-4.21)


async def native_command(toolchain: Toolchain, path: Path, text: str, folder: Path, *, timeout: float) -> BatchCommand:
    """The command that elaborates `text` as the content of the file `path`, which may not exist.

    `folder` is an existing private one: the text, Lake's answer and the `.olean` go there. `timeout` is in seconds, for
    all questions together. Raises `BatchUnavailableError` when the toolchain cannot say, and `OSError` when `folder`
    cannot be written to.
    """
    match toolchain.kind:
        case ToolchainKind.LEAN:
            parts = _module_parts(path, [toolchain.root])
            return _from_file(toolchain, [toolchain.executable], parts, text, folder, dict(os.environ))
        case ToolchainKind.LAKE:
            try:
                async with asyncio.timeout(timeout):
                    return await _from_lake(toolchain, path, text, folder)
            except TimeoutError:
                reason = f"Lake has not said within {timeout:g} s how {path} is elaborated"
                raise BatchUnavailableError(reason) from None
        case ToolchainKind.EMBEDDED:
            raise BatchUnavailableError("the embedded toolchain is started in another way")


async def _from_lake(toolchain: Toolchain, path: Path, text: str, folder: Path) -> BatchCommand:
    key = _key(toolchain)
    if key not in _workspaces:
        _workspaces[key] = await _workspace(toolchain)
    workspace = _workspaces[key]
    header, tokens = _header(text)
    answer = await _setup(toolchain, key, path, header, tokens)
    if "paths" in answer:
        return _from_search_paths(toolchain, workspace, path, text, folder, answer)
    if answer["name"] == _UNKNOWN_MODULE:
        parts = _module_parts(path, workspace.sources)
        answer = {**answer, "name": escaped_name(parts)} if parts else answer
    setup, source, olean = folder / "setup.json", folder / "input.lean", _no_olean_yet(folder)
    setup.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    _write_exactly(source, text)
    argv = (workspace.lean, "--json", f"--setup={setup}", "-o", str(olean), "--stdin", str(path))
    return BatchCommand(
        argv,
        toolchain.root,
        workspace.env,
        olean,
        str(path),
        stdin=source,
        imports={name: _parts_of_olean(files) for name, files in _object(answer.get("importArts")).items()},
        search_path=_search_path(toolchain, workspace.env),
    )


def _from_search_paths(
    toolchain: Toolchain, workspace: _Workspace, path: Path, text: str, folder: Path, answer: Mapping[str, Any]
) -> BatchCommand:
    """The command for a `FileSetupInfo`, the answer of Lake until 4.21."""
    paths, options = _object(answer["paths"]), _object(answer.get("setupOptions"))
    given = [f"-D{name}={_option_value(value)}" for name, value in options.items()]
    given += [f"--load-dynlib={library}" for library in paths.get("loadDynlibPaths") or ()]
    given += [f"--plugin={library}" for library in paths.get("pluginPaths") or ()]
    roots = [toolchain.root / root for root in paths.get("srcPath") or ()]
    parts = _module_parts(path, roots or workspace.sources)
    return _from_file(toolchain, [workspace.lean, *given], parts, text, folder, workspace.env)


def _from_file(
    toolchain: Toolchain,
    lean: Sequence[str],
    parts: Sequence[str],
    text: str,
    folder: Path,
    env: Mapping[str, str],
) -> BatchCommand:
    """The command for a Lean without `--setup`: the name of the module is that of the file, below a root."""
    root, olean = folder / "source", _no_olean_yet(folder)
    source = root.joinpath(*parts[:-1], f"{parts[-1] if parts else _UNKNOWN_MODULE}.lean")
    source.parent.mkdir(parents=True, exist_ok=True)
    _write_exactly(source, text)
    argv = (*lean, "--json", "-R", str(root), "-o", str(olean), str(source))
    return BatchCommand(argv, toolchain.root, env, olean, str(source), search_path=_search_path(toolchain, env))


def _no_olean_yet(folder: Path) -> Path:
    """Where the `.olean` will lie; what an earlier run left there must not be taken for the result, and is removed."""
    for ending in _OLEAN_PARTS:
        (folder / f"module{ending}").unlink(missing_ok=True)
    return folder / f"module{_OLEAN_PARTS[0]}"


def _parts_of_olean(files: Any) -> tuple[Path, ...]:
    """The files of one import, by their endings: the order, the nesting and what else there is differ by version."""
    entries = cast("list[Any]", files) if isinstance(files, list) else []
    nested = [cast("list[Any]", entry) if isinstance(entry, list) else [entry] for entry in entries]
    names = [str(name) for part in nested for name in part]
    return tuple(Path(name) for ending in _OLEAN_PARTS for name in names if name.endswith(ending))


def _search_path(toolchain: Toolchain, env: Mapping[str, str]) -> tuple[Path, ...]:
    """Where Lean looks for modules (`initSearchPath` of `src/Lean/Util/Path.lean`), as far as that is known."""
    folders = [toolchain.root / folder for folder in env.get("LEAN_PATH", "").split(os.pathsep) if folder]
    return (*folders, *([Path(env["LEAN_SYSROOT"], "lib", "lean")] if env.get("LEAN_SYSROOT") else []))


async def _workspace(toolchain: Toolchain) -> _Workspace:
    """Asks `lake env`, which prints the variables that it sets, `NAME=VALUE`; it leaves a value out that it unsets."""
    status, output, errors = await _run([toolchain.executable, "env"], toolchain.root)
    if status != 0:
        raise BatchUnavailableError(f"`lake env`: exit status {status}\n{_last_lines(errors)}".rstrip())
    env = dict(os.environ)
    for line in output.splitlines():
        found = _VARIABLE.fullmatch(line)
        if found is not None and found[2]:
            env[found[1]] = found[2]
        elif found is not None:
            env.pop(found[1], None)
    places = [str(Path(env["LEAN_SYSROOT"], "bin"))] if "LEAN_SYSROOT" in env else []
    lean = shutil.which("lean", path=os.pathsep.join([*places, env.get("PATH", "")]))
    if lean is None:
        raise BatchUnavailableError("`lake env` names no Lean")
    # Lake writes folders of the project as they stand in the lakefile, relative to the root.
    sources = [toolchain.root / folder for folder in env.get("LEAN_SRC_PATH", "").split(os.pathsep) if folder]
    return _Workspace(env, lean, tuple(sources))


async def _setup(
    toolchain: Toolchain, key: _Key, path: Path, header: Header, tokens: Sequence[Token]
) -> Mapping[str, Any]:
    """What `lake setup-file` answers: an object with `paths` (until 4.21), or with `name` (a `ModuleSetup`)."""
    command = [toolchain.executable, "setup-file", str(path)]
    old = [*command, *_imported_names(header), "--no-build"]
    if key in _names_imports:
        return _answer(old, *await _run(old, toolchain.root))
    new = [*command, "-", "--no-build", "--no-cache"]
    line = json.dumps(_header_json(header, tokens), ensure_ascii=False) + "\n"
    ended = await _run(new, toolchain.root, line)
    try:
        answer = _answer(new, *ended)
    except BatchUnavailableError as error:
        # An older Lake does not know `--no-cache`.
        if error.stale_imports or ended[0] == _NO_CONFIGURATION or "--no-cache" not in ended[2]:
            raise
    else:
        if "name" in answer:
            return answer
    # An older Lake took `-` for an import that it does not have, so it has looked at none.
    answer = _answer(old, *await _run(old, toolchain.root))
    if "paths" in answer:
        _names_imports.add(key)
    return answer


def _answer(command: Sequence[str], status: int, output: str, errors: str) -> Mapping[str, Any]:
    shown = f"`lake {' '.join(command[1:])}`"
    if status == _NO_BUILD:
        modules = _stale_modules(output)
        named = f" ({', '.join(modules)})" if modules else ""
        raise BatchUnavailableError(f"imports are out of date{named}: run `lake build`", stale_imports=True)
    if status == _NO_CONFIGURATION:
        raise BatchUnavailableError(f"{shown} found no lakefile")
    if status != 0:
        raise BatchUnavailableError(f"{shown}: exit status {status}\n{_last_lines(errors or output)}".rstrip())
    answer = _json_object(output)
    if isinstance(answer.get("name"), str) or isinstance(answer.get("paths"), dict):
        return answer
    raise BatchUnavailableError(f"{shown} answered something unknown\n{_last_lines(output)}".rstrip())


def _stale_modules(output: str) -> list[str]:
    """The stale imports that newer versions name, as `{"directImports": [{"module": …}]}`."""
    entries = _json_object(output).get("directImports")
    if not isinstance(entries, list):
        return []
    return [str(_object(entry).get("module")) for entry in cast("list[Any]", entries)]


def _header(text: str) -> tuple[Header, Sequence[Token]]:
    tokens = significant(tokenize(text))
    header, end = read_header(tokens)
    return header, tokens[:end]


def _header_json(header: Header, tokens: Sequence[Token]) -> Mapping[str, Any]:
    """A `ModuleHeader` of `src/Lean/Setup.lean`, as `HeaderSyntax.toModuleHeader` makes it of what was parsed."""
    names = {found.span.start for found in header.imports}
    implicit = () if header.is_prelude else (False, True)
    imports = [_import("Init", is_meta=is_meta, is_exported=True) for is_meta in implicit]
    words: set[str] = set()
    for token in tokens:
        if token.start not in names:
            words.add(token.text)
            continue
        exported = "public" in words or not header.is_module
        imports.append(_import(token.text, is_meta="meta" in words, is_exported=exported, all_of_it="all" in words))
        words.clear()
    return {"imports": imports, "isModule": header.is_module}


def _import(name: str, *, is_meta: bool, is_exported: bool, all_of_it: bool = False) -> Mapping[str, Any]:
    return {"module": name, "importAll": all_of_it, "isExported": is_exported, "isMeta": is_meta}


def _imported_names(header: Header) -> list[str]:
    return [*([] if header.is_prelude else ["Init"]), *(found.name for found in header.imports)]


def _module_parts(path: Path, roots: Sequence[Path]) -> tuple[str, ...]:
    """The components of a module's name, by its place below the folders: below the innermost one that holds it."""
    resolved, holding = path.resolve(), (root.resolve() for root in roots)
    names = [resolved.relative_to(root).with_suffix("").parts for root in holding if resolved.is_relative_to(root)]
    return min(names, key=len, default=())


def _key(toolchain: Toolchain) -> _Key:
    """What the answers of `lake env` depend on."""
    stamps: list[tuple[int, int] | None] = []
    for name in _CONFIGURATION:
        try:
            state = (toolchain.root / name).stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((state.st_mtime_ns, state.st_size))
    return toolchain.executable, toolchain.root, tuple(stamps)


async def _run(command: Sequence[str], cwd: Path, given: str = "") -> tuple[int, str, str]:
    """Exit status, standard output and standard error. A process whose answer nobody waits for any more is killed."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise BatchUnavailableError(f"{command[0]}: {error.strerror or error}") from None
    try:
        output, errors = await process.communicate(given.encode("utf-8", "replace"))
    finally:
        await end_process(process)
    assert process.returncode is not None
    return process.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


def _write_exactly(file: Path, text: str) -> None:
    """Writes a text with its own line endings."""
    file.write_bytes(text.encode("utf-8"))


def _option_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        return _object(json.loads(text))
    except ValueError:
        return {}


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _last_lines(output: str) -> str:
    return "\n".join(output.splitlines()[-_SHOWN_LINES:])
