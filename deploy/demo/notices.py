"""Mail from machines and desks: invoices, tickets, statements, reminders, commits. Plain or one simple HTML card."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape

from deploy.demo.attachments import csv, pdf, text
from deploy.demo.letter import Attachment, Letter, Placed, filed, moment
from deploy.demo.people import STUDIO, Correspondent, Person

BANK = Correspondent("Banque des Alpes", "ne-pas-repondre@banque-des-alpes.example", "fr")
RAIL = Correspondent("Rail & Lac", "no-reply@rail-et-lac.example")
HOSTING = Correspondent("Hosting, invoice desk", "invoices@nordlicht-hosting.example")
LIBRARY = Correspondent("City library", "no-reply@citylibrary.example")
FORGE = Correspondent("atelier/site", "notifications@forge.example")
PARCEL = Correspondent("Paket & Co", "sendung@paketundco.example", "de", "Europe/Berlin")
TAKKYU = Correspondent("つばめ宅配便", "no-reply@tsubame-takuhai.example", "ja", "Asia/Tokyo")
WATER = Correspondent("Régie des eaux", "contact@regie-des-eaux.example", "fr")


@dataclass(frozen=True, eq=False)
class Notice:
    """`lines` are pairs (what, value), set as a small table when there are any."""

    sender: Correspondent
    readers: tuple[str, ...]
    when: str
    subject: str
    text: str
    lines: tuple[tuple[str, str], ...] = ()
    colour: str = "#34495e"
    folder: str = "INBOX"
    words: str = "seen"
    files: tuple[Attachment, ...] = ()


ALL = tuple(person.login for person in STUDIO)

NOTICES: tuple[Notice, ...] = (
    Notice(
        BANK,
        ("camille",),
        "0d 00:05",
        "Votre relevé est disponible",
        "Votre relevé de compte est disponible dans votre espace. "
        "Nous n’envoyons jamais de lien pour s’y connecter : tapez vous-même l’adresse.",
        words="",
    ),
    Notice(
        BANK,
        ("camille",),
        "30d 08:05",
        "Votre relevé est disponible",
        "Votre relevé de compte est disponible dans votre espace.",
        folder="Archive",
    ),
    Notice(
        RAIL,
        ALL,
        "7d 12:30",
        "Your tickets: Lyon Part-Dieu to Basel SBB",
        "Coach 7, seats 41 and 42. Show this code on board. The view is better on the left.",
        (
            ("Train", "IR 2814"),
            ("Departure", "08:04, platform B"),
            ("Arrival", "12:19, platform 9"),
            ("Coach, seats", "7, 41 and 42"),
            ("Code", "KZ4 88P"),
            ("Paid", "118.00 EUR"),
        ),
        "#0b6e5f",
        "INBOX",
        "seen flagged",
        (
            pdf(
                "tickets.pdf",
                "Rail & Lac",
                "Lyon Part-Dieu 08:04\nBasel SBB 12:19\n\nCoach 7, seats 41 and 42.\nCode KZ4 88P",
            ),
        ),
    ),
    Notice(
        HOSTING,
        ("camille", "jonas"),
        "12d 04:00",
        "Invoice 10-4471, paid",
        "Thank you. 14.40 EUR were taken from your account.",
        (("Web space, one month", "9.60 EUR"), ("Two mailboxes", "4.80 EUR"), ("Total", "14.40 EUR")),
        "#3d3a8c",
        "Archive",
        files=(
            pdf(
                "invoice-10-4471.pdf",
                "Invoice 10-4471",
                "Web space, one month: 9.60 EUR\nTwo mailboxes: 4.80 EUR\nTotal: 14.40 EUR",
            ),
        ),
    ),
    Notice(
        LIBRARY,
        ALL,
        "3d 07:00",
        "Two books are due on Thursday",
        '"The Craft of Folding" and "Glue, a History". Renew them once online, '
        "for three more weeks. Nobody else is waiting for the glue.",
    ),
    Notice(
        FORGE,
        ("camille", "jonas"),
        "1d 14:20",
        "[atelier/site] Fix broken hyphenation in the French catalogue (#212)",
        'theo merged 3 commits into main.\n\n  4c1e9a0 Soft hyphens where a binder would put them\n  98b77d2 Do not break "reliure"\n'
        "  c03aa5e Test the catalogue at 320 px\n\nYou receive this because you asked for the review.",
        words="",
    ),
    Notice(
        FORGE,
        ("camille", "jonas"),
        "2d 18:01",
        "[atelier/site] Opening hours are wrong in August (#214)",
        "jonas opened an issue.\n\nThe site says we are closed in August. We are not closed, we are slow. Could it say that?",
    ),
    Notice(
        PARCEL,
        ("jonas",),
        "1d 07:15",
        "Ihre Sendung ist unterwegs",
        "Ein Paket von Leinenkontor kommt heute zwischen 11 und 13 Uhr. Unser Fahrer kennt Ihren Hinterhof.",
        (
            ("Sendung", "PC 4410 2207"),
            ("Absender", "Leinenkontor"),
            ("Gewicht", "6,2 kg"),
            ("Zustellung", "11 bis 13 Uhr"),
        ),
        "#b4530a",
        words="",
    ),
    Notice(
        PARCEL,
        ("jonas",),
        "19d 13:40",
        "Zugestellt: ein Paket, 31 kg",
        "Ihr Paket wurde zugestellt und liegt, wie besprochen, unter der Treppe.",
        folder="Archive",
    ),
    Notice(
        TAKKYU,
        ("yuki",),
        "1d 00:30",
        "お荷物お届けのお知らせ",
        "明日の午前中にお荷物をお届けします。重さがございますので、二人で伺います。",
        (("お問い合わせ番号", "4402-1187-2093"), ("品名", "楮 三十キロ"), ("お届け", "午前中")),
        "#1b4f9c",
        words="",
    ),
    Notice(
        TAKKYU,
        ("yuki",),
        "14d 02:00",
        "集荷完了のお知らせ",
        "海外便のお荷物をお預かりしました。リヨンまで五日ほどの旅です。",
        folder="和紙",
    ),
    Notice(
        WATER,
        ("camille",),
        "24d 09:00",
        "Coupure d’eau mardi matin",
        "L’eau sera coupée mardi de 8 h à 11 h. Pensez à remplir vos bacs la veille.",
        folder="Archive",
    ),
    Notice(
        HOSTING,
        ("yuki",),
        "12d 04:02",
        "Your domain was renewed",
        "sato-washi.example is yours for another two years.",
        (("Domain", "sato-washi.example"), ("Term", "2 years"), ("Paid", "31.00 EUR")),
        "#3d3a8c",
        "Archive",
    ),
    Notice(
        LIBRARY,
        ALL,
        "95d 07:00",
        "Your year in books",
        "You borrowed 41 books and returned 40. We know where the other one is, and we understand.",
        (("Borrowed", "41"), ("On time", "38"), ("Longest", '"Glue, a History"')),
        "#7a2e4f",
        "Archive",
        "seen",
        (
            csv("loans.csv", (("title", "days"), ("Glue, a History", 63), ("The Craft of Folding", 21))),
            text("thank-you.txt", "Keep reading.\n"),
        ),
    ),
)


def placed(person: Person, now: datetime) -> Iterator[Placed]:
    """The notices sent to this person."""
    for notice in NOTICES:
        if person.login in notice.readers:
            letter = Letter(
                notice.sender,
                (person,),
                notice.subject,
                min(moment(now, notice.when), moment(now, "5m")),
                _text(notice),
                _card(notice) if notice.lines else "",
                files=notice.files,
                headers=(("Auto-Submitted", "auto-generated"),),
            )
            yield filed(letter, person, notice.folder, notice.words)


def _text(notice: Notice) -> str:
    table = "".join(f"\n{what}: {value}" for what, value in notice.lines)
    return f"{notice.text}\n{table}\n\n{notice.sender.name}\n"


def _card(notice: Notice) -> str:
    cell = 'style="padding:9px 0;border-bottom:1px solid #e6e6e6'
    rows = "".join(
        f'<tr><td {cell};color:#6b6b6b">{escape(what)}</td><td align="right" {cell}"><b>{escape(value)}</b></td></tr>'
        for what, value in notice.lines
    )
    return (
        '<html><body style="margin:0;background-color:#f2f2f0"><table role="presentation" width="100%" cellpadding="0" cellspacing="0">'
        '<tr><td align="center" style="padding:28px 10px"><table role="presentation" width="480" cellpadding="0" cellspacing="0" '
        'style="width:100%;max-width:480px;background-color:#ffffff;border-radius:10px;font-family:Verdana,Arial,sans-serif;color:#222222">'
        f'<tr><td style="background-color:{notice.colour};border-radius:10px 10px 0 0;padding:18px 28px;color:#ffffff;font-size:14px">'
        f'{escape(notice.sender.name)}</td></tr><tr><td style="padding:26px 28px"><h1 style="margin:0 0 12px;font-size:20px;line-height:27px">'
        f'{escape(notice.subject)}</h1><p style="margin:0 0 16px;font-size:14px;line-height:22px">{escape(notice.text)}</p>'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="font-size:14px">{rows}</table></td></tr></table>'
        "</td></tr></table></body></html>"
    )
