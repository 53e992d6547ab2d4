"""Our cutting of messages against a real server's: the same tree, and the same octets in every section."""

import random
from collections.abc import Iterable, Iterator
from typing import Any

import imapclient
import pytest

from tests.mime.corpus import mail, names
from tests.mime.reading import read
from tests.servers.dovecot import DovecotForTests
from webmail.mime.parse import part_bytes
from webmail.mime.structure import choose_body, from_bodystructure, from_bytes, has_attachments
from webmail.mime.types import Part

# A name with spaces and without quotes: the server tells its first word only, the octets tell all.
SAME = [name for name in names() if name != "made/name with spaces unquoted"]


class Stored:
    """All mails in one INBOX, with what the server says of each, asked once."""

    def __init__(self, client: imapclient.IMAPClient):
        self.client = client
        client.select_folder("INBOX")
        for name in names():
            client.append("INBOX", mail(name))
        answers = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "BODYSTRUCTURE"])
        self.uids = dict(zip(names(), sorted(answers), strict=True))
        self.raw = {name: answers[uid][b"BODY[]"] for name, uid in self.uids.items()}
        self.structure = {name: answers[uid][b"BODYSTRUCTURE"] for name, uid in self.uids.items()}

    def sections(self, name: str, wanted: Iterable[str]) -> dict[str, bytes]:
        items = {f"BODY[{section}]".encode(): section for section in wanted}
        answer = self.client.fetch([self.uids[name]], [f"BODY.PEEK[{section}]" for section in items.values()])
        return {section: answer[self.uids[name]][item] for item, section in items.items()}


@pytest.fixture(scope="module")
def stored(dovecot: DovecotForTests) -> Iterator[Stored]:
    client = dovecot.imap(dovecot.new_user())
    yield Stored(client)
    client.logout()


def outline(part: Part) -> list[tuple[Any, ...]]:
    return [
        (p.section, p.content_type, p.charset, p.params, p.disposition, p.filename, p.content_id, p.encoding)
        for p in part.walk()
    ]


@pytest.mark.parametrize("name", SAME)
def test_same_tree(stored, name):
    structure = stored.structure[name]
    root = from_bodystructure(structure)
    assert outline(from_bytes(stored.raw[name])) == outline(root), structure
    assert has_attachments(structure) == bool(choose_body(root).attachments)


@pytest.mark.parametrize("name", names())
def test_same_octets(stored, name):
    raw = stored.raw[name]
    parts = list(from_bytes(raw).walk())
    headers = [f"{part.section}.HEADER" for part in parts if part.content_type == "message/rfc822" and part.children]
    for section, octets in stored.sections(name, [*(part.section for part in parts), *headers]).items():
        assert part_bytes(raw, section) == octets
    for part in parts:
        if not part.is_multipart:
            assert part.size == len(part_bytes(raw, part.section))


@pytest.mark.parametrize("name", SAME)
def test_a_reader_sees_the_same(stored, name):
    root = from_bodystructure(stored.structure[name])
    octets = stored.sections(name, ["HEADER", *(part.section for part in root.walk() if part.section)])
    raw = stored.raw[name]
    assert read(root, octets.__getitem__) == read(from_bytes(raw), lambda section: part_bytes(raw, section))


def random_message(chance: random.Random, depth: int = 0) -> bytes:
    """A message of nested parts with all that a sender may leave out but what no reader could guess."""
    kind = chance.choice(
        ["plain", "html", "file", "bare", "multipart", "multipart", "message"] if depth < 5 else ["plain"]
    )
    text = chance.choice([b"", b"text", b"text\r\n", b"--\r\nAnn\r\n", b"\r\n\r\n"])
    if kind == "multipart":
        boundary = b"=_%d" % chance.randrange(10**6)
        subtype = chance.choice([b"mixed", b"alternative", b"related", b"digest", b"signed"])
        parts = [random_message(chance, depth + 1) for _ in range(chance.randrange(4))]
        body = chance.choice([b"", b"preamble\r\n"]) + b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
        end = chance.choice([b"--%b--\r\n" % boundary, b"--%b--\r\nepilogue\r\n" % boundary, b""])
        return b'Content-Type: multipart/%b;\r\n boundary="%b"\r\n\r\n' % (subtype, boundary) + body + end
    return {
        "bare": b"\r\n",
        "plain": b"Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n",
        "html": b"Content-Type: TEXT/HTML\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        "file": b"Content-Type: image/png; name=a.png\r\nContent-ID: <a@b>\r\nContent-Disposition: inline\r\n\r\n",
        "message": b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n",
    }[kind] + (random_message(chance, depth + 1) if kind == "message" else text)


def test_same_tree_and_octets_for_random_messages(dovecot):
    client = dovecot.imap(dovecot.new_user())
    client.select_folder("INBOX")
    for seed in range(120):
        client.append("INBOX", b"From: ann@example.org\r\n" + random_message(random.Random(seed)))
    for uid, answer in client.fetch(client.search("ALL"), ["BODY.PEEK[]", "BODYSTRUCTURE"]).items():
        raw = answer[b"BODY[]"]
        root = from_bytes(raw)
        assert outline(root) == outline(from_bodystructure(answer[b"BODYSTRUCTURE"])), raw
        items = [f"BODY.PEEK[{part.section}]" for part in root.walk()]
        octets = client.fetch([uid], items)[uid]
        for part in root.walk():
            assert octets[f"BODY[{part.section}]".encode()] == part_bytes(raw, part.section), raw
    client.logout()
