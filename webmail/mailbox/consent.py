"""Whose pictures from elsewhere a reader lets load: of one message while signed in, of a sender, of a sender's domain.

POST of the banner → allow_pictures() → the session ("once") or a PictureConsent row → allows_pictures() at each view of
a message → shown_body(consents=…). Withdrawn in the settings, it holds from the next view on.

Anybody can write any sender into a mail: so what was allowed for a sender does not hold where the mail is spam, or
where a trusted server could not confirm its sender (is_credible). Without such a server it holds for forged mail too.
"""

from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest

from accounts.prepared import Prepared
from webmail.mailbox.base import Folder, Mailbox, Message, Role
from webmail.mailbox.models import PictureConsent
from webmail.mime.trust import doubts_of_headers

REMEMBERED_LIMIT = 200  # messages in a session
_IN_SESSION = "pictures"
_consents = Prepared(PictureConsent, "user", "sender")


class Scope(StrEnum):
    ONCE = "once"
    SENDER = "sender"
    DOMAIN = "domain"


def allows_pictures(request: HttpRequest, account_id: int, message: Message, mailbox: Mailbox) -> bool:
    """Plain text has none, which spares most mail the question."""
    if not message.body.html:
        return False
    if _name(account_id, message) in request.session.get(_IN_SESSION, ()):
        return True
    wanted = filter(None, (sender_of(message), domain_of(message)))
    person = request.user.pk
    if person is None or not any(_consents(person, sender) for sender in wanted):
        return False
    return is_credible(message, mailbox.folder(message.ref.folder))


def allow_pictures(request: HttpRequest, account_id: int, message: Message, scope: Scope) -> None:
    """Where the sender has no address, for this message alone."""
    sender = {Scope.SENDER: sender_of, Scope.DOMAIN: domain_of}.get(scope, lambda _: "")(message)
    if sender:
        request.user.picture_consents.get_or_create(sender=sender)  # type: ignore[union-attr]
        return
    kept = [name for name in request.session.get(_IN_SESSION, []) if name != _name(account_id, message)]
    request.session[_IN_SESSION] = [*kept, _name(account_id, message)][-REMEMBERED_LIMIT:]


def is_credible(message: Message, here: Folder) -> bool:
    """Whether nothing speaks against the sender that the mail names."""
    doubts = doubts_of_headers(message.headers, settings.TRUSTED_AUTHENTICATION_SERVERS)
    return here.role != Role.JUNK and all(doubt.kind != "unconfirmed" for doubt in doubts)


def sender_of(message: Message) -> str:
    """As PictureConsent has it, or "" where no consent can be given for the sender."""
    address = message.sender.address.lower()
    local, _, domain = address.rpartition("@")
    return address if local and domain and len(address) <= PictureConsent.SENDER_LENGTH else ""


def domain_of(message: Message) -> str:
    """Likewise, for all who write from there."""
    sender = sender_of(message)
    return f"@{sender.rpartition('@')[2]}" if sender else ""


def _name(account_id: int, message: Message) -> str:
    ref = message.ref
    return f"{account_id}/{ref.uidvalidity}/{ref.uid}/{ref.folder}"
