"""Addresses of a message and of what belongs to it, all from three that are looked up once for each folder: Django's
reverse() of one costs as much as to write ten."""

from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse

from webmail.mailbox.base import MessageRef

FOLDERS = 256  # remembered


class Places(NamedTuple):
    """Of one message, with the slash at their end. What urls.py has below a message is `message` and a word; an answer
    to it is `answers` and the kind of answer. `act`: of its folder."""

    message: str
    answers: str
    act: str


def places_of(account_id: int, ref: MessageRef) -> Places:
    messages, answers, act = _places(account_id, ref.folder, ref.uidvalidity)
    return Places(f"{messages}{ref.uid}/", f"{answers}{ref.uid}/", act)


@lru_cache(maxsize=FOLDERS)
def _places(account_id: int, folder: str, uidvalidity: int) -> Places:
    """Of a folder: where the addresses of its messages begin."""
    place = [account_id, folder, uidvalidity]
    return Places(
        reverse("mailbox:message", args=[*place, 0]).removesuffix("0/"),
        reverse("compose:reply", args=[*place, 0, "reply"]).removesuffix("0/reply/"),
        reverse("mailbox:act", args=place),
    )
