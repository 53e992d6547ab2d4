"""The pictures of the demo's newsletters, as their senders' web server would give them: on loopback, so that showing
pictures from elsewhere can be tried where there is no elsewhere.

Run as `python -m deploy.demo_pictures PORT`. A picture is drawn when it is first asked for, and kept.
"""

import sys
from collections.abc import Callable
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deploy.demo import pictures

HOST = "127.0.0.1"
DRAWN: dict[str, Callable[[], bytes]] = {
    "/img/workshop.jpg": partial(pictures.jpeg, pictures.shelf, 600, 200),
    "/img/river.jpg": partial(pictures.jpeg, pictures.lake, 528, 176),
}


@cache
def picture(path: str) -> bytes | None:
    draw = DRAWN.get(path)
    return draw() if draw else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        content = picture(self.path)
        self.send_response(200 if content else 404)
        self.send_header("Content-Type", "image/jpeg" if content else "text/plain")
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Who looks at which picture is nobody's business."""


def main(port: int) -> None:
    with ThreadingHTTPServer((HOST, port), Handler) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
