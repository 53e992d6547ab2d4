"""Free TCP ports on loopback, never given out twice on one machine at one time.

Candidates lie below the kernel's range for outgoing connections (32768 and up by default), so that a client's own port
can't take one between our choice and the server's bind. A claim is an abstract Unix socket (unix(7)): held as long as
this process lives, released by the kernel however it ends, so two test workers that start servers at the same moment
never pick the same port.
"""

import random
import socket

PASSING = range(20000, 32000)  # for as long as a process runs
LASTING = range(18000, 20000)  # kept over runs, so that no passing server sits there in between
_claims: list[socket.socket] = []


def free_ports(*names: str, within: range = PASSING) -> dict[str, int]:
    """A free port for each name."""
    return {name: free_port(within) for name in names}


def free_port(within: range = PASSING) -> int:
    """A port of 127.0.0.1 nobody listens on and no other process of ours claimed; raises OSError if there is none."""
    for port in random.sample(within, len(within)):
        if is_free("127.0.0.1", port) and _claim(port):
            return port
    raise OSError(f"no free TCP port from {within.start} to {within.stop - 1}")


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. An earlier run's connections in TIME_WAIT do not count."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _claim(port: int) -> bool:
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0webmail-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True
