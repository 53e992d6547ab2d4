"""winmail.dat: text and files, whatever the counts in it claim."""

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.wrapping import BINARY, LONG, OBJECT, STRING, UNICODE, attribute, properties, tnef, winmail
from webmail.mime.lzfu import RTF_LIMIT, decompress
from webmail.mime.tnef import DEPTH_LIMIT, FILES_LIMIT, is_tnef, read_tnef
from webmail.mime.types import Attachment

# The example of MS-OXRTFCP, 3.1.1.
COMPRESSED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def test_text_and_files():
    raw = winmail(subject="Plan für Mai", text="Grüße", files=[("Übersicht 2026.pdf", b"%PDF\0\0"), ("b.txt", b"b")])
    found = read_tnef(raw)
    assert found is not None
    assert (found.subject, found.text, found.html) == ("Plan für Mai", "Grüße", "")
    assert found.files == (
        Attachment("Übersicht 2026.pdf", "application/octet-stream", b"%PDF\0\0"),
        Attachment("b.txt", "application/octet-stream", b"b"),
    )


def test_html_in_its_code_page():
    found = read_tnef(winmail(html="<p>Привет</p>", codepage=1251))
    assert found is not None
    assert found.html == "<p>Привет</p>"


def test_a_message_within_gives_its_text_and_its_files():
    inner = winmail(subject="Inner", text="words", files=[("a.txt", b"a")])
    content = bytes.fromhex("0703020000000000c000000000000046") + inner
    data = (0x3701, OBJECT, content)
    found = read_tnef(tnef(attribute(0x9002, b"", 2), attribute(0x9005, properties(data), 2)))
    assert found is not None
    assert [(file.filename, file.content) for file in found.files] == [("Inner.txt", b"words"), ("a.txt", b"a")]


def test_a_body_that_is_rtf_alone_is_a_file():
    rtf = struct.pack("<II4sI", 0, 4, b"MELA", 0) + b"{\\rt}"
    found = read_tnef(tnef(attribute(0x9003, properties((0x1009, BINARY, rtf)))))
    assert found is not None
    assert found.files == (Attachment("message.rtf", "application/rtf", b"{\\rt"),)


def test_compressed_rtf():
    assert decompress(COMPRESSED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompress(b"") == decompress(b"x" * 40) == b""


def test_names_are_made_harmless():
    found = read_tnef(winmail(files=[("..\\..\\evil\0\n.exe", b"x")]))
    assert found is not None
    assert [file.filename for file in found.files] == ["_.._evil .exe"]


def test_what_is_tnef():
    assert is_tnef("application/ms-tnef", "")
    assert is_tnef("application/octet-stream", "WINMAIL.DAT")
    assert not is_tnef("application/octet-stream", "a.dat")
    assert read_tnef(b"no") is None
    assert read_tnef(tnef()) is not None


def test_claims_beyond_the_octets_cost_nothing():
    many = struct.pack("<I", 0xFFFFFFFF)
    claims = [
        tnef(attribute(0x9003, many + b"x" * 40)),
        tnef(attribute(0x9003, struct.pack("<IHHI", 1, 0x1003, 5, 0xFFFFFFFF))),
        tnef(attribute(0x9003, struct.pack("<IHHI", 1, 0x102, 5, 0xFFFFFFFF) + b"\0" * 40_000)),
        tnef(struct.pack("<BHHI", 1, 0x9003, 6, 0xFFFFFFFF)),
        tnef(*[attribute(0x9002, b"", 2)] * 100_000),
        tnef(*[attribute(0x8008, b"a")] * 100_000),
    ]
    started = time.process_time()
    for raw in claims:
        assert read_tnef(raw) is not None
    assert time.process_time() - started < 2


FOREIGN = b"\xff\xe9a\0"  # of no charset that is named: guessed at
FILE = attribute(0x9002, b"", 2)
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


@pytest.mark.parametrize(
    "raw",
    [
        tnef(*[FILE + attribute(0x8010, FOREIGN, 2)] * 40_000),
        tnef(FILE, *[attribute(0x8010, FOREIGN, 2)] * 90_000),
        tnef(FILE, attribute(0x9005, properties(*[(0x3707, STRING, FOREIGN)] * 90_000), 2)),
        tnef(*[attribute(0x8004, FOREIGN)] * 100_000),
        tnef(*[attribute(0x9003, properties((0x1000, STRING, FOREIGN)))] * 30_000),
        tnef(
            *[FILE + attribute(0x9005, properties((0x3701, OBJECT, MESSAGE + tnef(attribute(0x8004, FOREIGN)))))] * 400
        ),
        tnef(*[attribute(0x9003, properties((0x1009, BINARY, COMPRESSED)))] * 15_000),
    ],
    ids=["names", "titles", "long names", "subjects", "texts", "messages", "rich texts"],
)
def test_what_stands_there_often_is_read_once(raw):
    started = time.process_time()
    found = read_tnef(raw)
    assert found
    assert len(found.files) <= FILES_LIMIT
    assert time.process_time() - started < 2


def test_messages_in_messages():
    raw = winmail(subject="Deep", text="Below")
    for _ in range(DEPTH_LIMIT):
        raw = tnef(FILE, attribute(0x9005, properties((0x3701, OBJECT, MESSAGE + raw)), 2))
    found = read_tnef(raw)
    assert found
    assert [file.filename for file in found.files] == ["Deep.txt"]
    found = read_tnef(tnef(FILE, attribute(0x9005, properties((0x3701, OBJECT, MESSAGE + raw)), 2)))
    assert found
    assert [file.content[:4] for file in found.files] == [raw[:4]]  # too deep: the file as it is


def test_a_small_stream_does_not_become_a_large_one():
    rtf = struct.pack("<II4sI", 0, 0xFFFFFFFF, b"LZFu", 0) + b"\xff" + b"\x00\x0f" * 2_000_000
    assert len(decompress(rtf)) <= RTF_LIMIT


PIECES = [
    attribute(0x9002, b"", 2),
    attribute(0x8010, b"a.txt\0", 2),
    attribute(0x9005, properties((0x3707, UNICODE, b"a\0b"), (0x3701, OBJECT, b"x" * 20)), 2),
    attribute(0x9003, properties((0x3FDE, LONG, b"\xe9\xfd\0\0"), (0x1013, BINARY, b"<p>\xc3"))),
    attribute(0x9007, b"\xff\xff\xff\xff"),
    struct.pack("<BHHI", 1, 0x800C, 6, 40),
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=40))).map(lambda pieces: tnef(*pieces)))
def test_no_octets_raise(raw):
    found = read_tnef(raw)
    assert found is not None
    found.text.encode()
    found.html.encode()


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1))
def test_no_octets_make_decompress_raise(octets, size):
    assert len(decompress(struct.pack("<II4sI", 0, size, b"LZFu", 0) + octets)) <= size
