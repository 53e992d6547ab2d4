"""Reports, invitations, messages within and protections: their words on the page of a message."""

from datetime import UTC, date, datetime, timedelta, timezone
from html import escape

import pytest
from django.utils.timezone import override

from tests.mailbox.test_messages import put, url
from tests.mime.corpus import mail
from tests.mime.specimens.structures import PLAIN, SMIME, nested
from tests.mime.specimens.writing import message, multipart, text
from webmail.mailbox import invitation_words, report_words
from webmail.mime.calendar import Frequency, Invitation, Method, Recurrence
from webmail.mime.protection import Kind, Protection, Standard
from webmail.mime.report import Delivery, Disposition, Outcome, Reason, Receipt


def page(client, account, ref) -> str:
    response = client.get(url(account, ref))
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_bounce_is_told_in_words(alice_client, account, box):
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        b"Final-Recipient: rfc822; bob@x.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 <b>no</b> such user\r\n"
    )
    shown = page(alice_client, account, put(box, message("Undelivered", multipart("report", PLAIN, status))))
    assert "The message did not reach bob@x.org. There is no such address." in shown
    assert "550 &lt;b&gt;no&lt;/b&gt; such user" in shown


def test_a_read_receipt(alice_client, account, box):
    receipt = b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; bob@x.org\r\n"
    receipt += b"Disposition: manual-action/MDN-sent-manually; displayed\r\n"
    shown = page(alice_client, account, put(box, message("Read", multipart("report", PLAIN, receipt))))
    assert "The mail program of bob@x.org says that your message was displayed." in shown


