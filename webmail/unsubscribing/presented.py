"""A message's way out as its template writes it: what is offered, or how it stands with what was asked."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.compose import models as compose
from webmail.mailbox.base import Folder, Message
from webmail.unsubscribing.asking import is_settled
from webmail.unsubscribing.models import State, Unsubscription, Way
from webmail.unsubscribing.offers import Offer, offer_of


@dataclass(frozen=True, slots=True)
class WayOut:
    """`row` is None while nothing was asked. `trouble` says what went wrong; `outgoing` is the mail, where the outbox
    has it and has something to tell."""

    offer: Offer
    row: Unsubscription | None = None
    trouble: str = ""
    outgoing: compose.Outgoing | None = None

    @property
    def is_open(self) -> bool:
        return self.row is None

    @property
    def is_moving(self) -> bool:
        return self.row is not None and self.row.state in (State.WAITING, State.ASKING)

    @property
    def is_by_mail(self) -> bool:
        return self.offer.way == Way.MAIL

    @property
    def is_by_request(self) -> bool:
        return self.offer.way == Way.ONE_CLICK


def way_out_of(account: Account, message: Message, folder: Folder) -> WayOut | None:
    """One query for mail that offers something, none for all other."""
    offer = offer_of(account, message, folder)
    if offer is None:
        return None
    row = Unsubscription.objects.filter(account=account, key=offer.key).first() if offer.way != Way.PAGE else None
    if row is None:
        return WayOut(offer)
    if row.way == Way.MAIL:
        return _by_mail(offer, row)
    return WayOut(offer, row, _reason(row.last_error) if row.state == State.FAILED else "")


def _by_mail(offer: Offer, row: Unsubscription) -> WayOut:
    outgoing = compose.Outgoing.objects.filter(key=row.outgoing_key).first() if row.outgoing_key else None
    if outgoing is None and not is_settled(row):
        return WayOut(offer)  # taken back from the outbox
    failed = outgoing is not None and outgoing.state in (compose.State.FAILED, compose.State.UNKNOWN)
    return WayOut(offer, row, _("The mail could not be sent.") if failed else "", outgoing if failed else None)


def _reason(error: str) -> str:
    sentences = {
        "refused": _("It does not take such requests."),
        "busy": _("It was too busy each time."),
        "timeout": _("It did not answer in time."),
        "unreachable": _("It could not be reached."),
        "tls": _("It could not prove that it is the one."),
        "not_allowed": _("Its address may not be asked by this server."),
    }
    return sentences.get(error, _("It did not answer as it should."))
