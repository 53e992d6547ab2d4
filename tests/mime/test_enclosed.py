"""Files within plain text: uuencode and yEnc."""

import base64
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.wrapping import uuencoded, yencoded
from webmail.mime.enclosed import FILES_LIMIT, Split, split_text
from webmail.mime.types import Attachment

CONTENT = random.Random(1).randbytes(1000)


def names_and_contents(split: Split) -> list[tuple[str, bytes]]:
    return [(file.filename, file.content) for file in split.files]


@pytest.mark.parametrize("wrap", [uuencoded, yencoded])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize("content", [CONTENT, b"", b"a", b"\0" * 200, bytes(range(256)), b"=" * 300])
def test_a_file_between_words(wrap, newline, content):
    split = split_text(b"Before" + newline + wrap("été.bin", content, newline) + b"After" + newline)
    assert split.text == b"Before" + newline + b"After" + newline
    assert names_and_contents(split) == [("été.bin", content)]
    assert not split.is_damaged


def test_several_files_of_both_kinds():
    split = split_text(uuencoded("a", b"one") + b"words\r\n" + yencoded("b", b"two") + uuencoded("c", b"three"))
    assert split.text == b"words\r\n"
    assert names_and_contents(split) == [("a", b"one"), ("b", b"two"), ("c", b"three")]


def test_base64_in_the_frame_of_uuencode():
    octets = b"begin-base64 644 a.txt\n" + base64.encodebytes(CONTENT) + b"====\nrest\n"
    split = split_text(octets)
    assert (split.text, names_and_contents(split)) == (b"rest\n", [("a.txt", CONTENT)])


def test_spaces_that_were_cut_at_the_end_of_a_line():
    octets = uuencoded("a", b"\0" * 90).replace(b"`", b" ")
    stripped = b"\r\n".join(line.rstrip() for line in octets.split(b"\r\n"))
    assert names_and_contents(split_text(stripped)) == [("a", b"\0" * 90)]


def test_a_file_that_is_cut_off_gives_what_is_there():
    octets = uuencoded("a", CONTENT)
    split = split_text(octets[: len(octets) // 2])
    assert split.is_damaged
    assert CONTENT.startswith(split.files[0].content[:400])
    octets = yencoded("a", CONTENT)
    split = split_text(octets[: len(octets) // 2])
    assert split.is_damaged
    assert CONTENT.startswith(split.files[0].content[:400])


def test_a_wrong_sum_is_damage():
    assert split_text(yencoded("a", CONTENT).replace(b"crc32=", b"crc32=1")).is_damaged


def test_a_part_of_a_file_is_named_by_its_number():
    octets = b"=ybegin part=2 line=128 size=4 name=a.bin\n=ypart begin=3 end=4\n\x8c\x8d\n=yend size=2 part=2\n"
    assert split_text(octets).files == (Attachment("a.bin.002", "application/octet-stream", b"bc"),)


@pytest.mark.parametrize(
    "text",
    [
        b"begin 2026 with a smile\n",
        b"We begin 644 times\n",
        b"begin 644 reading\nthe whole book\nend\n",
        b"begin 644 X\nA SHORT LINE\n",
        b"begin 644 \n",
        b"=ybegin\n",
        b"=ybegin line=128 size=x name=a\n",
        b"> begin 644 a\n> #86)C\n> `\n> end\n",
        b"",
    ],
)
def test_what_only_looks_like_a_file_stays_text(text):
    assert split_text(text) == Split(text)


def test_names_are_made_harmless():
    assert split_text(uuencoded("../../etc/passwd", b"x")).files[0].filename == "_.._etc_passwd"


@pytest.mark.parametrize(
    "octets",
    [
        b"begin 644 a\n" * 100_000,
        b"begin 644 a\nM\n" * 100_000,
        b"=ybegin size=1 name=a\n" * 100_000,
        b"=ybegin size=1 name=a\n=yend size=0\n" * 50_000,
        b"=ybegin size=1 name=" + b"x" * 1_000_000,
        b"=ybegin size=1 name=a\n" + b"=" * 2_000_000,
        uuencoded("a", b"x" * 2_000_000),
    ],
    ids=range(7),
)
def test_heavy_text_is_light_work(octets):
    started = time.process_time()
    assert len(split_text(octets).files) <= FILES_LIMIT
    assert time.process_time() - started < 2


PIECES = [
    b"begin 644 a",
    b"=ybegin line=1 size=1 name=b",
    b"=yend size=1",
    b"end",
    b"`",
    b"#86)C",
    b"\r\n",
    b"\n",
    b"=y",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8))).map(b"".join))
def test_no_octets_raise(octets):
    assert len(split_text(octets).text) <= len(octets)


@given(st.binary(max_size=400), st.sampled_from([uuencoded, yencoded]))
def test_any_content_comes_back(content, wrap):
    assert names_and_contents(split_text(wrap("a", content))) == [("a", content)]
