"""Doubts about a mail (webmail/mime/trust.py) in words, for the list above its text."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from webmail.mime.trust import Doubt, Kind

SHOWN_LIMIT = 6


def warnings(doubts: Iterable[Doubt]) -> list[str]:
    """A sentence each, none twice."""
    return list(dict.fromkeys(map(_sentence, doubts)))[:SHOWN_LIMIT]


def _sentence(doubt: Doubt) -> str:
    sentences: dict[Kind, str] = {
        "reply_to": _("Your answer would go to %(true)s, not to the sender."),
        "name": _("The sender’s name says %(said)s, but the mail comes from %(true)s."),
        "link": _("A link that reads %(said)s leads to %(true)s."),
        "link_lookalike": _("A link leads to %(said)s (%(true)s), whose letters only look like those of another name."),
        "sender_lookalike": _(
            "The sender writes from %(said)s (%(true)s), whose letters only look like those of another name."
        ),
        "unconfirmed": _("The mail server %(true)s could not confirm that this mail comes from %(said)s."),
    }
    return sentences[doubt.kind] % {"said": doubt.said, "true": doubt.true}
