"""Mail that is odd without being bad: a delivery report, forwarded messages, no subject, and what broken programs send.

The broken ones are written as bytes, because no composer would let them through. Each has a way to be shown: its text is
there, only the wrapping is torn.
"""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from deploy.demo import wire
from deploy.demo.attachments import csv
from deploy.demo.letter import Letter, Placed, delivered, envelope, filed, flags, moment, written
from deploy.demo.people import ELODIE, GUENTER, MAYA, OWEN, PAPA, STUDIO, THEO, Correspondent, Person

DAEMON = Correspondent("Mail delivery, mail.demo.test", "MAILER-DAEMON@mail.demo.test")
SCANNER = Correspondent("", "scanner@atelier-lune.example")
LONG_SUBJECT = (
    "A subject line that set out to be short, met an old friend on the way, remembered something it had meant to say "
    "in spring, and has now arrived, slightly out of breath, at what it wanted to ask: lunch?"
)
GOOSE_DEBATE = (
    "I withdraw my objection to the goose.",
    "Objection noted. Whose turn is it to feed it?",
    "Mine, but I object.",
    "Point of order: is it a goose or a gander?",
    "Ask it.",
    "It declined to answer.",
)


def placed(person: Person, now: datetime) -> Iterator[Placed]:
    """The collection, for the three."""
    if person in STUDIO:
        yield _report(person, now)
        yield from _forwarded(person, now)
        yield from _unusual(person, now)
        yield from _broken(person, now)


def _report(person: Person, now: datetime) -> Placed:
    """A delivery status notification (RFC 3464) about a mail this person sent."""
    lina = Correspondent("Lina Brandt", "lina@kartenhaus.example")
    lost = Letter(
        person, (lina,), "Quote 2025-118", moment(now, "7d 17:04"), "Dear Lina,\n\nhere is the quote we spoke about.\n"
    )
    parts = [
        wire.text_part(
            "Your mail could not be delivered to one address.\n\n  lina@kartenhaus.example\n\n"
            "The server kartenhaus.example said: 550 5.1.1 no such person here\n"
        ),
        wire.header_block([("Content-Type", "message/delivery-status")]) + b"\r\n"
        b"Reporting-MTA: dns; mail.demo.test\r\n\r\nFinal-Recipient: rfc822; lina@kartenhaus.example\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\nRemote-MTA: dns; mx.kartenhaus.example\r\nDiagnostic-Code: smtp; 550 5.1.1 no such person here\r\n",
        wire.header_block([("Content-Type", "text/rfc822-headers")]) + b"\r\n" + wire.header_block(envelope(lost)),
    ]
    report = Letter(
        DAEMON,
        (person,),
        "Not delivered: Quote 2025-118",
        moment(now, "7d 17:05"),
        references=(lost.message_id,),
        headers=(("Auto-Submitted", "auto-replied"),),
    )
    raw = wire.message(envelope(report), wire.multipart("report", parts, "report-type=delivery-status; "))
    return delivered(raw, DAEMON, person, "INBOX", report.date, "seen")


def _forwarded(person: Person, now: datetime) -> Iterator[Placed]:
    """A message inside a message (RFC 2046 §5.2.1), and one that holds two."""
    first = Letter(
        GUENTER,
        (THEO,),
        "Schrank, Eiche, 72 Schubladen",
        moment(now, "14d 18:00"),
        "Lieber Théo,\n\neine klemmt. Die anderen auch, aber anders. Wer ihn holt, bekommt ihn.\n\nGünter\n",
    )
    second = Letter(
        THEO,
        (GUENTER,),
        "Re: Schrank, Eiche, 72 Schubladen",
        moment(now, "13d 09:00"),
        "Cher Günter,\n\nje sais qui le voudra.\n\nThéo\n",
        references=(first.message_id,),
    )
    parts = [wire.text_part("Les deux messages, comme demandé.\n\nThéo\n"), _message_part(first), _message_part(second)]
    both = Letter(THEO, (person,), "Fwd: l’armoire, toute l’histoire", moment(now, "11d 20:31"))
    yield delivered(
        wire.message(envelope(both), wire.multipart("mixed", parts)), THEO, person, "INBOX", both.date, "seen forwarded"
    )
    yield _bare_forward(person, first, now)


def _bare_forward(person: Person, inside: Letter, now: datetime) -> Placed:
    """A forward that has nothing of its own but the message."""
    head = Letter(GUENTER, (person,), "Wtr: Schrank", moment(now, "10d 07:12"))
    raw = wire.message(envelope(head), _message_part(inside))
    return delivered(raw, GUENTER, person, "Archive", head.date, "seen")


def _message_part(letter: Letter) -> bytes:
    return (
        wire.header_block([("Content-Type", "message/rfc822"), ("Content-Disposition", "attachment")])
        + b"\r\n"
        + written(letter)
    )


