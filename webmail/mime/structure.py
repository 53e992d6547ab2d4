"""The MIME tree as Parts, from raw bytes or from a server's BODYSTRUCTURE (RFC 9051, 7.5.2): the same tree and sections
either way.

Then choose_body(): which part is shown, which are files, and which a cid: link in the shown HTML may name.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from webmail.mime.further import is_shown_whole, parts_beside
from webmail.mime.headers import decode_header
from webmail.mime.parameters import content_type, join_parameters, parse_value, safe_filename, without_comments
from webmail.mime.parse import DEPTH_LIMIT, PARTS_LIMIT, Node, Octets, scan, sections
from webmail.mime.types import Body, Part

Params = tuple[tuple[str, str], ...]
_US_ASCII: Params = (("charset", "us-ascii"),)


def from_bytes(raw: Octets) -> Part:
    """The tree of a raw message; never raises. Sizes of multiparts are 0, as in a BODYSTRUCTURE."""
    found = list(sections(scan(raw)))
    parts: dict[int, Part] = {}
    for section, node in reversed(found):  # children before their parent
        parts[id(node)] = _part_of_node(node, section, tuple(parts[id(child)] for child in node.children))
    return parts[id(found[0][1])]


def _part_of_node(node: Node, section: str, children: tuple[Part, ...]) -> Part:
    return _part(
        section,
        node.content_type,
        params=node.params,
        disposition=parse_value(node.first("content-disposition")),
        content_id=node.first("content-id"),
        encoding=node.first("content-transfer-encoding"),
        size=node.end - node.body,
        children=children,
    )


def _part(
    section: str,
    kind: str,
    *,
    params: Params = (),
    disposition: tuple[str, Params] = ("", ()),
    content_id: bytes = b"",
    encoding: bytes = b"",
    size: int = 0,
    children: tuple[Part, ...] = (),
) -> Part:
    if kind.startswith("multipart/"):
        if not _is_empty(children):
            return Part(section, kind, params=params, disposition=_disposition(disposition[0]), children=children)
        # Nothing of it should be lost: it is read as the text it looks like.
        return _part(section or "TEXT", "text/plain", encoding=b"8bit", size=size)
    if kind.startswith("text/") and "charset" not in dict(params):
        params = (*params, *_US_ASCII)  # RFC 2045, 5.2
    named = dict(params)
    return Part(
        section=section,
        content_type=kind,
        charset=named.get("charset", "").lower(),
        params=params,
        disposition=_disposition(disposition[0]),
        filename=safe_filename(dict(disposition[1]).get("filename") or named.get("name", "")),
        content_id=decode_header(content_id).strip("<> "),
        encoding=_token(encoding) or "7bit",
        size=size,
        children=children,
    )


def _is_empty(children: tuple[Part, ...]) -> bool:
    """No part at all, for which a server says: one empty text, because the grammar wants a part."""
    return not children or children == (Part(children[0].section, "text/plain", "us-ascii", _US_ASCII),)


def _disposition(value: str) -> str:
    """An unknown one counts as "attachment" (RFC 2183, 2.8)."""
    return value if value in ("", "inline", "attachment") else "attachment"


def _token(raw: bytes) -> str:
    token = without_comments(decode_header(raw)).lower().partition(";")[0].strip()
    return "" if " " in token else token[:60]


def from_bodystructure(value: Any) -> Part:
    """The tree of a BODYSTRUCTURE as imapclient parses it: nested tuples of bytes, int and None, a multipart's parts as
    a list or in line. What makes no sense becomes an application/octet-stream; never raises."""
    return _message(value, "", 0)


def _message(value: Any, prefix: str, depth: int) -> Part:
    """All of a message: its multipart has no number, anything else is its part 1."""
    if _is_multipart(value) and depth < DEPTH_LIMIT - 1:
        return _multipart(value, f"{prefix}TEXT" if prefix else "", prefix, depth)
    return _single(value, f"{prefix}1", depth)


def _is_multipart(value: Any) -> bool:
    return _is_list(value) and bool(value) and _is_list(value[0])


def _multipart(value: Sequence[Any], section: str, prefix: str, depth: int) -> Part:
    parts = value[0] if isinstance(value[0], list) else value[: _leading_lists(value)]
    subtype = 1 if isinstance(value[0], list) else len(parts)
    return _part(
        section,
        content_type(f"multipart/{_text(_item(value, subtype))}".lower(), "multipart/mixed"),
        params=_params(_item(value, subtype + 1)),
        disposition=_disposition_of(_item(value, subtype + 2)),
        children=tuple(_numbered(parts, prefix, depth + 1)),
    )


def _leading_lists(value: Sequence[Any]) -> int:
    return next((index for index, item in enumerate(value) if not _is_list(item)), len(value))


def _numbered(parts: Sequence[Any], prefix: str, depth: int) -> Iterator[Part]:
    for number, part in enumerate(parts, 1):
        section = f"{prefix}{number}"
        if _is_multipart(part) and depth < DEPTH_LIMIT - 1:
            yield _multipart(part, section, f"{section}.", depth)
        else:
            yield _single(part, section, depth)


def _single(value: Any, section: str, depth: int) -> Part:
    if not _is_list(value) or len(value) < 7 or _is_list(value[0]):
        return Part(section, "application/octet-stream")
    kind = content_type("/".join(filter(None, (_text(value[0]), _text(value[1])))).lower())
    if kind == "message/rfc822" and depth >= DEPTH_LIMIT - 1:
        kind = "application/octet-stream"
    is_message = kind == "message/rfc822" and _is_list(_item(value, 8))
    disposition_at = 11 if is_message else 9 if _text(value[0]).lower() == "text" else 8
    children = (_message(value[8], f"{section}.", depth + 1),) if is_message else ()
    return _part(
        section,
        kind,
        params=_params(value[2]),
        disposition=_disposition_of(_item(value, disposition_at)),
        content_id=_octets(value[3]),
        encoding=_octets(value[5]),
        size=value[6] if isinstance(value[6], int) else 0,
        children=children,
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple | list)


def _item(value: Sequence[Any], index: int) -> Any:
    return value[index] if index < len(value) else None


def _octets(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode("utf-8", "replace")


def _text(value: Any) -> str:
    return _octets(value).decode("utf-8", "surrogateescape")


def _params(value: Any) -> Params:
    if not _is_list(value):
        return ()
    pairs = zip(value[::2], value[1::2], strict=False)
    return join_parameters((_text(name), _text(content)) for name, content in pairs)


def _disposition_of(value: Any) -> tuple[str, Params]:
    if not _is_list(value) or not value:
        return "", ()
    return _text(value[0]).lower(), _params(_item(value, 1))


def is_cut(root: Part) -> bool:
    """Whether the message reached a limit of levels or parts, so that there may be more in it than the tree shows."""
    deepest = max(part.section.count(".") for part in root.walk()) + 1
    return deepest >= DEPTH_LIMIT - 1 or sum(1 for _ in root.walk()) >= PARTS_LIMIT


def choose_body(root: Part) -> Body:
    """What is shown: the richest text of the first part that has one, and what follows to be read (further.py).
    Everything else is a file, but for the pictures of that HTML.

    Parts within a message/rfc822 or a multipart/encrypted are never shown as this message's own text (EFAIL).
    """
    shown = _Shown()
    shown.visit(root)
    others = [part for part in _leaves(root) if part is not shown.html and part is not shown.text]
    inline = tuple(part for part in others if part.content_id)
    hidden = {part.section for part in inline if part.section in shown.related} if shown.html else set()
    more = parts_beside(root, [part for part in (shown.html, shown.text) if part], hidden)
    read = {part.section for part in more if is_shown_whole(part)} | hidden
    attachments = tuple(part for part in others if part.section not in read and not _is_decoration(part))
    return Body(shown.html, shown.text, attachments, inline, more)


def has_attachments(value: tuple[Any, ...]) -> bool:
    """What choose_body() tells of a BODYSTRUCTURE, in a tenth of the time for what most mails are: a lone text, a text
    beside its HTML, something with a file in it."""
    match value:
        case [list(), *_]:  # as imapclient has a multipart's parts
            pass
        case [bytes(kind), bytes(subtype), _, _, _, _, _, _, _, None, *_]:
            if kind.lower() == b"text" and subtype.lower() in _READABLE:
                return False
        case [[bytes(), *_] as text, [bytes(), *_] as page, bytes(subtype), *_] if subtype.lower() == b"alternative":
            if {_readable_kind(text), _readable_kind(page)} == _READABLE:
                return False
        case [tuple(), *_]:
            if any(_is_plain_file(part) for part in value[: _leading_lists(value)]):
                return True
    return bool(choose_body(from_bodystructure(value)).attachments)


_READABLE = {b"plain", b"html"}


def _readable_kind(value: Any) -> bytes:
    """The subtype of a text that is no file for certain: without disposition or name; else nothing."""
    match value:
        case [bytes(kind), bytes(subtype), None | [_, _] as params, _, _, _, _, _, _, None, *_]:
            if kind.lower() == b"text" and (params is None or params[0] in (b"charset", b"CHARSET")):
                return subtype.lower()
    return b""


def _is_plain_file(value: Any) -> bool:
    match value:
        case [bytes(kind), bytes(), _, _, _, _, int(size), _, [bytes(disposition), *_], *_]:
            return size > 0 and disposition.lower() == b"attachment" and kind.lower() in (b"application", b"image")
    return False


class _Shown:
    """Walks the tree in the order of the message and keeps the first text and the first HTML that are meant to be
    read."""

    def __init__(self) -> None:
        self.html: Part | None = None
        self.text: Part | None = None
        self.related: set[str] = set()  # sections of pictures that belong to a page

    def visit(self, part: Part) -> None:
        kind = part.content_type
        if kind == "multipart/related":
            self._visit_related(part)
        elif kind == "multipart/alternative":
            self._visit_alternative(part)
        elif kind == "multipart/signed":
            self.visit(part.children[0])
        elif part.is_multipart and kind != "multipart/encrypted":
            for child in part.children:
                self.visit(child)
        elif not self._is_settled and _is_readable(part):
            self._take(part)

    @property
    def _is_settled(self) -> bool:
        return bool(self.html or self.text)

    def _take(self, part: Part) -> None:
        if part.content_type == "text/html":
            self.html = self.html or part
        elif self.text is None:
            self.text = part

    def _visit_alternative(self, part: Part) -> None:
        """Each branch may add its kind; they say the same."""
        if self._is_settled:
            return
        html, text = None, None
        for child in part.children:
            branch = _Shown()
            branch.visit(child)
            html, text = html or branch.html, text or branch.text
            self.related |= branch.related
        self.html, self.text = html, text

    def _visit_related(self, part: Part) -> None:
        """The first part is the page (or the one that `start` names), the others are its pictures."""
        start = dict(part.params).get("start", "").strip("<> ")
        page = next((child for child in part.children if start and child.content_id == start), part.children[0])
        self.visit(page)
        self.related |= {child.section for child in part.children if child is not page and _is_picture(child)}


def _is_readable(part: Part) -> bool:
    """Text with a file name is a file, unless it is all there is of a message."""
    return (
        part.content_type in ("text/html", "text/plain", "text/enriched")
        and part.disposition != "attachment"
        and (not part.filename or part.section.rpartition(".")[2] == "1")
    )


def _is_picture(part: Part) -> bool:
    return part.content_type.startswith("image/") and part.disposition != "attachment" and bool(part.content_id)


def _is_decoration(part: Part) -> bool:
    """Empty text between files is no file that a person wants."""
    return part.size == 0 and part.content_type == "text/plain" and not part.filename


def _leaves(part: Part) -> Iterator[Part]:
    """What can be a file: parts without parts, and whole messages."""
    if not part.is_multipart:
        yield part
        return
    for child in part.children:
        yield from _leaves(child)
