"""Which addresses are dialled (W1, W2, W3 of the security checklist), and that nothing hangs."""

import socket
import time
from collections.abc import Callable

import pytest

from tests.servers.scripted import QUICK, Peer, anywhere, scripted
from webmail.protocols.endpoint import Endpoint, Security
from webmail.protocols.errors import Unreachable
from webmail.protocols.sockets import dial, is_public, public_only
from webmail.protocols.wire import Wire

PUBLIC = ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:0a00:0001::1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:7f00:1::", "3fff::1", "5f00::1",
    "192.88.99.1", "192.0.0.192", "168.63.129.16",
]  # fmt: skip


def reason(call: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(Unreachable) as caught:
        call(*arguments)
    return caught.value.reason


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)
    public_only()(address, 993)


@pytest.mark.parametrize("address", PRIVATE)
def test_others_do_not(address: str) -> None:
    assert not is_public(address)
    assert reason(public_only(), address, 993) == "not_allowed"


@pytest.mark.parametrize("port", [22, 80, 443, 6379, 5432, 11211, 1024])
def test_only_ports_of_mail(port: int) -> None:
    assert reason(public_only(), "8.8.8.8", port) == "not_allowed"


@pytest.mark.parametrize(
    ("entry", "address", "port", "allowed"),
    [
        ("10.0.0.5:993", "10.0.0.5", 993, True),
        ("10.0.0.5:993", "10.0.0.5", 143, False),
        ("10.0.0.5:993", "10.0.0.6", 993, False),
        ("10.0.0.0/8:993", "10.200.1.1", 993, True),
        ("10.0.0.0/8:*", "10.200.1.1", 14300, True),
        ("10.0.0.0/8:*", "::ffff:10.200.1.1", 14300, True),
        ("[fd00::/8]:993", "fd00::25", 993, True),
        ("localhost:*", "127.0.0.1", 14143, True),
        ("localhost:25", "127.0.0.1", 143, False),
        ("8.8.8.8:10993", "8.8.8.8", 10993, True),
    ],
)
def test_allow_list(entry: str, address: str, port: int, allowed: bool) -> None:
    guard = public_only([entry])
    if allowed:
        guard(address, port)
    else:
        assert reason(guard, address, port) == "not_allowed"


@pytest.mark.parametrize("entry", ["", "mail.lan", ":993", "mail.lan:imap", "10.0.0.0/99:993"])
def test_allow_list_that_can_not_be_read(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_only([entry])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "localhost.", "0.0.0.0", "0", "2130706433", "0x7f.1", "017700000001", "127.1", "::1",
     "::ffff:127.0.0.1", "１２７.0.0.1", "127。0。0。1"],
)  # fmt: skip
def test_no_spelling_of_loopback_is_dialled(host: str) -> None:
    with scripted(lambda peer: peer.say("* OK you are in")) as server:
        endpoint = Endpoint(host, server.port, Security.NONE)
        assert reason(dial, endpoint, public_only(), QUICK) in ("not_allowed", "name")
        assert server.connections == 0


def test_the_checked_address_is_the_dialled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name has another address each time it is asked for."""
    answers = iter(["192.0.2.1", "127.0.0.1"])

    def resolve(host: str, port: int, **_: object) -> list:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    dialled = []
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: dialled.append(address))
    dial(Endpoint("rebinding.test", 993, Security.NONE), anywhere, QUICK).close()
    assert dialled == [("192.0.2.1", 993)]


def test_refused_addresses_of_a_name_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, **_: object) -> list:
        addresses = ["10.0.0.1", "8.8.8.8", "127.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    dialled = []
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: dialled.append(address))
    dial(Endpoint("mixed.test", 993, Security.NONE), public_only(), QUICK).close()
    assert dialled == [("8.8.8.8", 993)]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert reason(dial, Endpoint("127.0.0.1", port, Security.NONE), anywhere, QUICK) == "refused"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "", "a b", "a\r\nb", "x" * 300, "é" * 70 + ".test", "."])
def test_no_such_name(host: str) -> None:
    assert reason(dial, Endpoint(host, 993, Security.NONE), anywhere, QUICK) == "name"


def test_refusals_tell_nothing_of_the_network() -> None:
    """A closed port, an open one and a filtered one look the same to somebody who may not dial them (W2)."""
    messages = set()
    for address, port in (("127.0.0.1", 22), ("10.0.0.1", 993), ("169.254.169.254", 80)):
        with pytest.raises(Unreachable) as caught:
            public_only()(address, port)
        messages.add(str(caught.value))
    assert len(messages) == 1


def drips_for_ever(peer: Peer) -> None:
    while True:
        peer.drip(b"x")


def test_dripping_line_ends_by_the_total_deadline() -> None:
    with scripted(drips_for_ever) as server:
        wire = Wire(dial(server.endpoint(Security.NONE), anywhere, QUICK), QUICK)
        wire.begin(seconds=0.4, silence=0.3)
        started = time.monotonic()
        assert reason(wire.readline, 4096) == "timeout"
        assert time.monotonic() - started < 1
        wire.close()


def test_endless_line_ends_by_its_size() -> None:
    with scripted(lambda peer: peer.send(b"x" * 200_000)) as server:
        wire = Wire(dial(server.endpoint(Security.NONE), anywhere, QUICK), QUICK)
        assert reason(wire.readline, 100_000) == "lost"
        wire.close()


def test_a_server_that_does_not_read_stops_us_in_time() -> None:
    with scripted(lambda peer: time.sleep(3)) as server:
        wire = Wire(dial(server.endpoint(Security.NONE), anywhere, QUICK), QUICK)
        wire.begin(silence=0.3)
        started = time.monotonic()
        assert reason(wire.send, b"x" * 50_000_000) == "timeout"
        assert time.monotonic() - started < 2
        wire.close()
