"""How a mail begins: empty, from a mailto: link, as an answer, as a forwarded mail, or as a draft that another program
left.

Each gives a Beginning, the values a compose page starts with. Nothing is stored: a page that is closed leaves no
trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account, User
from webmail.compose import carrying, formatting
from webmail.compose.carrying import CarriedFile
from webmail.compose.letters import CONTROL, sender_of
from webmail.compose.models import Mode
from webmail.mailbox.base import Mailbox, Message, MessageRef
from webmail.mailbox.opening import open_mailbox
from webmail.mime import reply
from webmail.mime.headers import format_address
from webmail.mime.text import decode_text, decode_transfer, html_to_text
from webmail.mime.types import Address, Headers, Letter, Part

READ_LIMIT = 512 * 1024  # encoded octets of a text that is quoted
LONGEST_PARAMETER = 10_000
MAILTO_FIELDS = ("to", "cc", "subject", "body")  # never bcc or attach: a link must not send anything to anybody unseen


@dataclass(frozen=True, slots=True)
class Beginning:
    """`initial` are values of the form's fields, html among them where the mail begins formatted; `carried` the files
    that can come along."""

    draft_id: UUID
    title: str
    initial: dict[str, Any]
    carried: list[CarriedFile] = field(default_factory=list)
    to_list: str = ""  # the mailing list (RFC 2919) that an answer to all goes to


@dataclass(frozen=True, slots=True)
class Original:
    """What a message says: its plain text, "\\n" between the lines, and its clean HTML if it has any."""

    text: str
    html: str


def new(account: Account, parameters: Mapping[str, str]) -> Beginning:
    """An empty mail, or what a link asks for (RFC 6068): to, cc, subject and body are taken from it, nothing else."""
    asked = {name: parameters.get(name, "") for name in MAILTO_FIELDS}
    if link := parameters.get("mailto"):
        asked = _mailto(link)
    cleaned = {name: CONTROL.sub(" ", asked[name])[:LONGEST_PARAMETER] for name in ("to", "cc", "subject")}
    text = _with_signature(account, asked["body"][:LONGEST_PARAMETER].replace("\0", ""))
    texts = {"text": text, "html": formatting.begun(text)}
    return Beginning(uuid4(), _("New mail"), {"account": account.pk, **texts, **cleaned})


def _mailto(link: str) -> dict[str, str]:
    parts = urlsplit(link)
    fields = dict.fromkeys(MAILTO_FIELDS, "")
    if parts.scheme.lower() != "mailto":
        return fields
    # A "+" is a plus sign here, no space (RFC 6068, 5).
    query = parse_qs(parts.query.replace("+", "%2B"), max_num_fields=100)
    asked = {name.lower(): values for name, values in query.items()}
    fields |= {name: ", ".join(asked.get(name, [])) for name in MAILTO_FIELDS}
    fields["to"] = ", ".join(filter(None, [unquote(parts.path), fields["to"]]))
    return fields


def from_message(account: Account, ref: MessageRef, mode: Mode) -> Beginning:
    """An answer, a forwarded mail, or a draft to go on with. Raises what a Mailbox raises."""
    with open_mailbox(account) as mailbox:
        message = mailbox.get_message(ref)
        original = _original(mailbox, message, formatting.HTML_LIMIT if mode == Mode.EDIT else formatting.QUOTE_LIMIT)
    builders = {Mode.FORWARD: _forward, Mode.EDIT: _edit}
    beginning = builders.get(mode, _answer)(account, message, original, mode)
    initial = {**beginning.initial, **_source(account, ref, mode)}
    return replace(beginning, initial=initial, to_list=message.headers.list_id if mode == Mode.ALL else "")


def _answer(account: Account, message: Message, original: Original, mode: Mode) -> Beginning:
    intro = _introduction(message)
    letter = reply.reply(
        message.headers,
        text=original.text,
        own=_own_addresses(account.user),
        sender=sender_of(account),
        everyone=mode == Mode.ALL,
        intro=intro,
    )
    title = _("Reply to all") if mode == Mode.ALL else _("Reply")
    above = account.user.quote_place == User.QuotePlace.ABOVE
    begun = _begun_below if above and letter.text else _begun
    return Beginning(uuid4(), title, _initial(account, begun(account, letter, original, intro)))


def _forward(account: Account, message: Message, original: Original, mode: Mode) -> Beginning:
    intro = _forwarded(message.headers)
    letter = reply.forward(message.headers, text=original.text, sender=sender_of(account), intro=intro)
    initial = _initial(account, _begun(account, letter, original, intro))
    return Beginning(uuid4(), _("Forward"), initial, carrying.files_of(message))


def _begun(account: Account, letter: Letter, original: Original, intro: str) -> Letter:
    """With the signature; formatted if the original is."""
    html = formatting.begun(_with_signature(account, "")) + formatting.quoted(original.html, intro)
    text = _with_signature(account, "", letter.text)
    return replace(letter, text=text, html=html if original.html else "")


def _begun_below(account: Account, letter: Letter, original: Original, intro: str) -> Letter:
    """Likewise, for who writes below what is quoted."""
    own = _with_signature(account, "")
    quoted = formatting.quoted(original.html, intro).removeprefix(formatting.EMPTY_LINE)
    text = letter.text.lstrip("\n") + "\n\n" + own
    return replace(letter, text=text, html=quoted + formatting.begun("\n" + own) if original.html else "")


def _edit(account: Account, message: Message, original: Original, mode: Mode) -> Beginning:
    headers = message.headers
    letter = Letter(
        sender_of(account),
        to=headers.to,
        cc=headers.cc,
        bcc=headers.bcc,
        subject=headers.subject,
        text=original.text,
        html=original.html,
        in_reply_to=headers.in_reply_to,
        references=headers.references,
    )
    return Beginning(_id_of(account, message.ref), _("Draft"), _initial(account, letter), carrying.files_of(message))


def _id_of(account: Account, ref: MessageRef) -> UUID:
    """The same for the same message, so that two tabs edit one draft; not to be guessed by others."""
    place = f"{account.pk}\0{ref.folder}\0{ref.uidvalidity}\0{ref.uid}"
    return UUID(bytes=salted_hmac("compose.draft", place, algorithm="sha256").digest()[:16])


def _initial(account: Account, letter: Letter) -> dict[str, Any]:
    people = {name: _joined(getattr(letter, name)) for name in ("to", "cc", "bcc")}
    thread = {"in_reply_to": letter.in_reply_to, "references": " ".join(letter.references)}
    texts = {"subject": letter.subject, "text": letter.text, "html": letter.html}
    return {"account": account.pk, **texts, **people, **thread}


def _source(account: Account, ref: MessageRef, mode: Mode) -> dict[str, Any]:
    place = {"source_folder": ref.folder, "source_uidvalidity": ref.uidvalidity, "source_uid": ref.uid}
    return {"mode": mode, "source_account": account.pk, **place}


def _original(mailbox: Mailbox, message: Message, limit: int) -> Original:
    html = _read(mailbox, message, message.body.html)
    text = _read(mailbox, message, message.body.text) if message.body.text else html_to_text(html)
    return Original("\n".join(text.splitlines()), formatting.received(html, limit))


def _read(mailbox: Mailbox, message: Message, part: Part | None) -> str:
    if part is None:
        return ""
    octets = mailbox.read_part(message.ref, part, READ_LIMIT)
    return decode_text(decode_transfer(octets, part.encoding), part.charset).replace("\0", "")


def _with_signature(account: Account, text: str, below: str = "") -> str:
    """The signature stands above what is quoted: there the writer's own words end (RFC 3676, 4.3)."""
    signature = "\n".join(account.signature.strip("\r\n").splitlines())
    return text + (f"\n\n-- \n{signature}" if signature else "") + below


def _introduction(message: Message) -> str:
    sender = message.sender.label or _("somebody")
    if not message.headers.date:
        return _("%(name)s wrote:") % {"name": sender}
    return _("On %(date)s, %(name)s wrote:") % {"date": _when(message.headers), "name": sender}


def _forwarded(headers: Headers) -> str:
    lines = [
        _("---------- Forwarded mail ----------"),
        _("From: %(people)s") % {"people": _joined(headers.sender)},
        _("Date: %(date)s") % {"date": _when(headers)} if headers.date else "",
        _("Subject: %(subject)s") % {"subject": headers.subject},
        _("To: %(people)s") % {"people": _joined(headers.to)},
        _("Cc: %(people)s") % {"people": _joined(headers.cc)} if headers.cc else "",
    ]
    return "\n".join(filter(None, lines))


def _when(headers: Headers) -> str:
    assert headers.date  # noqa: S101 - the callers look
    return date_format(timezone.localtime(headers.date), "DATETIME_FORMAT")


def _joined(addresses: tuple[Address, ...]) -> str:
    return ", ".join(map(format_address, addresses))


def _own_addresses(user: User) -> set[str]:
    return {address.lower() for address in user.accounts.values_list("address", flat=True)}
