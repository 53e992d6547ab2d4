"""fetch(): one file from a stranger's web server, within limits (W1, W4 of the security checklist)."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from deploy.certificates import Certificate
from tests.servers.scripted import Peer, anywhere, scripted
from tests.servers.web import WebServer
from webmail.protocols.web import REDIRECTS_LIMIT, NotFetched, fetch, web_only

KIBIBYTE = 2**10


def got(url: str, **options: Any) -> bytes:
    return fetch(url, **{"guard": anywhere, "limit": 100 * KIBIBYTE, "seconds": 2.0, **options})


def reason(url: str, **options: Any) -> str:
    with pytest.raises(NotFetched) as caught:
        got(url, **options)
    return caught.value.reason


def test_it_works_and_tells_nothing(web: WebServer) -> None:
    assert got(web.serve("/picture.png?id=1", b"octets")) == b"octets"
    path, headers = web.asked[-1]
    assert path == "/picture.png?id=1"
    assert {name.lower(): value for name, value in headers.items()} == {
        "host": f"127.0.0.1:{web.port}",
        "user-agent": "Mozilla/5.0",
        "accept": "image/*",
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_in_pieces(web: WebServer) -> None:
    chunked = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    assert got(web.serve("/c", chunked, headers={"Transfer-Encoding": "chunked"})) == b"abcde"


@pytest.mark.parametrize(
    "url",
    ["", "x.png", "//x.test/a",
     "ftp://x.test/a", "file:///etc/passwd", "gopher://x.test/", "javascript:1", "http://",
     "http:///a", "http://a@x.test/", "http://a:b@x.test/", "http://x.test:0x50/", "http://x.test:99999/",
     "http://x y/",
     "http://x\\y/", "http://x%00y/", "http://[::1/", "data:image/png;base64,AAAA", "http://" + "a" * 70 + ".test/"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    assert reason(url) in ("address", "unreachable")


def test_no_line_break_reaches_the_line(web: WebServer) -> None:
    def listens(peer: Peer) -> None:
        peer.hear()

    with scripted(listens) as server:
        reason(f"http://127.0.0.1:{server.port}/a\r\nX: y b?q=\r\n1 2\u2028\x7f")
        heard = server.clear
    assert heard.startswith(b"GET /aX:%20y%20b?q=1%202%E2%80%A8%7F HTTP/1.1\r\n")


# -- where it may go ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0.0.0.0", "0", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_in_no_spelling(web: WebServer, host: str) -> None:
    assert reason(f"http://{host}:{web.port}/", guard=web_only()) in ("not_allowed", "unreachable")
    assert web.asked == []


@pytest.mark.parametrize(
    ("address", "port"),
    [("10.0.0.1", 80), ("192.168.1.1", 443), ("169.254.169.254", 80), ("8.8.8.8", 6379), ("8.8.8.8", 25)],
)
def test_private_addresses_and_other_ports(address: str, port: int) -> None:
    assert reason(f"http://{address}:{port}/", guard=web_only()) == "not_allowed"


def test_what_the_list_names(web: WebServer) -> None:
    web.serve("/a", b"x")
    assert got(web.url("/a"), guard=web_only([f"127.0.0.1:{web.port}"])) == b"x"
    assert reason(web.url("/a"), guard=web_only([f"127.0.0.1:{web.port + 1}"])) == "not_allowed"


def test_redirects_are_followed_by_the_same_rules(web: WebServer) -> None:
    web.serve("/end", b"here")
    assert got(web.moved("/1", "/end", status=301)) == b"here"
    assert got(web.moved("/2", web.url("/1"), status=308)) == b"here"
    guard = web_only([f"127.0.0.1:{web.port}"])
    for inner in ("http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", f"http://localhost:{web.port + 1}/"):
        assert reason(web.moved("/3", inner), guard=guard) == "not_allowed"
    assert reason(web.moved("/4", "file:///etc/passwd"), guard=guard) == "address"
    assert reason(web.moved("/5", "/5")) == "redirects"
    assert [path for path, _ in web.asked].count("/5") == REDIRECTS_LIMIT + 1


def test_the_checked_address_is_the_dialled_one(monkeypatch: pytest.MonkeyPatch, web: WebServer) -> None:
    """DNS rebinding: public when it is checked, ours when it is asked again."""
    answers = iter(["8.8.8.8", "127.0.0.1"])
    dialled: list[object] = []

    def resolve(host: str, port: int, **_: object) -> list:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def refuse(sock: socket.socket, address: object) -> None:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert reason("http://rebinding.test/", guard=web_only()) == "unreachable"
    assert dialled == [("8.8.8.8", 80)]


# -- how much and how long ---------------------------------------------------------------------------------------------


def test_size(web: WebServer) -> None:
    assert len(got(web.serve("/fits", bytes(100 * KIBIBYTE)))) == 100 * KIBIBYTE
    assert reason(web.serve("/large", bytes(100 * KIBIBYTE + 1))) == "size"
    assert reason(web.serve("/claims", b"x", length=10**12)) == "size"
    endless = b"ffff\r\n" + bytes(0xFFFF) + b"\r\n"
    chunked = {"Transfer-Encoding": "chunked"}
    assert reason(web.serve("/chunks", endless * 4, headers=chunked)) == "size"
    assert reason(web.serve("/cut", b"half", length=8)) == "unreachable"


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 500])
def test_answers_without_a_file(web: WebServer, status: int) -> None:
    assert reason(web.serve("/x", b"", status=status)) == "answer"


@pytest.mark.parametrize(
    "said",
    [b"", b"\r\n",
     b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 200_000, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300,
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 100 Go on\r\n\r\n" * 3]
)  # fmt: skip
def test_what_is_no_web_server(said: bytes) -> None:
    def speaks(peer: Peer) -> None:
        peer.hear()
        peer.send(said)

    with scripted(speaks) as server:
        assert reason(f"http://127.0.0.1:{server.port}/") in ("answer", "unreachable")


def _ends_soon(call: Callable[[], str]) -> str:
    started = time.monotonic()
    result = call()
    assert time.monotonic() - started < 10
    return result


def test_nobody_waits_for_slow_servers(web: WebServer) -> None:
    web.serve("/slow", b"x", pause=20)
    web.serve("/drip", bytes(1000), drip=0.3)
    for path in ("/slow", "/drip"):
        assert _ends_soon(lambda path=path: reason(web.url(path), seconds=1.0)) == "timeout"  # type: ignore[misc]


def test_a_head_that_drips(web: WebServer) -> None:
    stop = threading.Event()

    def drips(peer: Peer) -> None:
        while not stop.wait(0.1):
            peer.send(b"H")

    with scripted(drips) as server:
        assert _ends_soon(lambda: reason(f"http://127.0.0.1:{server.port}/", seconds=1.0)) == "timeout"
        stop.set()


# -- encrypted ---------------------------------------------------------------------------------------------------------


def test_certificates_are_checked(certificate: Certificate, misnamed: Certificate, expired: Certificate) -> None:
    def serves(peer: Peer) -> None:
        peer.hear()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with scripted(serves, certificate=certificate, tls=True) as server:
        url = f"https://localhost:{server.port}/"
        assert got(url, ca_pem=certificate.ca_pem) == b"ok"
        assert reason(url) == "tls"
    for wrong in (misnamed, expired):
        with scripted(serves, certificate=wrong, tls=True) as server:
            assert reason(f"https://localhost:{server.port}/", ca_pem=wrong.ca_pem) == "tls"
