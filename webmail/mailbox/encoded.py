"""Folders, list rows and messages as plain JSON values for the cache, and back.

What changes is left out: a row comes back without flags. FORMAT is part of every key under which these values are
kept, so that a release that writes them otherwise never reads old ones. What the cache holds may be anybody's: values
of another shape raise ValueError, and nothing here runs or trusts them further than text from a mail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from webmail.mailbox.base import Folder, Message, MessageRef, Role, Summary
from webmail.mime.structure import choose_body
from webmail.mime.types import Address, Headers, Part

FORMAT = 4  # grows with each change of a shape below, or of what mime/ reads out of the same octets

NO_FLAGS: frozenset[str] = frozenset()
DEEPEST = 250  # levels of a tree
# What a row holds at most: one person more than it names; characters.
PEOPLE, SUBJECT, NAME, ADDRESS = 6, 1000, 200, 320


def row_headers(headers: Headers) -> Headers:
    """What of a header a list row shows (mime.headers.parse_listed), and no more of it than a screen does: a mail with
    a megabyte of recipients costs no more than others."""
    return Headers(
        headers.subject[:SUBJECT],
        _few(headers.sender),
        (),
        _few(headers.to),
        _few(headers.cc),
        _few(headers.bcc),
        headers.date,
        list_id=headers.list_id,
    )


def _few(people: tuple[Address, ...]) -> tuple[Address, ...]:
    if len(people) <= PEOPLE:
        for one in people:
            if len(one.name) > NAME or len(one.address) > ADDRESS:
                break
        else:
            return people
    return tuple(Address(one.name[:NAME], one.address[:ADDRESS]) for one in people[:PEOPLE])


def row_values(summary: Summary) -> list[Any]:
    """What of a list row never changes."""
    headers = summary.headers
    return [
        headers.subject,
        _pairs(headers.sender),
        _pairs(headers.to),
        _pairs(headers.cc),
        _pairs(headers.bcc),
        headers.date.isoformat() if headers.date else None,
        headers.list_id,
        summary.received.isoformat(),
        summary.size,
        summary.has_attachments,
    ]


def row_from(ref: MessageRef, values: Any) -> Summary:
    """The row without its flags: Summary.with_flags gives it those."""
    match values:
        case [str(subject), sender, to, cc, bcc, date, str(list_id), str(received), int(size), bool(has_attachments)]:
            headers = Headers(
                subject,
                _people(sender),
                (),
                _people(to),
                _people(cc),
                _people(bcc),
                _moment(date) if date else None,
                list_id=list_id,
            )
            return Summary(ref, headers, NO_FLAGS, _moment(received), size, has_attachments)
    raise ValueError("not a row")


def message_values(message: Message) -> list[Any]:
    """What of an opened message never changes: all of its header that is read, and its structure."""
    headers = message.headers
    more: list[Any] = [_pairs(headers.reply_to), headers.message_id, headers.in_reply_to, list(headers.references)]
    more += [list(headers.authentication), list(headers.unsubscribe), headers.one_click]
    return [row_values(message.summary), more, _part_values(message.structure)]


def message_from(ref: MessageRef, values: Any) -> Message:
    """The message without its flags."""
    match values:
        case [
            row,
            [reply_to, str(message_id), str(in_reply_to), list(references), authentication, ways_out, bool(one_click)],
            part,
        ]:
            summary, structure = row_from(ref, row), _part_from(part, 0)
            seen = summary.headers
            headers = Headers(
                seen.subject,
                seen.sender,
                _people(reply_to),
                seen.to,
                seen.cc,
                seen.bcc,
                seen.date,
                message_id,
                in_reply_to,
                _texts(references),
                seen.list_id,
                _texts(authentication),
                _texts(ways_out),
                one_click,
            )
            whole = Summary(ref, headers, NO_FLAGS, summary.received, summary.size, summary.has_attachments)
            return Message(whole, structure, choose_body(structure))
    raise ValueError("not a message")


def folder_values(folder: Folder) -> list[Any]:
    place = folder.name, folder.label, folder.role.value, folder.delimiter, folder.depth
    return [*place, folder.selectable, folder.subscribed]


def folder_from(values: Any) -> Folder:
    match values:
        case [str(name), str(label), str(role), (str() | None) as delimiter, int(depth), bool(open), bool(subscribed)]:
            return Folder(name, label, Role(role), delimiter, depth, open, subscribed)
    raise ValueError("not a folder")


def _pairs(people: Sequence[Address]) -> list[list[str]]:
    return [[person.name, person.address] for person in people]


def _people(values: Any) -> tuple[Address, ...]:
    return tuple(_person(value) for value in _list(values))


def _person(value: Any) -> Address:
    match value:
        case [str(name), str(address)]:
            return Address(name, address)
    raise ValueError("not an address")


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _part_values(part: Part) -> list[Any]:
    return [
        part.section,
        part.content_type,
        part.charset,
        [list(param) for param in part.params],
        part.disposition,
        part.filename,
        part.content_id,
        part.encoding,
        part.size,
        [_part_values(child) for child in part.children],
    ]


def _part_from(values: Any, depth: int) -> Part:
    if depth > DEEPEST:
        raise ValueError("a tree too deep")
    match values:
        case [str(section), str(kind), charset, params, disposition, filename, content_id, encoding, int(size), parts]:
            return Part(
                section,
                kind,
                _text(charset),
                tuple((_text(name), _text(content)) for name, content in _list(params)),
                _text(disposition),
                _text(filename),
                _text(content_id),
                _text(encoding),
                size,
                tuple(_part_from(part, depth + 1) for part in _list(parts)),
            )
    raise ValueError("not a part")


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(_text(value) for value in _list(values))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value
