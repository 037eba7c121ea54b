"""A web server of the tests' own: it answers as it is told, and remembers what it was asked."""

import contextlib
import json
import threading
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Web:
    """Answers every request with `body`, or with what `answers` makes of the question (GET's parameters, POST's JSON).

    While `hang` is not set, nobody gets an answer.
    """

    def __init__(self) -> None:
        self.status, self.body, self.hang = 200, b"{}", threading.Event()
        self.hang.set()
        self.asked: list[object] = []
        self.answers: Callable[[dict[str, Any]], object] | None = None
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(parse_qs(urlsplit(self.path).query))

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, question: dict[str, Any]) -> None:
                web.asked.append(question)
                web.hang.wait(30)
                body = json.dumps(web.answers(question)).encode() if web.answers else web.body
                try:
                    self.send_response(web.status)
                    self.end_headers()
                    self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    return  # whoever asked has gone

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/json"

    def says(self, answer: object, status: int = 200) -> None:
        """Answers with this from now on."""
        self.body, self.status = json.dumps(answer).encode(), status


@contextlib.contextmanager
def web_server() -> Generator[Web]:
    """A server that runs; it lets go of everybody in the end."""
    web = Web()
    thread = threading.Thread(target=web.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.hang.set()
        web.server.shutdown()
        web.server.server_close()
        thread.join()
