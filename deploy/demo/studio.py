"""Mail between the people of the demo: the same conversations, seen from three boxes."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from deploy.demo.attachments import archive, chime, docx, marbled, pdf, photo, text, vcard
from deploy.demo.conversation import Conversation, Turn, note
from deploy.demo.people import CAMILLE, JONAS, MURAT, PIA, STUDIO, YUKI
from deploy.demo.pictures import INDIGO, MADDER, MOSS, kozo, lake, shelf

SAMPLES_HTML = """<html><body style="font-family:Georgia,serif;font-size:15px;line-height:1.6;color:#2b2723;max-width:560px">
<p>Good morning from a very clear day,</p>
<p>here are the three sheets I told you about. The first one was held against the workshop window, so that you see the
laid lines; please forgive the fingerprint.</p>
<p><img src="cid:kozo@demo.test" alt="Kozo paper against the light" width="480" height="320" style="border-radius:4px"></p>
<p>And this is where the ones that are not for sale go to live:</p>
<p><img src="cid:shelf@demo.test" alt="A shelf of bound books" width="480" height="320" style="border-radius:4px"></p>
<table cellpadding="6" style="border-collapse:collapse;font-size:14px">
<tr style="background:#efe9de"><th align="left">Sheet</th><th align="left">Weight</th><th align="left">Good for</th></tr>
<tr><td style="border-bottom:1px solid #e2dacb">Kozo, board dried</td><td style="border-bottom:1px solid #e2dacb">55 g</td>
<td style="border-bottom:1px solid #e2dacb">text, damp printing</td></tr>
<tr><td style="border-bottom:1px solid #e2dacb">Gampi</td><td style="border-bottom:1px solid #e2dacb">23 g</td>
<td style="border-bottom:1px solid #e2dacb">guards, windows, secrets</td></tr>
<tr><td>Mitsumata</td><td>40 g</td><td>endpapers</td></tr></table>
<p>Tell me which one your hands like best.</p><p style="color:#8a8378">Yuki</p></body></html>"""

CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "Samples: kozo, gampi, mitsumata",
        STUDIO,
        (
            Turn(
                YUKI,
                "51d 06:30",
                """Good morning from a very clear day,

here are the three sheets I told you about. The first one was held against the workshop window, so that you see the laid lines; please forgive the fingerprint.

Tell me which one your hands like best.""",
                (photo("kozo-window.jpg", kozo, "kozo@demo.test"), photo("shelf.jpg", shelf, "shelf@demo.test")),
                SAMPLES_HTML,
            ),
            Turn(
                JONAS,
                "51d 10:02",
                """Kozo, without thinking. I held the parcel to the lamp before I had taken off my coat.""",
            ),
            Turn(
                CAMILLE, "50d 09:30", """Kozo for the text, gampi for everything I want to hide. My hands vote twice."""
            ),
        ),
        {"camille": "Papier & fournisseurs", "jonas": "Archive", "yuki": "和紙"},
        words="flagged",
    ),
    Conversation(
        "Linen for the covers",
        (JONAS, CAMILLE),
        (
            Turn(
                JONAS,
                "24d 11:05",
                """Camille,

Murat has 14, 22 and 31 in the colours you asked for; 31 would take three weeks. I had him cut a hand’s width of each and they are in the post.

14 is the grey of wet slate. 22 is the red one says one does not want and then takes.""",
            ),
            Turn(
                CAMILLE,
                "22d 09:48",
                """They came. I put them on the table and left the room so they could sort it out between themselves.

22. You knew, didn’t you?""",
            ),
            Turn(JONAS, "22d 10:03", """I ordered eight metres of 22 yesterday."""),
        ),
        {"camille": "Papier & fournisseurs", "jonas": "Kunden"},
    ),
    Conversation(
        "Binding fair: who brings what?",
        (CAMILLE, JONAS, YUKI),
        (
            Turn(
                CAMILLE,
                "12d 08:40",
                """Dear both,

the fair gives us four metres of wall and two tables. My list so far: the small nipping press, two lamps, the long cloth, and biscuits for people who say they are just looking.

What do you bring?""",
            ),
            Turn(
                JONAS,
                "12d 12:10",
                """The card press, so that children can print their name. A tray of wood type. No glitter, this year I mean it.""",
            ),
            Turn(
                YUKI,
                "11d 04:12",
                """A small vat and a mould, if there is a tap within ten metres. And sweets, wrapped in the six sheets that were not good enough for you.""",
            ),
            Turn(
                CAMILLE,
                "10d 19:33",
                """There is a tap. I asked the organisers three times, they now call me the lady with the tap.

