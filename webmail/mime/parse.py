"""Where the parts of a raw message lie: one pass over its lines, in linear time, cutting where an IMAP server would
(Dovecot is the model).

    scan(raw) → Node tree of offsets → structure.from_bytes() makes Parts of it
                                     → part_place(raw, section) finds one body, part_bytes slices it

The stack of open multiparts is a list of boundaries, not recursion, and both its depth and the number of parts have a
limit: what lies beyond is the content of the part it stands in, which is then a file without a type, as for Dovecot.
The octets may lie in a file that is mapped: of them only headers and a few octets at a time are ever taken out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

from webmail.mime.headers import BLOCK_LIMIT, header_fields
from webmail.mime.parameters import content_type, parse_value

DEPTH_LIMIT = 100  # levels, the message itself being one
PARTS_LIMIT = 10_000
BOUNDARY_LIMIT = 200  # octets; RFC 2046 allows 70

Octets = bytes | mmap

_HEADER_STOP = re.compile(rb"\n(?:(\r?\n)|--)")


@dataclass(slots=True)
class Node:
    """A part of the message: its header is raw[start:body], its body raw[body:end]."""

    start: int
    body: int = 0
    end: int = 0
    depth: int = 0
    is_cut: bool = False  # by a boundary within its header
    content_type: str = "text/plain"
    params: tuple[tuple[str, str], ...] = ()
    fields: dict[str, list[bytes]] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def is_message(self) -> bool:
        return self.content_type == "message/rfc822"

    def first(self, name: str) -> bytes:
        values = self.fields.get(name)
        return values[0] if values else b""


@dataclass(slots=True)
class _Marker:
    """A boundary line: raw[start:end] with its line end, `before` where the line break before it begins."""

    level: int  # index in the stack of boundaries
    before: int
    start: int
    end: int
    closes: bool


class _Scanner:
    def __init__(self, raw: Octets):
        self.raw = raw
        self.parts = 0
        self.open: list[Node] = []  # from the root down to the part that is being read
        self.boundaries: list[tuple[bytes, Node]] = []

    def scan(self) -> Node:
        root = Node(0)
        position = self._enter(root)
        while marker := self._next_marker(position):
            position = self._act(marker)
        self._leave(0, len(self.raw), len(self.raw))
        return root

    def _act(self, marker: _Marker) -> int:
        """Ends what the boundary line ends and begins what it begins; answers where to read on."""
        _, owner = self.boundaries[marker.level]
        self._leave(self.open.index(owner) + 1, marker.before, marker.start)
        if marker.closes or self.parts >= PARTS_LIMIT:
            del self.boundaries[marker.level :]
            return marker.end
        del self.boundaries[marker.level + 1 :]
        child = Node(marker.end, depth=owner.depth + 1)
        owner.children.append(child)
        return self._enter(child, digest=owner.content_type == "multipart/digest")

    def _leave(self, keep: int, end: int, line: int) -> None:
        """Ends all open parts but the first `keep`. The line break before a boundary belongs to it, but where it also
        ends a header without an empty line, Dovecot counts it to the message around that header."""
        last = self.open[-1]
        for node in self.open[keep:]:
            node.end = max(node.body, line if last.is_cut and node is not last else end)
        del self.open[keep:]

    def _enter(self, node: Node, digest: bool = False) -> int:
        """Reads the header at node.start; goes on into a message within the message. Answers where its body begins."""
        while True:
            self.open.append(node)
            self.parts += 1
            self._read_header(node, "message/rfc822" if digest else "text/plain")
            boundary = dict(node.params).get("boundary")
            if node.is_multipart and boundary is not None:
                self.boundaries.append((boundary.encode("utf-8", "replace")[:BOUNDARY_LIMIT], node))
            if not node.is_message or self.parts >= PARTS_LIMIT:
                return node.body
            child = Node(node.body, depth=node.depth + 1)
            node.children.append(child)
            node, digest = child, False

    def _read_header(self, node: Node, default: str) -> None:
        node.body, node.is_cut = self._header_end(node.start)
        node.fields = header_fields(self.raw[node.start : min(node.body, node.start + BLOCK_LIMIT)])
        value, node.params = parse_value(node.first("content-type"))
        node.content_type = content_type(value, default)
        if (node.is_multipart or node.is_message) and node.depth >= DEPTH_LIMIT - 1:
            node.content_type = "application/octet-stream"

    def _header_end(self, start: int) -> tuple[int, bool]:
        """After the empty line; or at the boundary line that comes before it (then True), or at the end."""
        if start == 0 and self._begins((b"\n", b"\r\n"), 0):
            return self.raw.find(b"\n") + 1, False
        prefixes = self._prefixes()
        for stop in _HEADER_STOP.finditer(self.raw, max(start - 1, 0)):
            if stop[1]:
                return stop.end(), False
            if prefixes and self._begins(prefixes, stop.start() + 1):
                body = self._marker(stop.start() + 1, start).before
                return body, body > start
        return len(self.raw), False

    def _begins(self, prefixes: bytes | tuple[bytes, ...], position: int) -> bool:
        """Whether one of these, none longer than a boundary line's beginning, stands there."""
        return self.raw[position : position + 2 + BOUNDARY_LIMIT].startswith(prefixes)

    def _prefixes(self) -> tuple[bytes, ...]:
        return tuple(b"--" + boundary for boundary, _ in self.boundaries)

    def _next_marker(self, position: int) -> _Marker | None:
        """The first line from `position` (the start of a line) on that begins with an open boundary."""
        prefixes = self._prefixes()
        if not prefixes:
            return None
        found = position if self._begins(b"--", position) else self._dashes_after(position)
        while found > 0 and not self._begins(prefixes, found):
            found = self._dashes_after(found)
        return self._marker(found, position) if found > 0 else None

    def _dashes_after(self, position: int) -> int:
        return self.raw.find(b"\n--", position) + 1

    def _marker(self, start: int, position: int) -> _Marker:
        newline = self.raw.find(b"\n", start)
        end = len(self.raw) if newline < 0 else newline + 1
        line = self.raw[start + 2 : min(end, start + 4 + BOUNDARY_LIMIT)].rstrip(b"\r\n")
        # Only the beginning of the line has to match (RFC 2046, 5.1.1). The longest boundary wins, then the innermost.
        level = max(
            (level for level, (boundary, _) in enumerate(self.boundaries) if line.startswith(boundary)),
            key=lambda level: (len(self.boundaries[level][0]), level),
        )
        before = start
        if start > position:
            before -= 2 if self._begins(b"\r\n", start - 2) else 1
        closes = line.startswith(b"--", len(self.boundaries[level][0]))
        return _Marker(level, max(before, position), start, end, closes)


