"""What a message offers to a reader who wants no more of its kind.

_above.html → way_out (templatetags) → offer_of(): the header's ways (mime/unsubscribe.py), the best of those that may
be used here → the button, with what a click will do and to whom. Nothing is asked or sent before that click.

Who is believed. Anybody can write these fields, and to unsubscribe from what one never subscribed to tells a spammer
that somebody reads. So nothing is offered in the spam folder, nor where a trusted server refuted the sender. RFC 8058,
4 lets a receiver ask by POST only if a valid DKIM signature covers the fields: where the installation names servers
whose results it believes, one of them must have said dkim=pass; else the web address is a link, and the mail remains.
That the signature covers these very fields is not looked at: the result does not say which one was valid, and all who
sign for such mail sign them. Without such servers nobody knows, and the click of a person who is told the host counts:
the request tells no more than a click on any link, and it is made under the address guard, without cookies.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from accounts.models import Account
from webmail.compose.letters import can_send
from webmail.mailbox.base import Folder, Message, Role
from webmail.mime.trust import is_refuted, is_signed
from webmail.mime.unsubscribe import UnsubscribeMail, WaysOut, host_of, ways_out
from webmail.unsubscribing.models import Way

NOT_OFFERED = {Role.JUNK, Role.SENT, Role.DRAFTS}


@dataclass(frozen=True, slots=True)
class Offer:
    """`whom`: the host or address that a click reaches; `address`: of the web, "" for a mail."""

    way: Way
    whom: str
    key: str
    address: str = ""
    mail: UnsubscribeMail | None = None


def offer_of(account: Account, message: Message, folder: Folder) -> Offer | None:
    """The best way out: a request, else a mail, else a page of the sender's; None where there is none to be trusted."""
    trusted = settings.TRUSTED_AUTHENTICATION_SERVERS
    if not message.headers.unsubscribe or folder.role in NOT_OFFERED or is_refuted(message.headers, trusted):
        return None
    ways = ways_out(message.headers)
    if ways.one_click and (not trusted or is_signed(message.headers, trusted)):
        return _offer(message, Way.ONE_CLICK, ways)
    if ways.mail and can_send(account):
        return _offer(message, Way.MAIL, ways)
    return _offer(message, Way.PAGE, ways) if ways.page else None


def _offer(message: Message, way: Way, ways: WaysOut) -> Offer:
    if way == Way.MAIL and ways.mail:
        mail = ways.mail
        return Offer(way, mail.to, _key(message, way, mail.to, mail.subject, mail.text), mail=mail)
    address = ways.one_click if way == Way.ONE_CLICK else ways.page
    return Offer(way, host_of(address), _key(message, way, address), address)


def _key(message: Message, *asked: str) -> str:
    """The same wherever the message is moved to, and for its copies; another one for what asks for something else."""
    ref = message.ref
    name = message.headers.message_id or f"{ref.folder}\0{ref.uidvalidity}\0{ref.uid}"
    return sha256("\0".join((name, *asked)).encode("utf-8", "replace")).hexdigest()
