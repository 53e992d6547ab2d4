"""Newsletters: who publishes them, how they look, and what stands in each issue. Every main person reads them all."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from deploy.demo import newsletter_designs as designs
from deploy.demo.attachments import pdf, text, xlsx
from deploy.demo.letter import Attachment, Letter, Placed, filed, moment
from deploy.demo.newsletter_designs import Issue, Item
from deploy.demo.people import Correspondent, Person

PAPER = Correspondent("Maison du Papier", "lettre@maisondupapier.example", "fr")
SETZEREI = Correspondent("Buchstabe & Bogen", "post@buchstabe-bogen.example", "de")
KAMI = Correspondent("紙だより", "tayori@kamidayori.example", "ja", "Asia/Tokyo")
RHONE = Correspondent("Le Fil de la Saône", "redaction@fil-saone.example", "fr")
SLOW = Correspondent("The Slow Press", "hello@slowpress.example", "en", "Europe/London")

PAPER_WORDS = {"host": "maisondupapier.example", "masthead": "Maison du Papier"}
SETZEREI_WORDS = {
    "host": "buchstabe-bogen.example",
    "masthead": "Buchstabe & Bogen, Brief für Setzerinnen und Setzer",
    "language": "de",
    "unsubscribe": "Abbestellen",
    "closing": "Sie lesen diesen Brief, weil Sie ihn in Leipzig am Stand bestellt haben.",
}
KAMI_WORDS = {
    "host": "kamidayori.example",
    "masthead": "紙だより",
    "language": "ja",
    "unsubscribe": "配信停止",
    "closing": "このお便りは、展示会でご登録いただいた皆さまにお送りしています。",
}
RHONE_WORDS = {
    "host": "fil-saone.example",
    "masthead": "Le Fil de la Saône",
    "language": "fr",
    "unsubscribe": "Se désabonner",
    "closing": "Vous recevez Le Fil parce que vous habitez au bord de l’eau, ou presque.",
}
SLOW_WORDS = {
    "host": "slowpress.example",
    "masthead": "The Slow Press, a letter for people who read to the end",
    "closing": "You asked for this, on paper, with a stamp. We kept the envelope.",
}


@dataclass(frozen=True, eq=False)
class Mailing:
    sender: Correspondent
    design: designs.Design
    when: str
    issue: Issue
    words: str = "seen"
    folder: str = "INBOX"
    files: tuple[Attachment, ...] = ()


MAILINGS: tuple[Mailing, ...] = (
    Mailing(
        PAPER,
        designs.paper_house,
        "62m",
        Issue(
            "Evening workshops: marbling, kozo and the long stitch",
            "Nine evenings, eight seats each. Booking opens today for readers of this letter, and tomorrow for everybody else.",
            (
                Item(
                    "Marbling on alum and oxgall",
                    "Two trays, twenty combs, and an apron that has seen everything.",
                    "Mondays, 19:00",
                ),
                Item(
                    "Kozo: from bark to sheet",
                    "Bring strong arms and a towel. You will leave with three sheets and an opinion.",
                    "Wednesdays, 18:30",
                ),
                Item(
                    "The long stitch",
                    "One needle, one thread, no glue at all. Suitable for impatient people.",
                    "Fridays, 19:00",
                ),
            ),
            "Choose an evening",
            "Sent to friends of the house.",
            **PAPER_WORDS,
        ),
        "",
        files=(
            pdf(
                "programme.pdf",
                "Evening workshops",
                "Mondays: marbling\nWednesdays: kozo\nFridays: the long stitch\n\nEight seats "
                "each. Tea is included, advice also.",
            ),
            text(
                "nine-evenings.ics",
                "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Maison du Papier//EN\nBEGIN:VEVENT\nUID:evening-1@maisondupapier.example\n"
                "DTSTAMP:20250101T090000Z\nDTSTART:20270201T180000Z\nDTEND:20270201T200000Z\nSUMMARY:Marbling\\, first evening\nEND:VEVENT\nEND:VCALENDAR\n",
                "text/calendar",
            ),
            xlsx("order-form.xlsx", (("Tool", "Price"), ("Bone folder", 9.5), ("Awl", 14), ("Linen thread", 6))),
        ),
    ),
    Mailing(
        PAPER,
        designs.paper_house,
        "33d 07:30",
        Issue(
            "Le grand rangement : chutes, fins de rames et trésors",
            "Une fois par an nous ouvrons tous les tiroirs. Ce que l’on y trouve se vend au poids, y compris la poussière.",
            (
                Item("Chutes de vélin", "Du timbre-poste à la nappe, en sachets surprise.", "6 € le kilo"),
                Item("Papiers dominotés", "Les fins de série, pliées une seule fois, promis.", "4 € la feuille"),
                Item(
                    "Presse à percussion", "Elle pèse 210 kilos et cherche une maison au rez-de-chaussée.", "à discuter"
                ),
            ),
            "Voir les tiroirs",
            "Envoyé aux amis de la maison.",
            language="fr",
            unsubscribe="Se désabonner",
            **PAPER_WORDS,
        ),
        "seen flagged",
    ),
    Mailing(
        SETZEREI,
        designs.swiss_sheet,
        "2d 06:45",
        Issue(
            "Das ß ist kein Fehler.",
            "Vier Nachrichten aus den Werkstätten, eine davon traurig, drei davon zum Ausschneiden.",
            (
                Item(
                    "Ein Schrank sucht einen Setzer",
                    "72 Schubladen, eine klemmt. Abzuholen in Halle, gegen Kuchen.",
                    "Fundstück",
                ),
                Item("Zwiebelfische", "Der Jahrgang der kleinen Zeitschrift ist endlich gebunden.", "neu"),
                Item(
                    "Abschied von der Linotype in Gera",
                    "Nach neunundachtzig Jahren. Die letzte Zeile hieß: bis morgen.",
                    "Nachruf",
                ),
                Item("Kurs: Holzlettern reparieren", "Mit Leim, Geduld und dem Buchstaben Q.", "Anmeldung"),
            ),
            "Alles lesen",
            **SETZEREI_WORDS,
        ),
        "",
    ),
    Mailing(
        SETZEREI,
        designs.swiss_sheet,
        "37d 06:45",
        Issue(
            "Mehr Rand!",
            "Ein Plädoyer für das Weiße. Und drei Funde vom Flohmarkt.",
            (
                Item("Der Rand gehört den Daumen", "Warum 14 Millimeter keine Verschwendung sind.", "Aufsatz"),
                Item("Winkelhaken, vernickelt", "Drei Stück, einer mit Initialen.", "Fund"),
                Item("Leserfrage", "Darf man Gedankenstriche trocknen? Man muss.", "Antwort"),
            ),
            "Weiterlesen",
            **SETZEREI_WORDS,
        ),
        folder="Archive",
    ),
    Mailing(
        KAMI,
        designs.quiet_letter,
        "5d 01:00",
        Issue(
            "光を漉く、というお話",
            "朝の工房では、まず窓を拭きます。紙は光を覚えると、祖母がよく申しておりました。今月も三つの小さなお便りをお届けします。",
            (
                Item("雁皮の透かし", "二十三グラムの薄さに、川の流れを漉き込みました。数に限りがございます。", "新作"),
                Item("手紙の書き方教室", "久しぶりの方へ、最初の一行だけを考える会です。", "催し"),
                Item("乾燥板の修理", "百年使った銀杏の板を、職人さんが直してくださいました。", "工房より"),
            ),
            "続きを読む",
            **KAMI_WORDS,
        ),
    ),
    Mailing(
        KAMI,
        designs.quiet_letter,
        "66d 01:00",
        Issue(
            "雨の日の紙",
            "雨の音を聞きながら、湿った空気の中で紙はゆっくり伸びます。急がない日のためのお便りです。",
            (
                Item("便箋「時雨」", "淡い墨色の罫線入り、二十枚綴り。", "新作"),
                Item("郵便受けの話", "ある町の、返事が三年後に届いた葉書について。", "読みもの"),
            ),
            "続きを読む",
            **KAMI_WORDS,
        ),
        folder="Archive",
    ),
    Mailing(
        RHONE,
        designs.gazette,
        "1d 06:10",
        Issue(
            "La passerelle rouvre, les canards n’ont pas attendu",
            "Après quatre mois de travaux, on traverse de nouveau à pied sec. "
            "Notre reporter a compté les premiers passants : un facteur, deux violoncelles, une mariée.",
            (
                Item(
                    "Le marché change de rive",
                    "Les primeurs gagnent l’ombre, les fromagers gardent le soleil. Personne n’est content, donc c’est juste.",
                    "samedi",
                ),
                Item("Crue : tout va bien", "L’eau est au troisième anneau. Elle y était déjà en 1955.", "à 7 h 00"),
                Item("Concert sous le pont", "L’acoustique est gratuite, apportez votre chaise.", "vendredi, 20 h"),
                Item("Perdu", "Un parapluie vert, très attaché à sa propriétaire.", "petite annonce"),
            ),
            "Lire le journal",
            **RHONE_WORDS,
        ),
        "",
    ),
    Mailing(
        RHONE,
        designs.gazette,
        "8d 06:10",
        Issue(
            "Il a neigé sept minutes",
            "Les écoles sont restées ouvertes, les fenêtres aussi.",
            (
                Item(
                    "Le boulanger de la montée",
                    "Il prend sa retraite, sa pâte reste. Portrait d’un levain de quarante ans.",
                    "portrait",
                ),
                Item(
                    "Atelier Lune",
                    "Trois amis préparent un livret cousu à la main. Nous avons vu la première page.",
                    "vu près de chez nous",
                ),
            ),
            "Lire le journal",
            **RHONE_WORDS,
        ),
    ),
    Mailing(
        SLOW,
        designs.card_deck,
        "3d 08:00",
        Issue(
            "Things that take exactly as long as they take",
            "Four long reads for a short week. None of them will be shorter tomorrow.",
            (
                Item(
                    "The man who mends clocks by asking them", "He has never opened one on the first day.", "24 minutes"
                ),
                Item("How to read a river", "A ferrywoman on the grammar of water.", "31 minutes"),
                Item("In praise of the second draft", "And a careful word against the ninth.", "12 minutes"),
                Item("Letters from readers", "Including one that arrived by kite.", "8 minutes"),
            ),
            "Begin with the clocks",
            **SLOW_WORDS,
        ),
    ),
    Mailing(
        SLOW,
        designs.card_deck,
        "31d 08:00",
        Issue(
            "The quiet hour",
            "On libraries, owls, and other institutions that open when they please.",
            (
                Item(
                    "Night shift at the seed bank", "Every packet is a small, dry letter to the future.", "27 minutes"
                ),
                Item("An owl’s tax return", "Fiction, we are told.", "9 minutes"),
            ),
            "Read slowly",
            **SLOW_WORDS,
        ),
        folder="Trash",
    ),
    Mailing(
        SLOW,
        designs.card_deck,
        "380d 08:00",
        Issue(
            "One hundred letters",
            "This is our hundredth letter, and the first that is on time.",
            (
                Item("What we learned", "People will wait. It is we who could not.", "15 minutes"),
                Item("What you wrote", "A hundred answers, one recipe.", "20 minutes"),
            ),
            "Open the hundredth",
            **SLOW_WORDS,
        ),
        folder="Archive",
        words="seen flagged",
    ),
)


def placed(person: Person, now: datetime, pictures: str = "") -> Iterator[Placed]:
    """Every mailing, as this person got it; its pictures at the address `pictures`, where one is given."""
    for mailing in MAILINGS:
        issue = replace(mailing.issue, pictures=pictures)
        list_fields = (
            ("List-Id", f"<letter.{issue.host}>"),
            ("List-Unsubscribe", f"<https://{issue.host}/unsubscribe/7f3a>, <mailto:leave@{issue.host}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Precedence", "bulk"),
        )
        letter = Letter(
            mailing.sender,
            (person,),
            issue.title,
            moment(now, mailing.when),
            _text(issue),
            mailing.design(issue),
            files=mailing.files,
            headers=list_fields,
        )
        yield filed(letter, person, mailing.folder, mailing.words if person.protocol == "imap" else "")


def _text(issue: Issue) -> str:
    """What stands in the text part of a newsletter."""
    items = "\n\n".join(f"* {item.title} ({item.aside})\n  {item.text}" for item in issue.items)
    return (
        f"{issue.title}\n\n{issue.lead}\n\n{items}\n\n{issue.action}: https://{issue.host}/read\n\n-- \n"
        f"{issue.closing}\n{issue.unsubscribe}: https://{issue.host}/unsubscribe/7f3a\n"
    )
