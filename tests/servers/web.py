"""A web server for the tests, as strangers run them: serves what a test gives it, at the pace the test wants."""

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deploy.certificates import Certificate


@dataclass(frozen=True, slots=True)
class Answer:
    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0  # seconds before the answer
    drip: float = 0  # seconds between two octets of it
    length: int | None = None  # Content-Length, where it lies


class WebServer:
    """`asked`: (path, headers) of each request, in order; `posted`: (path, content) of those that are forms."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str):
        self.host, self.port, self.scheme = "127.0.0.1", server.server_address[1], scheme
        self.posted: list[tuple[str, bytes]] = []
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.together = self.most_together = 0
        self.lock = threading.Lock()

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    def serve(self, path: str, content: bytes = b"", **options: object) -> str:
        """From now on, `path` has this answer; its address."""
        self.answers[path] = Answer(content, **options)  # type: ignore[arg-type]
        return self.url(path)

    def moved(self, path: str, to: str, status: int = 302) -> str:
        return self.serve(path, status=status, headers={"Location": to})


class _Handler(BaseHTTPRequestHandler):
    known: WebServer

    def do_GET(self) -> None:
        known = self.known
        with known.lock:
            known.asked.append((self.path, dict(self.headers)))
            known.together += 1
            known.most_together = max(known.together, known.most_together)
        try:
            self._answer(known.answers.get(self.path, Answer(status=404)))
        except OSError:
            return  # whoever asked has left
        finally:
            with known.lock:
                known.together -= 1

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.known.lock:
            self.known.posted.append((self.path, content))
        self.do_GET()

    def _answer(self, answer: Answer) -> None:
        time.sleep(answer.pause)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.content) if answer.length is None else answer.length))
        self.end_headers()
        if not answer.drip:
            self.wfile.write(answer.content)
        for octet in answer.content if answer.drip else b"":
            self.wfile.write(bytes([octet]))
            time.sleep(answer.drip)

    def log_message(self, *_: object) -> None:
        return


@contextlib.contextmanager
def web_server(certificate: Certificate | None = None) -> Iterator[WebServer]:
    """By http, or with a certificate by https."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.cert, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    server.block_on_close = False
    known = WebServer(server, "https" if certificate else "http")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"known": known})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
