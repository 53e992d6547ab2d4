"""Mail beyond every measure, on both roads: the same tree, in little time and memory, and never an exception."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mime.reading import read
from tests.mime.specimens.structures import PDF, PLAIN, nested, nested_messages
from tests.mime.specimens.writing import html, message, multipart, text
from tests.mime.wrapping import uuencoded
from tests.servers.dovecot import DovecotForTests
from webmail.mime.nested import messages_within
from webmail.mime.parse import DEPTH_LIMIT, PARTS_LIMIT, part_bytes
from webmail.mime.protection import protections
from webmail.mime.report import report_parts
from webmail.mime.structure import choose_body, from_bodystructure, from_bytes, is_cut
from webmail.mime.types import Part

MB = 2**20
SECONDS = 2
MEMORY = 200  # MB

HEAVY = {
    "text of 3 MB": message("s", text(b"words and more words\r\n" * (3 * MB // 22))),
    "text of one line": message("s", text(b"words " * (3 * MB // 6))),
    "page of 3 MB": message("s", html("<p>words <b>and more</b></p>" * (3 * MB // 28))),
    "text of a file": message("s", text(b"words\r\n" + uuencoded("a.bin", b"x" * MB))),
    "200 levels": message("s", nested(200)),
    "200 messages within": message("s", nested_messages(200)),
    "10000 headers": b"X-A: b\r\n" * 10_000 + message("s", PLAIN),
    "one header of 1 MB": b"X-A: " + b"b" * MB + b"\r\n" + message("s", PLAIN),
    "1000 parts": message("s", multipart("mixed", PLAIN, *[PDF] * 1000)),
    "20000 parts": message("s", multipart("mixed", PLAIN, *[b"\r\nx"] * 20_000)),
    "10000 recipients": b"To: " + b", ".join([b"Bob <bob@example.net>"] * 10_000) + b"\r\n" + message("s", PLAIN),
}
CUT = {"200 levels", "200 messages within", "20000 parts"}


def everything(root: Part, raw: bytes) -> None:
    """All that may be asked of an opened message."""
    read(root, lambda section: part_bytes(raw, section))
    for question in (messages_within, protections, report_parts):
        question(root)


@pytest.mark.parametrize("name", HEAVY)
def test_read_from_octets(name):
    started = time.process_time()
    everything(from_bytes(HEAVY[name]), HEAVY[name])
    assert time.process_time() - started < SECONDS


@pytest.fixture(scope="module")
def structures(dovecot: DovecotForTests) -> Iterator[dict[str, Any]]:
    client = dovecot.imap(dovecot.new_user())
    client.select_folder("INBOX")
    for raw in HEAVY.values():
        client.append("INBOX", raw)
    answers = client.fetch(client.search("ALL"), ["BODYSTRUCTURE"])
    yield {name: answers[uid][b"BODYSTRUCTURE"] for name, uid in zip(HEAVY, sorted(answers), strict=True)}
    client.logout()


@pytest.mark.parametrize("name", HEAVY)
def test_read_from_a_server(structures, name):
    started = time.process_time()
    root = from_bodystructure(structures[name])
    everything(root, HEAVY[name])
    assert time.process_time() - started < SECONDS
    assert [(part.section, part.content_type) for part in root.walk()] == [
        (part.section, part.content_type) for part in from_bytes(HEAVY[name]).walk()
    ]


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_cut_says_so(name):
    assert is_cut(from_bytes(HEAVY[name])) == (name in CUT)


def test_limits_hold():
    assert sum(1 for _ in from_bytes(HEAVY["20000 parts"]).walk()) <= PARTS_LIMIT
    for name in ("200 levels", "200 messages within"):
        *_, deepest = from_bytes(HEAVY[name]).walk()
        assert deepest.section.count(".") < DEPTH_LIMIT
        assert deepest.content_type == "application/octet-stream"


def test_what_lies_too_deep_is_a_file():
    root = from_bytes(HEAVY["200 levels"])
    (file,) = choose_body(root).attachments
    assert b"plain words" in part_bytes(HEAVY["200 levels"], file.section)


MEASURED = """
import resource
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from tests.mime.test_limits import HEAVY, everything, from_bytes
for raw in HEAVY.values():
    everything(from_bytes(raw), raw)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_stays_small():
    """All of them in one process, the code and the mails themselves included."""
    run = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True)
    assert int(run.stdout) < MEMORY