def test_an_invitation_is_a_card(alice_client, account, box):
    event = (
        "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        "SUMMARY:<i>Déjeuner</i>\r\nLOCATION:Café\r\nDTSTART:20261104T110000Z\r\nDTEND:20261104T120000Z\r\n"
        "RRULE:FREQ=WEEKLY;INTERVAL=2\r\nORGANIZER;CN=Ann:mailto:ann@example.org\r\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@x.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    shown = page(alice_client, account, put(box, message("Lunch", multipart("alternative", PLAIN, event.encode()))))
    for words in ("&lt;i&gt;Déjeuner&lt;/i&gt;", "Café", "ann@example.org", "bob@x.org", "will come", "every 2 weeks"):
        assert words in shown


@pytest.mark.parametrize(
    ("place", "is_link"),
    [
        ("https://call.example.org/room-1", True),
        ("https://call.example.org:8443/j/1?pwd=x#y", True),
        ("Café, https://call.example.org/", False),
        ("http://call.example.org/", False),
        ("https://bank.example@call.example.org/", False),
        ("https://b\N{CYRILLIC SMALL LETTER A}nk.example/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_the_place_of_a_call_is_a_link(alice_client, account, box, place, is_link):
    event = (
        f"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"
        f"BEGIN:VEVENT\r\nSUMMARY:Call\r\nLOCATION:{place}\r\nDTSTART:20261104T110000Z\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    shown = page(alice_client, account, put(box, message("Call", multipart("alternative", PLAIN, event.encode()))))
    assert escape(place) in shown
    assert (f'<a href="{escape(place)}" target="_blank" rel="noopener noreferrer">' in shown) is is_link


@pytest.mark.parametrize("name", ["valid/signed-pgp", "valid/encrypted-pgp", "made/signed with S/MIME"])
def test_protected_mail_is_named(alice_client, account, box, name):
    shown = page(alice_client, account, put(box, mail(name)))
    assert ("OpenPGP" if "pgp" in name else "S/MIME") in shown


def test_pgp_within_text_is_named(alice_client, account, box):
    armour = (
        "-----BEGIN PGP SIGNED MESSAGE-----\n\nwords\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----"
    )
    shown = page(alice_client, account, put(box, message("s", text(armour.replace("\n", "\r\n")))))
    assert "Signed with OpenPGP. The signature was not checked." in shown


def test_a_signed_part_beside_others(alice_client, account, box):
    signed = multipart("signed", PLAIN, SMIME, more='; protocol="application/pkcs7-signature"')
    shown = page(alice_client, account, put(box, message("s", multipart("mixed", signed, text("footer")))))
    assert "Only a part is signed with S/MIME" in shown


def test_layers_of_one_kind_are_one_line(alice_client, account, box):
    layers = PLAIN
    for _ in range(20):
        layers = multipart("signed", layers, SMIME, more='; protocol="application/pkcs7-signature"')
    shown = page(alice_client, account, put(box, message("s", layers)))
    assert shown.count("Signed with S/MIME. The signature was not checked.") == 1


def test_a_mail_of_too_many_levels_says_so(alice_client, account, box):
    shown = page(alice_client, account, put(box, message("s", nested(200))))
    assert "This message has more parts than are shown here." in shown


def test_most_mail_has_nothing_of_this(alice_client, account, box):
    shown = page(alice_client, account, put(box, message("s", text("words"))))
    assert "mail-card" not in shown
    assert "signed" not in shown


def test_every_outcome_and_reason_has_words():
    for outcome in Outcome:
        for reason in Reason:
            assert "b@x" in report_words.delivery_line(Delivery("b@x", outcome, "5.0.0", reason))
    for disposition in Disposition:
        assert "b@x" in report_words.receipt_line(Receipt("b@x", disposition))


def test_a_delay_says_until_when():
    until = datetime(2026, 11, 8, 9, 30, tzinfo=UTC)
    line = report_words.delivery_line(
        Delivery("b@x", Outcome.DELAYED, "4.4.1", Reason.NOT_REACHED, retried_until=until)
    )
    assert "gives up" in line
    assert "2026" in line


def test_every_protection_has_words_that_claim_nothing():
    for kind in Kind:
        for covers_all in (True, False):
            for is_readable in (True, False):
                line = report_words.protection_line(Protection(kind, Standard.PGP, covers_all, is_readable))
                assert line
                assert "valid" not in line


PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("start", "end", "zone", "words"),
    [
        (datetime(2026, 11, 4, 12, tzinfo=PARIS), None, "Europe/Paris", "Wednesday, 4 November 2026, 11:00"),
        (
            datetime(2026, 11, 4, 12, tzinfo=PARIS),
            datetime(2026, 11, 4, 13, 30, tzinfo=PARIS),
            "",
            "Wednesday, 4 November 2026, 11:00 – 12:30",
        ),
        (date(2026, 11, 4), date(2026, 11, 6), "", "Wednesday, 4 November 2026 – Friday, 6 November 2026"),
        (date(2026, 11, 4), date(2026, 11, 4), "", "Wednesday, 4 November 2026"),
        (datetime(2026, 11, 4, 12), None, "Mars", "Wednesday, 4 November 2026, 12:00 (Mars)"),  # noqa: DTZ001
        (datetime(9999, 12, 31, 23, tzinfo=UTC), None, "", "Friday, 31 December 9999, 23:00"),
        (None, None, "", ""),
    ],
)
def test_when(start, end, zone, words):
    with override(UTC):
        assert invitation_words.when(Invitation(start=start, end=end, zone=zone)) == words


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [
        (Recurrence(Frequency.DAILY), "every day"),
        (Recurrence(Frequency.WEEKLY, interval=2, weekdays=("MO", "FR")), "every 2 weeks on Monday, Friday"),
        (Recurrence(Frequency.MONTHLY, count=3), "every month, 3 times"),
        (Recurrence(Frequency.MONTHLY, weekdays=("2TU",)), "every month, by further rules"),
        (Recurrence(Frequency.YEARLY, is_partial=True), "every year, by further rules"),
        (Recurrence(Frequency.SECONDLY), "repeated"),
    ],
)
def test_how_often(recurrence, words):
    assert invitation_words.how_often(recurrence) == words


def test_titles():
    titles = {invitation_words.title(Invitation(method=method)) for method in Method}
    assert len(titles) > 5
    assert invitation_words.title(Invitation(is_cancelled=True)) == invitation_words.title(
        Invitation(method=Method.CANCEL)
    )