def scan(raw: Octets) -> Node:
    """The tree of `raw`, which may be anything."""
    return _Scanner(raw).scan()


def sections(root: Node) -> Iterator[tuple[str, Node]]:
    """Each node with its IMAP section (RFC 9051, 6.4.5.1), in the order of the message.

    A multipart that is all of a message has no number: it is "" at the top and "2.TEXT" within the message at "2".
    """
    stack = [(_message_section(root, ""), "", root)]
    while stack:
        section, prefix, node = stack.pop()
        yield section, node
        below = []
        for number, child in enumerate(node.children, 1):
            if node.is_message:
                below.append((_message_section(child, section + "."), section + ".", child))
            else:
                below.append((f"{prefix}{number}", f"{prefix}{number}.", child))
        stack.extend(reversed(below))


def _message_section(node: Node, prefix: str) -> str:
    if not node.is_multipart:
        return f"{prefix}1"
    return f"{prefix}TEXT" if prefix else ""


def part_bytes(raw: Octets, section: str, limit: int | None = None) -> bytes:
    """The body of one part as it stands, transfer encoding included: what IMAP's BODY[section] gives, or its first
    `limit` octets. KeyError if there is none.

    "" is the whole message, "TEXT" its body, "HEADER" its header, "2.HEADER" that of the message within at "2".
    """
    start, end = part_place(raw, section)
    return raw[start : end if limit is None else min(end, start + limit)]


def part_place(raw: Octets, section: str) -> tuple[int, int]:
    """From where to before where the body of this part goes; as part_bytes."""
    return places(raw)[section]


def places(raw: Octets) -> dict[str, tuple[int, int]]:
    """part_place() of every section there is, for whoever reads more than one."""
    root = scan(raw)
    found: dict[str, tuple[int, int]] = {}
    for section, node in sections(root):
        found[section] = node.body, node.end
        if node.is_message and node.children:
            found[f"{section}.HEADER"] = node.children[0].start, node.children[0].body
    return found | {"": (0, len(raw)), "HEADER": (0, root.body), "TEXT": (root.body, len(raw))}