The plan of the hall is attached.""",
                (
                    pdf(
                        "hall-plan.pdf",
                        "Hall B, stand 14",
                        "Wall: 4 m, white.\nTables: 2, of 180 x 80 cm.\nTap: behind stand 16, "
                        "ask for the key.\nBuilding up: from 7:30. Doors open at 10.\nBreaking down: not before 18:00, please.",
                    ),
                ),
            ),
            Turn(
                JONAS,
                "2d 09:55",
                """Then all is settled but who drives. Théo offered, provided nobody says anything about the state of the back seat.""",
            ),
        ),
        {"camille": "Ateliers", "jonas": "Reisen", "yuki": "Travel"},
        unread=1,
    ),
    Conversation(
        "Your week in Tokyo",
        (YUKI, JONAS),
        (
            Turn(
                YUKI,
                "68d 05:05",
                """Jonas,

my cousin’s guest room is yours for the whole week. It has one tatami more than the futon and a window on the persimmon tree. The tree drops things at four in the morning, please do not be alarmed.""",
            ),
            Turn(
                JONAS,
                "67d 14:35",
                """I shall greet each persimmon by name.

Is there anything from Berlin that you miss?""",
            ),
            Turn(YUKI, "66d 03:20", """The dark bread. And that terrible postcard with the bear on it."""),
            Turn(
                JONAS,
                "60d 20:11",
                """Two loaves and nine bears are packed. Here is the whole plan, with an alarm for the morning train.""",
                (
                    text(
                        "tokyo-week.txt",
                        "Mon  arrive, sleep, pretend not to\nTue  paper mill, river\nWed  type museum\n"
                        "Thu  day with Yuki’s uncle (bring boots)\nFri  print shop in Kanda\nSat  nothing, carefully planned\n"
                        "Sun  fly home\n",
                    ),
                ),
            ),
            Turn(
                YUKI,
                "59d 02:15",
                """"Nothing, carefully planned" is my favourite line of any travel plan I have read.""",
            ),
        ),
        {"jonas": "Reisen", "yuki": "Travel"},
    ),
    Conversation(
        "Workshop on papermaking in Lyon",
        (CAMILLE, YUKI),
        (
            Turn(
                CAMILLE,
                "19d 10:24",
                """Yuki, when you are here in spring: would you give an afternoon on papermaking? Eight people, the long table, my two zinc tubs. I would translate, badly but with feeling.""",
            ),
            Turn(
                YUKI,
                "18d 03:30",
                """With joy. I need the tubs, 4 kg of soaked fibre and a wall in the sun to dry on. The feeling you bring.

A draft of the programme is attached, please correct my English before somebody pays for it.""",
                (
                    docx(
                        "papermaking-programme.docx",
                        "Papermaking, one afternoon\n14:00 What a plant becomes when nobody hurries it\n"
                        "14:30 Beating, together, in time\n15:30 Each makes three sheets\n17:00 Tea, and looking at the wall",
                    ),
                ),
            ),
            Turn(
                CAMILLE,
                "17d 09:02",
                """I corrected nothing and would pay for it at once. Posters go up on Monday; six of the eight places went to people who only heard the words "beating, together".""",
            ),
        ),
        {"camille": "Ateliers", "yuki": "Workshops"},
    ),
    Conversation(
        "Quote 118, half-leather, 12 volumes",
        (CAMILLE, JONAS),
        (
            Turn(
                CAMILLE,
                "33d 15:15",
                """Jonas, the library wants the twelve volumes after all and asks for one price with the printed labels in it. What do I put for the labels?""",
                (
                    pdf(
                        "devis-118.pdf",
                        "Devis 118",
                        "12 volumes, demi-cuir, dos à cinq nerfs.\nÉtiquettes imprimées : selon "
                        "J. Weber.\nDélai : dix semaines.\nValable trois mois.",
                    ),
                ),
            ),
            Turn(JONAS, "33d 16:40", """Ninety for all twelve, and I’d like to keep the plates."""),
            Turn(CAMILLE, "33d 16:52", """Done. Keep the plates, they will want a thirteenth."""),
        ),
        {"camille": "Clients", "jonas": "Kunden"},
    ),
    Conversation(
        "That sound",
        (JONAS, CAMILLE),
        (
            Turn(
                JONAS,
                "3d 17:22",
                """You asked what the new type sounds like when one drops four sorts on the stone, from small to large. I recorded it for you. Nobody else would understand.""",
                (chime("four-sorts.wav"),),
            ),
            Turn(CAMILLE, "2d 08:14", """I have listened to it eleven times and Théo wants it as a doorbell."""),
        ),
        {"camille": "INBOX", "jonas": "INBOX"},
        words="flagged",
    ),
    Conversation(
        "Lunch tomorrow?",
        (CAMILLE, JONAS),
        (
            Turn(CAMILLE, "5d 10:01", "The place with the blue door has quenelles again. Tomorrow, half past twelve?"),
            Turn(JONAS, "5d 10:04", "I am already standing in front of it."),
            Turn(CAMILLE, "5d 10:05", "I said tomorrow."),
            Turn(JONAS, "5d 10:09", "Then I shall be first."),
        ),
    ),
    Conversation(
        "Marbling, the three new colours",
        (CAMILLE, YUKI),
        (
            Turn(
                CAMILLE,
                "1d 16:10",
                """Yuki,

