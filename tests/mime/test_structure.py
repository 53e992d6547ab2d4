"""The tree of a message, and what of it is shown. test_structure_dovecot.py compares the trees with a real server's."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail, names
from tests.mime.hostile import HEAVY_MESSAGES, nested_multiparts
from webmail.mime.parse import DEPTH_LIMIT, part_bytes
from webmail.mime.structure import choose_body, from_bodystructure, from_bytes, has_attachments
from webmail.mime.types import Body, Part


def sections(name: str) -> list[str]:
    return [f"{part.section} {part.content_type}".strip() for part in from_bytes(mail(name)).walk()]


def shown(name: str) -> Body:
    return choose_body(from_bytes(mail(name)))


def test_a_message_of_one_part():
    assert sections("valid/plain") == ["1 text/plain"]
    assert part_bytes(mail("valid/plain"), "1") == b"Hello Bob,\r\n\r\nsee you tomorrow.\r\n-- \r\nAnn\r\n"


def test_sections_of_nested_multiparts():
    assert sections("valid/mixed-alternative-related") == [
        "multipart/mixed",
        "1 multipart/alternative",
        "1.1 text/plain",
        "1.2 multipart/related",
        "1.2.1 text/html",
        "1.2.2 image/png",
        "2 application/pdf",
    ]


def test_sections_of_messages_within_messages():
    assert sections("valid/forwarded-plain") == [
        "multipart/mixed",
        "1 text/plain",
        "2 message/rfc822",
        "2.1 text/plain",
    ]
    assert sections("valid/forwarded-twice") == [
        "1 message/rfc822",
        "1.TEXT multipart/mixed",
        "1.1 message/rfc822",
        "1.1.TEXT multipart/alternative",
        "1.1.1 text/plain",
        "1.1.2 text/html",
        "1.2 message/rfc822",
        "1.2.1 text/plain",
    ]


def test_parts_of_a_digest_are_messages():
    assert sections("valid/digest")[1:] == [
        "1 message/rfc822",
        "1.1 text/plain",
        "2 message/rfc822",
        "2.1 text/plain",
        "3 text/plain",
    ]


def test_whole_message_header_and_text():
    raw = mail("valid/alternative")
    assert part_bytes(raw, "") == raw
    assert part_bytes(raw, "HEADER") + part_bytes(raw, "TEXT") == raw
    with pytest.raises(KeyError):
        part_bytes(raw, "3")


@pytest.mark.parametrize(
    ("name", "html", "text", "attachments", "inline"),
    [
        ("valid/plain", None, "1", [], []),
        ("valid/html-only", "1", None, [], []),
        ("valid/alternative", "2", "1", [], []),
        ("valid/related", "1", None, [], ["2"]),
        ("valid/mixed-attachment", None, "1", ["2"], []),
        ("valid/mixed-alternative-related", "1.2.1", "1.1", ["2"], ["1.2.2"]),
        ("valid/apple-alternative-mixed", "2.1", "1", ["2.2", "2.3"], []),
        ("valid/forwarded-multipart", None, "1", ["2", "3"], []),
        ("valid/forwarded-twice", None, None, ["1"], []),
        ("valid/digest", None, "3", ["1", "2"], []),
        ("valid/signed-pgp", None, "1", ["2"], []),
        ("valid/encrypted-pgp", None, None, ["1", "2"], []),
        ("valid/bounce", None, "1", ["2", "3"], []),
        ("valid/invitation", "1.2", "1.1", ["1.3", "2"], []),
        ("valid/attachment-only", None, None, ["1"], []),
        ("valid/empty-body", None, "1", [], []),
        ("malformed/boundary-missing", None, "TEXT", [], []),
        ("malformed/boundary-never-used", None, "TEXT", [], []),
        ("malformed/nested-multipart-missing-parts", None, "1", [], []),
        ("malformed/never-closed", None, "1", ["2"], []),
        ("hostile/efail-sandwich", "1", None, ["2", "3"], []),
    ],
)
def test_what_is_shown(name, html, text, attachments, inline):
    body = shown(name)
    assert (body.html.section if body.html else None) == html
    assert (body.text.section if body.text else None) == text
    assert [part.section for part in body.attachments] == attachments
    assert [part.section for part in body.inline] == inline


def test_nothing_is_lost_where_the_boundary_is():
    raw = mail("malformed/boundary-never-used")
    assert b"there are words" in part_bytes(raw, "TEXT")


@pytest.mark.parametrize("name", names())
def test_every_part_is_shown_or_offered(name):
    root = from_bytes(mail(name))
    body = choose_body(root)
    offered = {part.section for part in (body.html, body.text, *body.attachments, *body.inline, *body.more) if part}
    for part in root.walk():
        inside = any(part.section.startswith(f"{section}.") for section in offered)
        assert part.is_multipart or inside or part.section in offered or part.size == 0


LEAF = st.tuples(
    st.sampled_from([b"text", b"TEXT", b"image", b"application", b"message", None, b""]),
    st.sampled_from([b"plain", b"html", b"png", b"rfc822", b"calendar", None, b"x y"]),
    st.sampled_from(
        [None, (), (b"charset", b"utf-8"), (b"name", b"a"), (b"odd",), (b"name*0*", b"utf-8''%C3", b"name*1*", b"%A9")]
    ),
    st.sampled_from([None, b"<id@x>"]),
    st.none(),
    st.sampled_from([b"7bit", b"BASE64", None, b""]),
    st.one_of(st.integers(), st.none()),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.integers(), st.binary(max_size=8), LEAF),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.tuples(st.lists(inner, max_size=3), st.sampled_from([b"mixed", b"alternative", b"related", None])),
        st.tuples(
            st.just(b"message"),
            st.just(b"rfc822"),
            st.none(),
            st.none(),
            st.none(),
            st.none(),
            st.integers(),
            st.none(),
            inner,
        ),
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_no_bodystructure_raises(value):
    root = from_bodystructure(value)
    assert isinstance(root, Part)
    body = choose_body(root)
    if isinstance(value, tuple):
        assert has_attachments(value) == bool(body.attachments)


USUAL = st.recursive(
    st.tuples(
        st.sampled_from([b"text", b"TEXT", b"text", b"image", b"application", b"message"]),
        st.sampled_from([b"plain", b"html", b"HTML", b"pdf", b"x y", b"rfc822"]),
        st.sampled_from([None, (b"charset", b"utf-8"), (b"name", b"a"), (b"CHARSET", b"x", b"name", b"a"), (1, 2)]),
        st.sampled_from([None, b"<id@x>"]),
        st.none(),
        st.just(b"7bit"),
        st.sampled_from([0, 1, 5, None]),
        st.sampled_from([1, None, (b"attachment", None)]),
        st.sampled_from([None, (b"attachment", (b"filename", b"a")), (b"Attachment", None), (b"inline", None), ()]),
        st.sampled_from([None, (b"attachment", None), (b"inline", (b"filename", b"a"))]),
        st.none(),
        st.none(),
    ),
    lambda inner: st.builds(
        lambda parts, subtype, rest: (*parts, subtype, *rest),
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from([b"mixed", b"alternative", b"ALTERNATIVE", b"related", b"signed", b"encrypted", b"x y", None]),
        st.sampled_from([(), (None, None, None, None), ((b"boundary", b"a"), (b"attachment", None), None, None)]),
    ),
    max_leaves=5,
)


@given(USUAL)
def test_whether_there_are_files_is_told_the_same_the_short_way(value):
    assert has_attachments(value) == bool(choose_body(from_bodystructure(value)).attachments)


def test_a_deep_bodystructure_ends():
    value: tuple[object, ...] = (b"text", b"plain", None, None, None, b"7bit", 1, 1)
    for _ in range(900):
        value = ([value], b"mixed")
    assert sum(1 for _ in from_bodystructure(value).walk()) <= DEPTH_LIMIT + 2


LINES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=a\r\n",
        b"Content-Type: multipart/digest; boundary=ab\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Disposition: attachment\r\n",
        *(b"--a\r\n", b"--ab\r\n", b"--a--\r\n", b"--ab--\r\n", b"text\r\n", b"\r\n", b"\n", b"--"),
    ]
)


@given(st.one_of(st.binary(max_size=300), st.lists(LINES, max_size=40).map(b"".join)))
def test_no_bytes_raise_and_every_section_has_octets(raw):
    root = from_bytes(raw)
    choose_body(root)
    found = [part.section for part in root.walk()]
    assert len(set(found)) == len(found)
    for part in root.walk():
        octets = part_bytes(raw, part.section)
        assert octets in raw
        assert part.is_multipart or part.size == len(octets)


@pytest.mark.parametrize("name", HEAVY_MESSAGES)
def test_heavy_messages_are_light_work(name):
    started = time.process_time()
    choose_body(from_bytes(HEAVY_MESSAGES[name]))
    part_bytes(HEAVY_MESSAGES[name], "TEXT")
    assert time.process_time() - started < 2


def test_what_lies_too_deep_is_content():
    *_, deepest = from_bytes(nested_multiparts(1_000)).walk()
    assert part_bytes(nested_multiparts(1_000), deepest.section).endswith(b"bottom")


def test_thousands_of_pictures_within_a_page():
    count = 9000
    picture = b"--b\r\nContent-Type: image/png\r\nContent-ID: <%d>\r\n\r\nx\r\n"
    raw = b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n"
    root = from_bytes(raw + b"".join(picture % number for number in range(count)) + b"--b--\r\n")
    started = time.monotonic()
    body = choose_body(root)
    assert (len(body.inline), body.attachments) == (count, ())
    assert time.monotonic() - started < 2
