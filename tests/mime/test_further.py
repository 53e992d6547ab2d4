"""What is read of a message besides its first text, and what stays a file."""

import pytest

from tests.mime.specimens.structures import PDF, PLAIN
from tests.mime.specimens.writing import file, message, multipart, text
from webmail.mime.further import PICTURES_LIMIT, TEXT_OCTETS, TEXTS_LIMIT
from webmail.mime.structure import choose_body, from_bytes

INLINE = b"Content-Type: image/png; name=p.png\r\nContent-Disposition: inline; filename=p.png\r\n\r\nx"
PICTURE = b"Content-Type: image/png; name=p.png\r\nContent-Disposition: attachment\r\n\r\nx"
HTML = b"Content-Type: text/html\r\n\r\n<p>words"
PATCH = b"Content-Type: text/x-patch; name=a.patch\r\nContent-Disposition: inline; filename=a.patch\r\n\r\n+x"


def body(*parts: bytes):
    return choose_body(from_bytes(message("s", multipart("mixed", *parts))))


@pytest.mark.parametrize(
    ("parts", "more", "files"),
    [
        ((PLAIN, INLINE, text("b")), ["2", "3"], ["2"]),
        ((INLINE, PLAIN), ["1"], ["1"]),
        ((INLINE,), ["1"], ["1"]),
        ((PLAIN, PDF, HTML), ["3"], ["2", "3"]),  # of which only the words are shown
        ((HTML, text("footer")), ["2"], []),
        ((PLAIN, PATCH), ["2"], ["2"]),
        ((PLAIN, PICTURE), [], ["2"]),
        ((PLAIN, file("text/plain; name=n.txt", b"n")), [], ["2"]),
        ((PLAIN, b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nn"), [], ["2"]),
        ((PLAIN, multipart("alternative", text("b"), HTML, boundary="two")), ["2.1"], ["2.2"]),
        ((multipart("alternative", PLAIN, HTML, boundary="two"), text("b")), ["2"], []),
        ((PLAIN, multipart("related", HTML, INLINE, boundary="two")), ["2.1"], ["2.1", "2.2"]),
        ((multipart("signed", PLAIN, PDF, boundary="two"), text("b")), ["2"], ["1.2"]),
        ((PLAIN, multipart("encrypted", text("b"), PDF, boundary="two")), [], ["2.1", "2.2"]),
        ((PLAIN, b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nwords"), [], ["2"]),
        ((PLAIN, b"Content-Type: message/delivery-status\r\n\r\nx"), [], ["2"]),
        ((PLAIN, b"Content-Type: text/plain\r\n\r\n"), [], []),
    ],
)
def test_what_is_read_besides(parts, more, files):
    found = body(*parts)
    assert [part.section for part in found.more] == more
    assert [part.section for part in found.attachments] == files


def test_what_is_too_much_stays_a_file():
    found = body(PLAIN, *[text("b")] * (TEXTS_LIMIT + 2), *[INLINE] * (PICTURES_LIMIT + 2))
    assert len(found.more) == TEXTS_LIMIT + PICTURES_LIMIT
    assert len(found.attachments) == 2 + PICTURES_LIMIT + 2
    large = body(PLAIN, text("b" * (TEXT_OCTETS + 1)))
    assert (large.more, [part.section for part in large.attachments]) == ((), ["2"])
