"""Mail for the bench: the same at every run, of the kinds people get."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from enum import Enum

WORDS = (
    "harbour",
    "invoice",
    "garden",
    "meeting",
    "window",
    "answer",
    "letter",
    "winter",
    "market",
    "copper",
    "travel",
)
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Kind(Enum):
    PLAIN = "plain"
    NEWSLETTER = "newsletter"
    ATTACHMENT = "attachment"


SHOWN = {Kind.PLAIN: "1", Kind.NEWSLETTER: "2", Kind.ATTACHMENT: "1"}  # the section a reader displays (RFC 9051, 6.4.5)


def kind_of(number: int) -> Kind:
    """Of ten: seven plain, two newsletters, one with an attachment."""
    return {5: Kind.NEWSLETTER, 8: Kind.NEWSLETTER, 9: Kind.ATTACHMENT}.get(number % 10, Kind.PLAIN)


def messages(amount: int) -> Iterator[tuple[bytes, datetime]]:
    """(raw, when it was received), oldest first."""
    for number in range(amount):
        yield message(number), START + timedelta(minutes=17 * number)


def message(number: int) -> bytes:
    dice = random.Random(number)
    mail = EmailMessage()
    mail["Message-ID"] = f"<{number}.bench@demo.test>"
    mail["Date"] = format_datetime(START + timedelta(minutes=17 * number))
    mail["From"] = f"{_words(dice, 2).title()} <{dice.choice(WORDS)}@demo.test>"
    mail["To"] = "Reader <reader@demo.test>"
    mail["Subject"] = _words(dice, dice.randint(2, 8)).capitalize() + (" é" if number % 7 == 0 else "")
    mail.set_content("\n".join(_words(dice, 12) for _ in range(dice.randint(3, 30))))
    if kind_of(number) is Kind.NEWSLETTER:
        mail.add_alternative(_newsletter(dice), subtype="html")
    elif kind_of(number) is Kind.ATTACHMENT:
        mail.add_attachment(dice.randbytes(60_000), maintype="application", subtype="pdf", filename="plan.pdf")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _newsletter(dice: random.Random) -> str:
    cell = '<td style="padding: 8px; color: #333"><a href="https://example.org/{}">{}</a><p>{}</p></td>'
    rows = (f"<tr>{cell * 2}</tr>".format(*[_words(dice, 3) for _ in range(6)]) for _ in range(60))
    return f"<html><body><table>{''.join(rows)}</table></body></html>"


def _words(dice: random.Random, amount: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(amount))