def _unusual(person: Person, now: datetime) -> Iterator[Placed]:
    """No subject, no text, a file and nothing else, a very long subject, many levels of quotation."""
    call = "Appelle-moi quand tu peux. Rien de grave, c’est le chat.\n"
    yield filed(Letter(PAPA, (person,), "", moment(now, "2d 13:33"), call), person, "INBOX", "")
    yield filed(Letter(THEO, (person,), "Je suis devant la porte", moment(now, "20d 08:00")), person, "Archive")
    scan = csv("scan-0014.csv", (("page", "dpi"), (1, 300), (2, 300)))
    yield filed(Letter(SCANNER, (person,), "Scan 0014", moment(now, "9d 16:00"), files=(scan,)), person, "Archive")
    yield filed(Letter(MAYA, (person,), LONG_SUBJECT, moment(now, "4d 12:10"), "(see above)\n"), person, "INBOX")
    debate = "\n".join(f"{'>' * depth} {line}" for depth, line in enumerate(GOOSE_DEBATE, 1))
    minutes = f"{debate}\n\nSo agreed, unanimously, with one hiss.\n"
    goose = Letter(OWEN, (person,), "Minutes of the goose committee", moment(now, "16d 17:17"), minutes)
    yield filed(goose, person, "Archive")


def _broken(person: Person, now: datetime) -> Iterator[Placed]:
    """What programs from another time, or in a hurry, hand over."""
    for when, words, sender, raw in (
        ("1d 23:10", "", ELODIE, _without_end(person, moment(now, "1d 23:10"))),
        ("8d 04:00", "seen", THEO, _bad_date(person)),
        ("9d 10:20", "seen", GUENTER, _raw_subject(person, moment(now, "9d 10:20"))),
        ("22d 05:05", "seen", OWEN, _unknown_charset(person, moment(now, "22d 05:05"))),
        ("25d 15:00", "seen", MAYA, _cut_base64(person, moment(now, "25d 15:00"))),
    ):
        yield delivered(raw, sender, person, "INBOX", moment(now, when), words, "none")
    headerless = (
        b"\r\nHello,\r\n\r\nthis mail was written by a machine that measures the damp in the drying room. It has never heard of headers.\r\n"
        b"\r\nHumidity 61 %, temperature 17 C, all is well.\r\n"
    )
    yield Placed("INBOX", headerless, flags("seen"), moment(now, "13d 03:00"))
    yield Placed("Archive", b"Subject: Only a subject\r\n\r\n", flags("seen"), moment(now, "45d 03:00"))


def _head(sender: Correspondent, person: Person, subject: bytes, date: str) -> bytes:
    return wire.header_block(
        [("From", wire.mailbox(sender.name, sender.address)), ("To", person.address), ("Date", date)]
    ) + (b"Subject: " + subject + b"\r\nMIME-Version: 1.0\r\n")


def _without_end(person: Person, date: datetime) -> bytes:
    """The line fell before the last boundary."""
    return _head(ELODIE, person, b"La moitie d'un message", format_datetime(date)) + (
        b'Content-Type: multipart/mixed; boundary="half"\r\n\r\n--half\r\nContent-Type: text/plain; charset=utf-8\r\n'
        b"Content-Transfer-Encoding: 8bit\r\n\r\n"
        + "J’étais dans le train, et dans le tunnel, et la phrase s’est".encode()
        + b"\r\n--half\r\nContent-Type: text/plain; name=suite.txt\r\nContent-Disposition: attachment; filename=suite.txt\r\n\r\narret"
    )


def _bad_date(person: Person) -> bytes:
    return _head(THEO, person, b"Un jour qui n'existe pas", "Thu, 32 Brumaire 0000 25:61:00 +9999") + (
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\nMon ordinateur pense que nous sommes le 32. Pas moi.\r\n\r\nTheo\r\n"
    )


def _raw_subject(person: Person, date: datetime) -> bytes:
    """Eight-bit letters in the subject, and no charset named anywhere."""
    return _head(
        GUENTER, person, "Grüße aus der Gießerei, früher ging das".encode("iso-8859-1"), format_datetime(date)
    ) + (
        b"\r\n"
        + "Mein altes Programm schickt die Umlaute, wie sie sind. Schön, oder?\r\n\r\nGünter\r\n".encode("iso-8859-1")
    )


def _unknown_charset(person: Person, date: datetime) -> bytes:
    return _head(OWEN, person, b"=?x-millwheel?B?VGhlIHdoZWVsIHR1cm5z?=", format_datetime(date)) + (
        b"Content-Type: text/plain; charset=x-millwheel\r\n\r\nThe wheel turns, the river is back, and my new program invents charsets.\r\n"
    )


def _cut_base64(person: Person, date: datetime) -> bytes:
    whole = wire.encoded_body(
        b"The posters are up, the glue is dry, and somebody has already drawn a moustache on the comma. I think it suits it.",
        "base64",
    )
    return _head(MAYA, person, b"Cut short", format_datetime(date)) + (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + whole[:-7]
    )
