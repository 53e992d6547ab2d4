"""Mail for the bench: the same at every run, of the kinds and sizes people get.

Written straight into octets from a few templates: a hundred thousand messages through `email` would take minutes.
"""

import base64
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from functools import cache

_VOCABULARY = (
    "answer april archive autumn balcony basket bridge budget button camera candle captain carpet cellar chapter "
    "cherry circle coffee compass concert copper cotton daughter dinner doctor dragon engine evening feather "
    "ferry finger forest garden guitar hammer harbour holiday invoice island jacket journey kettle ladder lantern "
    "lemon letter library market meadow meeting mirror morning mountain museum needle notebook orchard packet "
    "painter paper parcel pepper piano pillow planet pocket railway recipe ribbon river saddle school season "
    "silver station street summer sweater table theatre ticket timber tower travel tunnel valley village violin "
    "wallet weather window winter wooden yellow"
)
WORDS = _VOCABULARY.split()
NAMES = ("Ada Lindgren", "Bruno Keller", "Camille Roux", "Dora Szabó", "Emil Novak", "Fatou Diop", "Inès Moreau")
SEARCHED = WORDS[::3]  # each stands in about every twentieth subject
START = datetime(2025, 1, 5, 8, 0, tzinfo=UTC)
PAUSE = timedelta(minutes=7, seconds=11)
LARGE_AMONG = 1000  # the oldest: there are large newsletters, so that every mailbox has the same
CELLS = 90  # of a large newsletter: 100 KB
STYLES = 9  # distinct ones: newsletters repeat a few hundreds of times


class Kind(Enum):
    PLAIN = "plain"
    NEWSLETTER = "newsletter"
    LARGE = "large newsletter"
    ATTACHMENT = "attachment"


SHOWN = {Kind.PLAIN: "1", Kind.NEWSLETTER: "2", Kind.LARGE: "2", Kind.ATTACHMENT: "1"}  # the section a reader displays


def kind_of(number: int) -> Kind:
    """Of twenty: fifteen plain, three newsletters (one of them large among the oldest), two with a file."""
    place = number % 20
    if place == 7:
        return Kind.LARGE if number < LARGE_AMONG else Kind.NEWSLETTER
    return {2: Kind.NEWSLETTER, 13: Kind.NEWSLETTER, 4: Kind.ATTACHMENT, 16: Kind.ATTACHMENT}.get(place, Kind.PLAIN)


def messages(amount: int) -> Iterator[tuple[bytes, datetime]]:
    """(raw with LF, when it was received), oldest first."""
    for number in range(amount):
        yield message(number), received(number)


def received(number: int) -> datetime:
    return START + PAUSE * number


def message(number: int) -> bytes:
    dice = random.Random(number)
    kind = kind_of(number)
    subject = _words(dice, dice.randint(2, 8)).capitalize()
    if number % 11 == 0:
        subject = f"=?utf-8?b?{base64.b64encode(f'{subject} – été'.encode()).decode()}?="
    name = _encoded(dice.choice(NAMES))
    sender = f"{dice.choice(WORDS)}@{dice.choice(WORDS)}.example"
    host = f"mx.{dice.choice(WORDS)}.example ([192.0.2.{number % 250}])"
    moment = format_datetime(received(number))
    fields = [
        f"Return-Path: <{sender}>",
        f"Received: from {host} by mail.demo.test with ESMTPS id {number:012x};\n\t{moment}",
        f"Message-ID: <{number}.bench@demo.test>",
        f"Date: {format_datetime(received(number) - timedelta(seconds=9))}",
        f"From: {name} <{sender}>",
        "To: Reader <reader@demo.test>",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
    ]
    if number % 3 == 0 and number:
        fields += [f"In-Reply-To: <{number - 1}.bench@demo.test>", f"References: <{number - 1}.bench@demo.test>"]
    if kind in (Kind.NEWSLETTER, Kind.LARGE):
        fields += ["List-ID: <news.example>", "List-Unsubscribe: <https://news.example/off>"]
    return "\n".join([*fields, _body(kind, dice)]).encode()


def _body(kind: Kind, dice: random.Random) -> str:
    """From Content-Type on."""
    text = "\n".join(_words(dice, 11).capitalize() + "." for _ in range(dice.randint(3, 25))) + "\n"
    plain = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    if kind is Kind.PLAIN:
        return plain
    if kind is Kind.ATTACHMENT:
        head = 'Content-Type: application/pdf; name="plan.pdf"\nContent-Disposition: attachment; filename="plan.pdf"'
        return _multipart("mixed", plain, f"{head}\nContent-Transfer-Encoding: base64\n\n{_file()}\n")
    page = _newsletter(dice, CELLS if kind is Kind.LARGE else 6)
    return _multipart(
        "alternative", plain, f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{page}"
    )


def _multipart(subtype: str, *parts: str) -> str:
    inside = "".join(f"--=-edge\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{subtype}; boundary="=-edge"\n\n{inside}--=-edge--\n'


@cache
def _file() -> str:
    return base64.encodebytes(random.Random(0).randbytes(6000)).decode().strip()


def _newsletter(dice: random.Random, cells: int) -> str:
    """Tables within tables, a style on each element, links that count: as they are sent."""
    rows = "\n".join(_cell(dice, place) for place in range(cells))
    style = "body{margin:0} .wide{width:600px} a:hover{color:#225577} @media (max-width:600px){.wide{width:100%}}"
    head = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>News</title><style>{style}</style></head>'
    return (
        f'{head}<body bgcolor="#f4f4f4"><center><table class="wide" width="600">{rows}</table></center></body></html>\n'
    )


def _cell(dice: random.Random, place: int) -> str:
    shade = place % STYLES
    link = f"https://click.news.example/c/{dice.getrandbits(128):032x}?utm_source=letter&amp;utm_campaign={place}"
    anchor = f'<a href="{link}" style="color:#22557{shade};text-decoration:none">'
    picture = f"https://img.news.example/{place}.jpg"
    return (
        f'<tr><td align="left" style="padding:{shade + 8}px 24px;font-family:Helvetica,sans-serif;color:#3{shade}3333">'
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"><tr>'
        f'<td width="180" valign="top">{anchor}<img src="{picture}" width="160" height="120" alt="" '
        f'style="display:block;border:0;margin:{shade}px"></a></td>'
        f'<td valign="top" style="font-size:1{shade}px;line-height:2{shade}px"><h3 style="margin:0 0 {shade}px">'
        f'{_words(dice, 5)}</h3><p style="margin:0 0 1{shade}px">{_words(dice, 35)}</p>'
        f"{anchor}{_words(dice, 3)}</a></td></tr></table></td></tr>"
    )


def _words(dice: random.Random, amount: int) -> str:
    return " ".join(dice.choices(WORDS, k=amount))


def _encoded(name: str) -> str:
    return name if name.isascii() else f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?="
