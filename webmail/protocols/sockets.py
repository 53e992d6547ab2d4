"""Reaching a mail server: which addresses may be dialled, and how long anything may take.

Flow: a name is resolved once; each address it has is shown to the guard; the very address that passed is dialled, so a
name that changes its answer between the check and the connection gains nothing (DNS rebinding). Nothing is stored.
"""

import ipaddress
import math
import re
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from webmail.protocols.endpoint import Endpoint
from webmail.protocols.errors import Unreachable

AddressGuard = Callable[[str, int], None]
"""Called with an IP address and a port before they are dialled; raises Unreachable(reason="not_allowed") to refuse
them."""

MAIL_PORTS = frozenset({25, 110, 143, 465, 587, 993, 995, 2525, 4190})
MAX_ADDRESSES = 6  # a name with hundreds of addresses must not keep a worker busy

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Special purposes (RFC 6890's registries) that Python's ipaddress counts as public: local NAT64, IPv4-compatible,
# segment routing (RFC 9602), documentation (RFC 9637); relays of 6to4 (RFC 7526).
_SPECIAL_IPV6 = [ipaddress.IPv6Network(net) for net in ("64:ff9b:1::/48", "::/96", "5f00::/16", "3fff::/20")]
# And protocol assignments (RFC 6890), where one cloud keeps its machines' secrets, as another does at a public address.
_SPECIAL_IPV4 = [ipaddress.IPv4Network(net) for net in ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `connect`: all of dialling, and the TLS handshake; `banner`: the greeting; `read`: silence within an
    answer; `answer`: one whole answer however slowly it drips; `final`: SMTP's answer to the final dot, where RFC 5321,
    4.5.3.2.6 asks for ten minutes; `whole`: a conversation from its connection on, where somebody waits for it."""

    connect: float = 10
    read: float = 30
    banner: float = 8
    answer: float = 60
    final: float = 600
    whole: float = math.inf


DEFAULT_TIMEOUTS = Timeouts()


def is_public(address: str) -> bool:
    """Whether an IP address, and any IPv4 address wrapped in it, belongs to the public internet."""
    return all(_is_global(form) for form in _forms(ipaddress.ip_address(address)))


def _forms(ip: _IPAddress) -> Iterator[_IPAddress]:
    """The address and what a gateway would turn it into: IPv4-mapped, 6to4 (RFC 3056), Teredo (RFC 4380), NAT64 (RFC
    6052)."""
    if isinstance(ip, ipaddress.IPv4Address):
        yield ip
        return
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
        return
    if ip in _NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return
    yield ip
    if ip.sixtofour:
        yield ip.sixtofour
    if ip.teredo:
        yield from ip.teredo


def _is_global(ip: _IPAddress) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        special = ip.is_site_local or any(ip in network for network in _SPECIAL_IPV6)
    else:
        special = any(ip in network for network in _SPECIAL_IPV4)
    return not special and ip.is_global and not ip.is_multicast and not ip.is_unspecified and not ip.is_reserved


def public_only(allowed: Collection[str] = (), ports: Collection[int] = MAIL_PORTS) -> AddressGuard:
    """A guard that lets through public addresses on `ports`, and what `allowed` names beyond these: "host:port",
    "address:port", "network/bits:port", each with "*" for any port; IPv6 may stand in brackets. ValueError for an entry
    that can't be read."""
    exceptions = [_Exception.parse(entry) for entry in allowed]

    def guard(address: str, port: int) -> None:
        if port in ports and is_public(address):
            return
        if not any(exception.covers(address, port) for exception in exceptions):
            raise Unreachable("This address or port may not be used.", reason="not_allowed")

    return guard


@dataclass(frozen=True, slots=True)
class _Exception:
    """One entry of the administrator's list. A host name is resolved when it is needed, as the administrator's own
    names are trusted."""

    host: str
    network: _IPNetwork | None
    port: int | None

    @classmethod
    def parse(cls, entry: str) -> "_Exception":
        host, colon, port = entry.strip().rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not host or not (port == "*" or port.isdecimal()):
            raise ValueError(f"{entry!r} is not host:port")
        return cls(host, _network(host), None if port == "*" else int(port))

    def covers(self, address: str, port: int) -> bool:
        if self.port is not None and self.port != port:
            return False
        ip = next(_forms(ipaddress.ip_address(address)))
        return ip in self.network if self.network else str(ip) in _addresses_of(self.host)


def _network(host: str) -> _IPNetwork | None:
    try:
        return ipaddress.ip_network(host, strict=False)
    except ValueError:
        if "/" in host:
            raise
        return None


def _addresses_of(host: str) -> set[str]:
    try:
        return {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return set()


def dial(endpoint: Endpoint, guard: AddressGuard, timeouts: Timeouts) -> socket.socket:
    """A connected TCP socket. Raises Unreachable: name, not_allowed, refused, timeout, network."""
    targets = _permitted(endpoint, guard)
    deadline = time.monotonic() + timeouts.connect
    failure: OSError | None = None
    for index, (family, address) in enumerate(targets):
        share = (deadline - time.monotonic()) / (len(targets) - index)
        try:
            return _connect(family, address, max(share, 0.05))
        except OSError as error:
            failure = error
    raise _unreachable(endpoint, failure)


def _permitted(endpoint: Endpoint, guard: AddressGuard) -> list[tuple[int, tuple]]:
    refusal: Unreachable | None = None
    permitted = []
    for family, address in _resolve(endpoint):
        try:
            guard(str(address[0]), endpoint.port)
        except Unreachable as error:
            refusal = error
        else:
            permitted.append((family, address))
    if not permitted and refusal:
        raise refusal
    return permitted


def _resolve(endpoint: Endpoint) -> Sequence[tuple[int, tuple]]:
    if not endpoint.host or re.search(r"[\x00-\x20\x7f]", endpoint.host) or not 0 < endpoint.port < 65536:
        raise Unreachable(f"{endpoint.host!r} is not a host name.", reason="name")
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        temporary = getattr(error, "errno", None) == socket.EAI_AGAIN
        raise Unreachable(f"No server is called {endpoint.host}.", reason="name", temporary=temporary) from error
    return list(dict.fromkeys((info[0], info[4]) for info in found))[:MAX_ADDRESSES]


def _connect(family: int, address: tuple, timeout: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # commands are small, and waited for
        _keep_alive(sock)
    except OSError:
        sock.close()
        raise
    return sock


def _keep_alive(sock: socket.socket) -> None:
    """Pooled sessions pass through NATs that forget: a sign of life every 30 seconds, and three without an answer end
    the line (tcp(7))."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


def limit_silence(sock: socket.socket, seconds: float | None) -> None:
    """How long what is sent may stay unacknowledged by the other side's system; None: as long as the system thinks
    (minutes). Not every system lets us choose (RFC 5482)."""
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int((seconds or 0) * 1000))


def _unreachable(endpoint: Endpoint, error: OSError | None) -> Unreachable:
    if isinstance(error, TimeoutError):
        return Unreachable(f"{endpoint} does not react.", reason="timeout")
    if isinstance(error, ConnectionRefusedError):
        return Unreachable(f"{endpoint.host} is there, but nothing answers on port {endpoint.port}.", reason="refused")
    return Unreachable(f"{endpoint} can't be reached: {error and error.strerror}.", reason="network")
