"""The very long thread: making "Livret d’automne", from the first idea to the last correction."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from deploy.demo.attachments import csv, marbled, pdf, print_pdf, xlsx
from deploy.demo.conversation import Conversation, Turn
from deploy.demo.people import CAMILLE, JONAS, YUKI
from deploy.demo.pictures import INDIGO, MOSS

ESTIMATE = (
    ("Item", "Pieces", "EUR"),
    ("Kozo, 55 g", 600, 1320),
    ("Setting and printing", 24, 1680),
    ("Linen, thread, boards", 250, 940),
    ("Binding", 250, 2250),
    ("Posting", 250, 610),
)
SHEETS = (
    ("signature", "pages", "paper", "sheets"),
    ("A", "1-8", "kozo 55", 265),
    ("B", "9-16", "kozo 55", 265),
    ("C", "17-24", "kozo 55", 265),
    ("endpapers", "-", "indigo marbled", 530),
)

LONG_THREAD = Conversation(
    "Livret d’automne",
    (CAMILLE, JONAS, YUKI),
    (
        Turn(
            CAMILLE,
            "47d 09:10",
            """Hello you two,

what if we stopped saying "one day we should" and made something together? I am thinking of a small booklet, 24 pages, sewn by hand: three short texts on paper, one from each of our cities. Jonas prints, Yuki makes the paper, I bind.

250 copies, ready before the fair. I call it Livret d’automne until one of you has a better name.""",
        ),
        Turn(
            JONAS,
            "47d 11:32",
            """Yes. I have waited for this mail for four years.

The old press is free from the middle of the month. I would set it in the Weiß italic Günter gave me, if nobody minds that the long s is missing.""",
        ),
        Turn(
            YUKI,
            "46d 03:05",
            """I am in, with great pleasure.

For the inside I propose kozo at 55 grams, dried on boards. It takes relief printing well when slightly damp. I can have 600 sheets by then, if the weather is kind.""",
        ),
        Turn(
            CAMILLE,
            "46d 10:20",
            """The weather will not dare. 600 sheets then, which leaves us a little for mistakes.

I mean mine, of course.""",
        ),
        Turn(
            JONAS,
            "44d 16:48",
            """A first count of what it will cost us. I left out our hours, otherwise nobody would ever make a book.""",
            (xlsx("estimate-first.xlsx", ESTIMATE),),
        ),
        Turn(
            YUKI,
            "43d 02:40",
            """Thank you, Jonas. The paper may be a little cheaper: my uncle insists on giving the bark of the old trees, which he does not sell.

He asks for one copy and a drawing of the press.""",
        ),
        Turn(
            CAMILLE,
            "43d 09:15",
            """Your uncle gets two copies, and I will draw the press myself. Jonas, can you send a photograph in which one sees the handle?""",
        ),
        Turn(JONAS, "43d 19:02", """Only if you promise not to draw the coffee stain."""),
        Turn(
            CAMILLE,
            "40d 08:55",
            """The stain will be on the cover, in two colours.

More seriously: format. I folded five dummies over the weekend. 118 × 176 mm lies best in the hand. It also leaves a strip of your sheets from which I can make the labels, so nothing is thrown away.""",
        ),
        Turn(YUKI, "40d 13:10", """118 × 176 is lovely. The grain runs along the spine then, as it should."""),
        Turn(
            JONAS,
            "38d 10:30",
            """Agreed. Type area 82 mm, 27 lines, folios outside. A page to look at is attached: please read it on paper and not on a screen, it was not made for one.""",
            (
                pdf(
                    "page-7-trial.pdf",
                    "Page seven",
                    "The sheet remembers the water it was lifted from.\n\nHold it against "
                    "the window: between the lines of the mould you will see the afternoon on which it was made, slow and "
                    "a little cloudy, with somebody singing two rooms further on.\n\nTrial setting, 27 lines, not corrected.",
                ),
            ),
        ),
        Turn(
            CAMILLE,
            "37d 21:14",
            """I read it by the window, aloud. The widow on line 27 sounds even lonelier than it looks.

Otherwise: do not touch anything.""",
        ),
        Turn(JONAS, "36d 08:30", """The widow has found company. Page 8 gave up two words."""),
        Turn(
            YUKI,
            "33d 04:22",
            """First vat today. The water was cold enough to make everybody honest. 84 good sheets, 6 that I keep for wrapping sweets.""",
        ),
        Turn(
            CAMILLE,
            "29d 09:40",
            """For the endpapers I marbled blue, as we said, and then green, as we did not say. Which one? I shall pretend to have no preference.""",
            (marbled("endpaper-indigo.png", INDIGO), marbled("endpaper-moss.png", MOSS)),
        ),
        Turn(YUKI, "29d 12:15", """Blue. It has the colour of the hour in which one closes the workshop."""),
        Turn(JONAS, "28d 09:05", """Blue. And your pretending is noted."""),
        Turn(
            CAMILLE,
            "21d 10:12",
            """Blue it is, thank heaven.

Yuki, the parcel came this morning, the customs form had been stamped eleven times. The sheets are beautiful. Théo, who came to mend the door, washed his hands twice before he asked to touch one.""",
        ),
        Turn(
            JONAS,
            "16d 18:25",
            """Signatures A and B are printed and hanging from every line I own. The workshop looks like a laundry for very small ghosts.

The count is in the table; we are eleven sheets ahead.""",
            (csv("sheets.csv", SHEETS),),
        ),
        Turn(YUKI, "15d 03:45", """Eleven sheets ahead is a sentence I would like to frame."""),
        Turn(
            JONAS,
            "8d 17:30",
            """C is dry. I leave tomorrow with everything in two flat cases and shall not let them out of my sight, not even in the restaurant car.

Here is also the endpaper at full size for the printer of the prospectus. It is a big file, forgive me.""",
            (print_pdf("endpaper-print.pdf"),),
        ),
        Turn(
            CAMILLE,
            "6d 20:05",
            """Jonas is here, the cases are here, and the soup is on the stove. We sewed the first copy on the kitchen table and it opens as if it had never done anything else.

Yuki, the second one is yours.""",
        ),
        Turn(
            YUKI,
            "5d 01:50",
            """I looked at your photograph on the way to work and missed my station.

One thing only: on page 12 the name of the river has lost its macron. Is it too late?""",
        ),
        Turn(
            JONAS,
            "4d 09:20",
            """For page 12 it is never too late: I cut a macron out of a hyphen last night and printed the line again on the little press here. Camille has tipped in the corrected leaf and you would have to know where to look.

I would call it finished. Would you?""",
        ),
        Turn(
            CAMILLE,
            "1d 18:40",
            """I would. 250 copies, numbered, pressed, in boxes, and I keep walking past to check that they are still there.

Who writes the colophon? It should have all our names, and the uncle’s.""",
        ),
        Turn(
            YUKI,
            "52m",
            """The colophon, as short as I could make it:

"Made by three friends in three cities, on paper from the old trees of Sato Kenji, in an autumn that took its time."

Change whatever you like, except my uncle.""",
        ),
    ),
    {"camille": "Clients/Livret d’automne", "jonas": "INBOX", "yuki": "INBOX"},
    unread=1,
    words="flagged",
)
