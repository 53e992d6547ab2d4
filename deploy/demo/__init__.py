"""The demo's mail: what everybody sees at the first `make run`.

`letters(person, now)` gathers what the modules of content hold for a person: conversations among the people of the
demo (studio, long_thread) and with the world (lyon_mail, berlin_mail, tokyo_mail, stockholm_mail), newsletters,
notices, old charsets, invitations, signed mail, oddities, junk. `wire` writes the bytes, `letter` files them. Nothing
is stored: whoever calls puts the result on a server. For one `now` the result is always the same, and a mail between
two people has one Message-ID and one date in both boxes, so one `now` must serve for all boxes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import chain

from deploy.demo import (
    berlin_mail,
    charsets,
    invitations,
    junk,
    long_thread,
    lyon_mail,
    newsletters,
    notices,
    oddities,
    sealed,
    stockholm_mail,
    studio,
    tokyo_mail,
)
from deploy.demo.conversation import placed as conversation_placed
from deploy.demo.letter import Placed
from deploy.demo.people import PEOPLE, Person

__all__ = ["PEOPLE", "Person", "Placed", "letters"]

CONVERSATIONS = (
    *studio.CONVERSATIONS,
    long_thread.LONG_THREAD,
    *lyon_mail.CONVERSATIONS,
    *berlin_mail.CONVERSATIONS,
    *tokyo_mail.CONVERSATIONS,
    *stockholm_mail.CONVERSATIONS,
)
COLLECTIONS = (
    notices.placed,
    charsets.placed,
    invitations.placed,
    sealed.placed,
    oddities.placed,
    junk.placed,
)


def letters(person: Person, now: datetime | None = None, pictures: str = "") -> list[Placed]:
    """Everything in this person's mailbox, oldest first. A folder is named with "/" between levels.

    `now` is aware; without it, it is the moment of the first such call in this process, so that all boxes agree.
    `pictures`: the address of a server that has the newsletters' (deploy/demo_pictures.py); without one they lie at
    hosts that there are none of.
    """
    now = now or _first_asked()
    found: Iterator[Placed] = chain.from_iterable(conversation_placed(one, person, now) for one in CONVERSATIONS)
    collected = chain.from_iterable(collection(person, now) for collection in COLLECTIONS)
    mailings = newsletters.placed(person, now, pictures)
    return sorted(
        (one for one in chain(found, mailings, collected) if _is_kept(one, person)), key=lambda one: one.received
    )


@cache
def _first_asked() -> datetime:
    return datetime.now(UTC)


def _is_kept(one: Placed, person: Person) -> bool:
    """A POP3 server has only what came in and was never fetched."""
    return person.protocol == "imap" or one.folder == "INBOX"
