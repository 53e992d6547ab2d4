"""Messages within messages."""

import pytest

from tests.mime.corpus import mail, names
from webmail.mime.headers import parse_headers
from webmail.mime.nested import MESSAGES_LIMIT, messages_within
from webmail.mime.parse import part_bytes
from webmail.mime.structure import from_bytes


def test_a_forwarded_message():
    raw = mail("valid/forwarded-multipart")
    (nested,) = messages_within(from_bytes(raw))
    assert nested.part.section == "2"
    assert nested.header.section == "2.HEADER"
    assert parse_headers(part_bytes(raw, nested.header.section)).subject == "inner"
    assert nested.body.html is not None
    assert nested.body.html.section == "2.2"


def test_a_message_within_a_message_within():
    raw = mail("valid/forwarded-twice")
    (outer,) = messages_within(from_bytes(raw))
    first, second = messages_within(outer.content)
    subjects = [parse_headers(part_bytes(raw, nested.header.section)).subject for nested in (outer, first, second)]
    assert subjects == ["inner", "innermost", "plain innermost"]
    assert second.body.text is not None
    assert part_bytes(raw, second.body.text.section).strip() == b"small"


def test_a_digest():
    raw = mail("valid/digest")
    assert [nested.part.section for nested in messages_within(from_bytes(raw))] == ["1", "2"]


def test_the_text_of_a_message_within_may_have_a_name():
    raw = b"Content-Type: message/rfc822\r\n\r\nContent-Type: text/plain; name=a.txt\r\n\r\nwords"
    (nested,) = messages_within(from_bytes(raw))
    assert nested.body.text is not None


def test_mail_without_messages():
    assert messages_within(from_bytes(mail("valid/plain"))) == ()
    assert messages_within(from_bytes(mail("hostile/efail-sandwich"))) == ()


def test_no_more_than_a_person_reads():
    raw = (
        b"Content-Type: multipart/digest; boundary=b\r\n\r\n"
        + b"--b\r\n\r\nSubject: x\r\n\r\ny\r\n" * 300
        + b"--b--\r\n"
    )
    assert len(messages_within(from_bytes(raw))) == MESSAGES_LIMIT


@pytest.mark.parametrize("name", names())
def test_every_header_within_can_be_read(name):
    raw = mail(name)
    for nested in messages_within(from_bytes(raw)):
        parse_headers(part_bytes(raw, nested.header.section))


def test_only_messages_have_a_header_within():
    with pytest.raises(KeyError):
        part_bytes(mail("valid/alternative"), "1.HEADER")
    with pytest.raises(KeyError):
        part_bytes(mail("valid/alternative"), "9.HEADER")
