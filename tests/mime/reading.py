"""A mail read as the product reads it, from a tree and the octets of its sections: from a server's or from its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from webmail.mime.enclosed import split_text
from webmail.mime.headers import format_address, parse_headers
from webmail.mime.structure import choose_body
from webmail.mime.text import decode_text, decode_transfer, html_to_text, text_to_html
from webmail.mime.tnef import is_tnef, read_tnef
from webmail.mime.types import Body, Part

Fetch = Callable[[str], bytes]  # a section's octets


@dataclass(frozen=True)
class Reading:
    """`text` with its white space put together; `files` as in specimens.writing.Specimen."""

    subject: str
    sender: str
    text: str
    files: tuple[str, ...]


def read(root: Part, fetch: Fetch) -> Reading:
    headers, body = parse_headers(fetch("HEADER")), choose_body(root)
    return Reading(
        headers.subject,
        ", ".join(map(format_address, headers.sender)),
        " ".join(_text(body, fetch).split()),
        tuple(_files(body, fetch)),
    )


def content(part: Part, fetch: Fetch) -> bytes:
    return decode_transfer(fetch(part.section), part.encoding)


def _text(body: Body, fetch: Fetch) -> str:
    if body.html:
        return html_to_text(decode_text(content(body.html, fetch), body.html.charset))
    if not body.text:
        return ""
    text = decode_text(split_text(content(body.text, fetch)).text, body.text.charset)
    params = dict(body.text.params)
    return html_to_text(text_to_html(text, flowed=params.get("format") == "flowed", delsp=params.get("delsp") == "yes"))


def _files(body: Body, fetch: Fetch) -> Iterator[str]:
    if body.text and not body.html:
        yield from (file.filename for file in split_text(content(body.text, fetch)).files)
    for part in body.attachments:
        name = part.filename or part.content_type
        yield name
        opened = read_tnef(content(part, fetch)) if is_tnef(part.content_type, part.filename) else None
        yield from (f"{name}/{file.filename}" for file in (opened.files if opened else ()))
