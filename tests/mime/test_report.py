"""Delivery reports and read receipts."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail
from webmail.mime.parse import part_bytes
from webmail.mime.report import (
    Delivery,
    DeliveryReport,
    Disposition,
    Outcome,
    Reason,
    Receipt,
    read_delivery_report,
    read_receipt,
    report_parts,
)
from webmail.mime.structure import from_bytes

POSTFIX = b"""Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 4F3C2
Arrival-Date: Tue,  3 Nov 2026 09:30:00 +0100 (CET)

Final-Recipient: rfc822; bob@example.net
Original-Recipient: rfc822;Bob@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 <bob@example.net>: Recipient address rejected:
    User unknown in virtual mailbox table

Final-Recipient: rfc822; carol@example.com
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.example.com[192.0.2.1]:25: Connection timed out
Will-Retry-Until: Sun, 8 Nov 2026 09:30:00 +0000
"""


def test_a_report_of_postfix():
    assert read_delivery_report(POSTFIX) == DeliveryReport(
        (
            Delivery(
                "Bob@example.net",
                Outcome.FAILED,
                "5.1.1",
                Reason.NO_SUCH_ADDRESS,
                "mx.example.net",
                "550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown in virtual mailbox table",
            ),
            Delivery(
                "carol@example.com",
                Outcome.DELAYED,
                "4.4.1",
                Reason.NOT_REACHED,
                "",
                "connect to mx.example.com[192.0.2.1]:25: Connection timed out",
                datetime(2026, 11, 8, 9, 30, tzinfo=UTC),
            ),
        ),
        "mail.example.org",
        datetime(2026, 11, 3, 8, 30, tzinfo=UTC),
    )
    assert read_delivery_report(POSTFIX.replace(b"\n", b"\r\n")) == read_delivery_report(POSTFIX)


def delivery(*lines: str) -> Delivery:
    block = "\r\n".join(("Final-Recipient: rfc822; bob@example.net", *lines))
    return read_delivery_report(b"Reporting-MTA: dns; a\r\n\r\n" + block.encode()).deliveries[0]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("5.1.1", Reason.NO_SUCH_ADDRESS),
        ("5.1.10", Reason.NO_SUCH_DOMAIN),
        ("5.2.1", Reason.MAILBOX_DISABLED),
        ("4.2.2 (mailbox full)", Reason.MAILBOX_FULL),
        ("5.3.4", Reason.TOO_LARGE),
        ("5.4.6", Reason.LOOP),
        ("4.4.7", Reason.EXPIRED),
        ("5.6.9", Reason.CONTENT),
        ("5.7.1", Reason.REFUSED),
        ("5.7.509", Reason.REFUSED),
        ("5.7.26", Reason.SENDER_NOT_AUTHENTICATED),
        ("5.9.9", Reason.OTHER),
        ("five", Reason.OTHER),
    ],
)
def test_reasons(status, reason):
    assert delivery("Action: failed", f"Status: {status}").reason == reason


def test_what_the_server_said_is_more_than_an_undefined_status():
    found = delivery("Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 552 5.2.2 Over quota")
    assert (found.status, found.reason) == ("5.2.2", Reason.MAILBOX_FULL)
    found = delivery("Action: failed", "Diagnostic-Code: smtp; 550 192.168.5.1.1 says no")
    assert found.status == ""


@pytest.mark.parametrize("outcome", list(Outcome)[:-1])
def test_outcomes(outcome):
    assert delivery(f"Action: {outcome.value.title()} (as said)").outcome == outcome


def test_an_outcome_that_only_the_status_tells():
    assert delivery("Status: 5.1.1").outcome == Outcome.FAILED
    assert delivery("Status: 4.1.1").outcome == Outcome.DELAYED
    assert delivery("Action: exploded").outcome == Outcome.UNKNOWN


def test_a_report_without_its_parts():
    assert read_delivery_report(b"") == DeliveryReport(())
    assert read_delivery_report(b"Status: 5.1.1") == DeliveryReport(())
    alone = read_delivery_report(b"Final-Recipient: bob@example.net\nAction: failed\n")
    assert [one.recipient for one in alone.deliveries] == ["bob@example.net"]


def test_text_of_servers_is_one_clean_line():
    found = delivery("Diagnostic-Code: smtp; 550 a\x07\u202eb\r\n\tc =?utf-8?q?=0Ad?=")
    assert found.diagnostic == "550 ab c d"


def test_the_parts_of_a_report():
    parts = report_parts(from_bytes(mail("valid/bounce")))
    assert parts is not None
    assert parts.status is not None
    assert parts.returned is not None
    assert (parts.status.section, parts.receipt, parts.returned.section) == ("2", None, "3")
    octets = part_bytes(mail("valid/bounce"), parts.status.section)
    assert [one.reason for one in read_delivery_report(octets).deliveries] == [Reason.NO_SUCH_ADDRESS]


def test_a_forwarded_report_is_not_about_this_message():
    raw = b"Content-Type: message/rfc822\r\n\r\n" + mail("valid/bounce")
    assert report_parts(from_bytes(raw)) is None
    assert report_parts(from_bytes(mail("valid/plain"))) is None


RECEIPT = b"""Reporting-UA: pc.example.net; Mailer 1
Final-Recipient: rfc822;bob@example.net
Original-Message-ID: <1@example.org>
Disposition: manual-action/MDN-sent-automatically; displayed/warning
"""


def test_a_read_receipt():
    assert read_receipt(RECEIPT) == Receipt("bob@example.net", Disposition.DISPLAYED, False, "<1@example.org>")
    automatic = read_receipt(RECEIPT.replace(b"manual-action", b"automatic-action").replace(b"displayed", b"deleted"))
    assert automatic == Receipt("bob@example.net", Disposition.DELETED, True, "<1@example.org>")


def test_the_parts_of_a_read_receipt():
    raw = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nread\r\n--b\r\n"
    raw += b"Content-Type: message/disposition-notification\r\n\r\n" + RECEIPT.replace(b"\n", b"\r\n") + b"--b--\r\n"
    parts = report_parts(from_bytes(raw))
    assert parts is not None
    assert parts.receipt is not None
    assert read_receipt(part_bytes(raw, parts.receipt.section)) == read_receipt(RECEIPT)
    assert read_receipt(b"Disposition: x") is None


def test_heavy_reports_are_light_work():
    heavy = [
        b"Final-Recipient: a\n\n" * 50_000,
        b"\n" * 1_000_000,
        b"Final-Recipient: a\n" * 50_000,
        b"Final-Recipient: a\nDiagnostic-Code: x; " + b"5.1." * 200_000,
        b"\n \t" * 300_000,
        b"Final-Recipient: \xff\xe9\nDiagnostic-Code: \xff\xe9\nStatus: \xff\n\n" * 9_000,
    ]
    started = time.process_time()
    for octets in heavy:
        read_delivery_report(octets)
    assert time.process_time() - started < 2


NAMES = [
    "Final-Recipient",
    "Original-Recipient",
    "Action",
    "Status",
    "Diagnostic-Code",
    "Disposition",
    "Remote-MTA",
    "",
]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=20), st.sampled_from(["\n", "\r\n\r\n"]))).map(
            lambda lines: "".join(f"{name}: {value}{end}" for name, value, end in lines).encode()
        ),
    )
)
def test_no_octets_raise(octets):
    for one in read_delivery_report(octets).deliveries:
        assert "\n" not in one.recipient + one.diagnostic + one.server
    read_receipt(octets)