the three sheets from Saturday. The red is the one that went wrong, and now everybody wants the red.

All three are in the archive at full size as well, if you want to print them.""",
                (
                    marbled("indigo.png", INDIGO),
                    marbled("madder.png", MADDER),
                    marbled("moss.png", MOSS),
                    archive(
                        "marbling-all.zip",
                        (
                            marbled("indigo.png", INDIGO),
                            marbled("madder.png", MADDER),
                            marbled("moss.png", MOSS),
                            text("readme.txt", "Three sheets, 32 x 20 cm.\n"),
                        ),
                    ),
                ),
            ),
            Turn(
                YUKI,
                "95m",
                """The red. Of course the red.

What did you do wrong, exactly? I would like to do it wrong too.""",
            ),
        ),
        unread=1,
    ),
    note(
        JONAS,
        YUKI,
        "9d 07:45",
        "Photograph of the lake",
        """Yuki,

I stopped on the way south because the evening did this. It is for the wall above your vat, if there is still room beside the bears.

Jonas""",
        files=(photo("evening.jpg", lake),),
        words="seen flagged",
    ),
    note(
        YUKI,
        JONAS,
        "26d 05:55",
        "Address of the print shop in Kanda",
        "As promised, the card of the print shop. The owner speaks only of ink, but in four languages.",
        "Reisen",
        files=(
            vcard("kanda-print.vcf", "Mori Takeshi", "mori@kanda-insatsu.example", "Kanda Insatsu", "+81-3-5550-0100"),
        ),
    ),
    note(
        CAMILLE,
        YUKI,
        "31d 18:20",
        "Happy birthday, a day early",
        "So that it arrives on time in your time zone, where it is always already tomorrow.\n\nThere is a parcel on "
        "the way. Do not shake it.",
        words="seen flagged",
    ),
    note(
        JONAS,
        CAMILLE,
        "75d 09:09",
        "Keys",
        "Your spare keys are in the third drawer from the left, in the case marked ampersand. I tell you now because "
        "I know you will ask in spring.",
        "Archive",
    ),
    note(
        YUKI,
        CAMILLE,
        "14d 02:44",
        "Tracking number of the second parcel",
        "EX-0455-JP-0192. It left Narita this morning. The box is heavier than it looks because my aunt added plums.",
        "Papier & fournisseurs",
    ),
    note(
        CAMILLE,
        JONAS,
        "410d 12:00",
        "The press you saw at the auction",
        "Going once, going twice, and you were at the "
        "buffet. I bought it for you. You owe me three hundred and forty, and an explanation.",
        "Archive",
        words="seen flagged",
    ),
    note(
        MURAT,
        JONAS,
        "23d 15:30",
        "Auftragsbestätigung Leinen 22, 8 Meter",
        """Guten Tag Herr Weber,

vielen Dank für Ihre Bestellung. Acht Meter der Nummer 22 gehen morgen in den Versand, aufgerollt und nicht gefaltet, wie gewünscht.

Mit freundlichen Grüßen""",
        "Kunden",
    ),
    Conversation(
        "Proof-reading the colophon",
        (CAMILLE, PIA),
        (
            Turn(
                CAMILLE,
                "3d 11:12",
                """Pia,

would you look at twenty-five words for us? It is only the colophon, but it is the page on which everybody finds the mistake.""",
            ),
            Turn(
                PIA,
                "3d 13:40",
                """Twenty-five words, of which one is "autumn". I charge nothing for autumns.

Send it as soon as it exists.""",
            ),
            Turn(
                CAMILLE,
                "40m",
                """It exists since this morning:

"Made by three friends in three cities, on paper from the old trees of Sato Kenji, in an autumn that took its time."

Is the second comma a comma, or only my breath?""",
            ),
        ),
        unread=1,
    ),
)
