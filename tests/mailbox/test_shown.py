"""What is shown of a message is kept for its own account alone, and takes no more memory than it may."""

import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from accounts.models import Account
from webmail.mailbox.base import Message, MessageRef, Summary
from webmail.mailbox.local_mailbox import LocalMailbox
from webmail.mailbox.shown import NEAR_OCTETS, process_shown, shown_body
from webmail.mime.structure import choose_body, from_bytes
from webmail.mime.types import Headers, Part

ROOT = from_bytes(b"Content-Type: text/plain\n\nx")
REF = MessageRef("INBOX", 1, 1)  # as in many a mailbox: not every server begins with a large UIDVALIDITY
MESSAGE = Message(Summary(REF, Headers("Tea"), frozenset(), datetime.now(UTC), 100, False), ROOT, choose_body(ROOT))


class Saying(LocalMailbox):
    """Its one message has this text."""

    def __init__(self, account: Account, text: bytes):
        super().__init__(account)
        self.text = text

    def read_part(self, ref: MessageRef, part: Part, limit: int | None = None) -> bytes:
        return self.text


def shown(account: Account, text: bytes) -> str:
    return shown_body(Saying(account, text), account, MESSAGE).html


@pytest.mark.parametrize(
    "other",
    [
        {"version": 2},
        {"incoming_username": "bob"},  # the same number, after a backup was put back or the database begun anew
        {"incoming_host": "elsewhere.example"},
    ],
)
def test_no_other_account_sees_it(alice_account: Account, other: dict[str, object]) -> None:
    assert "hers" in shown(alice_account, b"hers")
    assert "hers" in shown(alice_account, b"not fetched again")
    for name, value in other.items():
        setattr(alice_account, name, value)
    assert "his" in shown(alice_account, b"his")


@pytest.mark.parametrize("found", [None, [], {}, {"html": "old", "of": "another version"}, "x"])
def test_what_does_not_read_as_kept_counts_as_nothing(alice_account: Account, found: object) -> None:
    process_shown.clear()
    assert "first" in shown(alice_account, b"first")
    [key] = [str(key) for key in process_shown._values]
    cache.set(key, found)
    process_shown.clear()
    assert shown(alice_account, b"anew") == "anew"


def test_further_texts_count_as_memory(alice_account: Account) -> None:
    """Of mails that are nothing but further texts, no more is kept at hand than of others."""
    parts = b"".join(b"--b\n\nx\n" if part == 0 else b"--b\nContent-Disposition: inline\n\nx\n" for part in range(4))
    root = from_bytes(b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n")
    body = choose_body(root)
    assert body.more
    process_shown.clear()
    mailbox = Saying(alice_account, b"a" * 20_000)
    for uid in range(1, 101):
        summary = replace(MESSAGE.summary, ref=MessageRef("INBOX", 1, uid))
        shown_body(mailbox, alice_account, Message(summary, root, body))
    kept = [each for each, _octets in process_shown._values.values()]
    assert kept
    assert sum(sys.getsizeof(text) for each in kept for text in each.texts) <= NEAR_OCTETS
