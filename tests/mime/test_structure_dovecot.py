"""Our cutting of messages against a real server's: the same tree, and the same octets in every section."""

from collections.abc import Iterator
from typing import Any

import imapclient
import pytest

from tests.mime.corpus import mail, names
from tests.servers.dovecot import DovecotForTests
from webmail.mime.parse import part_bytes
from webmail.mime.structure import from_bodystructure, from_bytes
from webmail.mime.types import Part


@pytest.fixture(scope="module")
def stored(dovecot: DovecotForTests) -> Iterator[tuple[imapclient.IMAPClient, dict[str, int]]]:
    """A session, and each mail's uid in its INBOX."""
    client = dovecot.imap(dovecot.new_user())
    client.select_folder("INBOX")
    for name in names():
        client.append("INBOX", mail(name))
    uids = client.search("ALL")
    yield client, dict(zip(names(), sorted(uids), strict=True))
    client.logout()


def fetch(stored: tuple[imapclient.IMAPClient, dict[str, int]], name: str, item: str) -> Any:
    client, uids = stored
    answer = client.fetch([uids[name]], [item])[uids[name]]
    return answer[item.replace(".PEEK", "").encode()]


def outline(part: Part) -> list[tuple[Any, ...]]:
    return [
        (p.section, p.content_type, p.charset, p.params, p.disposition, p.filename, p.content_id, p.encoding)
        for p in part.walk()
    ]


@pytest.mark.parametrize("name", names())
def test_same_tree(stored, name):
    raw = fetch(stored, name, "BODY.PEEK[]")
    structure = fetch(stored, name, "BODYSTRUCTURE")
    assert outline(from_bytes(raw)) == outline(from_bodystructure(structure)), structure


@pytest.mark.parametrize("name", names())
def test_same_octets(stored, name):
    raw = fetch(stored, name, "BODY.PEEK[]")
    for part in from_bytes(raw).walk():
        assert part_bytes(raw, part.section) == fetch(stored, name, f"BODY.PEEK[{part.section}]")
        if not part.is_multipart:
            assert part.size == len(part_bytes(raw, part.section))
