"""Doubts about a mail (webmail/mime/trust.py) in words, for the list above its text."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Message
from webmail.mailbox.shown import Shown
from webmail.mime.trust import Doubt, Kind, doubts_of_headers, weighed

SHOWN_LIMIT = 6
REMARKS: frozenset[Kind] = frozenset({"link_counted"})  # worth knowing, and no reason to beware


def doubts_of(account: Account, message: Message, shown: Shown) -> tuple[Doubt, ...]:
    """All that is worth telling of an opened message: of its sender, and of the links in its text."""
    servers, own = settings.TRUSTED_AUTHENTICATION_SERVERS, account.address.rpartition("@")[2]
    found = [*doubts_of_headers(message.headers, servers, (own,)), *(Doubt(*doubt) for doubt in shown.doubts)]
    return weighed(found, message.headers, servers)


def warnings(doubts: Iterable[Doubt]) -> list[str]:
    """What to beware of, a sentence each, none twice."""
    return _sentences(doubt for doubt in doubts if doubt.kind not in REMARKS)


def remarks(doubts: Iterable[Doubt]) -> list[str]:
    """What else the reader may like to know of them."""
    return _sentences(doubt for doubt in doubts if doubt.kind in REMARKS)


def _sentences(doubts: Iterable[Doubt]) -> list[str]:
    return list(dict.fromkeys(map(_sentence, doubts)))[:SHOWN_LIMIT]


def _sentence(doubt: Doubt) -> str:
    sentences: dict[Kind, str] = {
        "reply_to": _("Your answer would go to %(true)s, not to the sender."),
        "name": _("The sender’s name says %(said)s, but the mail comes from %(true)s."),
        "link": _("A link that reads %(said)s leads to %(true)s."),
        "link_counted": _("Links that read %(said)s lead there by way of %(true)s, which can count who follows them."),
        "link_lookalike": _("A link leads to %(said)s (%(true)s), whose letters only look like those of another name."),
        "link_resembles": _("A link leads to %(true)s, which is not %(said)s and only looks like it."),
        "link_user": _("A link that seems to lead to %(said)s leads to %(true)s."),
        "link_number": _("A link leads to a bare number, %(true)s, instead of a name."),
        "sender_lookalike": _(
            "The sender writes from %(said)s (%(true)s), whose letters only look like those of another name."
        ),
        "sender_resembles": _("The sender writes from %(true)s, which is not your %(said)s and only looks like it."),
        "unconfirmed": _("The mail server %(true)s could not confirm that this mail comes from %(said)s."),
    }
    return sentences[doubt.kind] % {"said": doubt.said, "true": doubt.true}
