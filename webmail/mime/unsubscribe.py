"""How a list lets its readers go: List-Unsubscribe (RFC 2369, 3.2) and List-Unsubscribe-Post (RFC 8058).

parse_headers → Headers.unsubscribe and .one_click → ways_out(headers), for whoever offers a button. The sender chose
every octet of it: what is not plainly an address of the web or of mail is nobody's, and nothing is mended.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from webmail.mime.compose import wire_address
from webmail.mime.types import Headers

SUBJECT_LIMIT, TEXT_LIMIT = 500, 1_000  # characters; nothing is cut, for half a token unsubscribes nobody
USUAL_SUBJECT = "unsubscribe"  # where the address asks for none

_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")


@dataclass(frozen=True, slots=True)
class UnsubscribeMail:
    """The mail that a mailto: address asks for (RFC 6068)."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What a reader can be offered, "" and None where the sender did not. `one_click` and `page` are addresses of the
    web: the first takes a POST (https, RFC 8058), the second is for the reader's own browser."""

    one_click: str = ""
    mail: UnsubscribeMail | None = None
    page: str = ""


def ways_out(headers: Headers) -> WaysOut:
    """Of a message's header. Whether its sender may be believed is for the caller to judge."""
    web = [uri for uri in headers.unsubscribe if _is_web(uri)]
    one_click = next((uri for uri in web if uri[:8].lower() == "https://"), "") if headers.one_click else ""
    mails = (_mail(uri) for uri in headers.unsubscribe if uri[:7].lower() == "mailto:")
    return WaysOut(one_click, next(filter(None, mails), None), web[0] if web else "")


def host_of(uri: str) -> str:
    """For people: of an address that ways_out gave."""
    return urlsplit(uri).hostname or ""


def _is_web(uri: str) -> bool:
    if uri[:4].lower() != "http" or "\\" in uri:
        return False
    try:
        parts = urlsplit(uri)
        return bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False


def _mail(uri: str) -> UnsubscribeMail | None:
    """One recipient, a subject and a text: whatever else is asked for, nobody gets mail by a click here."""
    path, _, query = uri[7:].partition("?")
    # A "+" is a plus sign here, no space (RFC 6068, 5).
    fields = {name.lower(): value for name, value in parse_qsl(query.replace("+", "%2B"), max_num_fields=None)}
    subject, text = fields.get("subject") or USUAL_SUBJECT, fields.get("body", "").replace("\r\n", "\n")
    to = unquote(path)
    try:
        to = wire_address(to)
    except ValueError:
        return None
    if _CONTROL.search(to + subject + text.replace("\n", "")) or not fields.keys() <= {"subject", "body"}:
        return None
    fits = len(subject) <= SUBJECT_LIMIT and len(text) <= TEXT_LIMIT
    return UnsubscribeMail(to, subject, text) if fits else None
