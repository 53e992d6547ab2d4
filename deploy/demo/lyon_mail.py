"""Camille's mail with people outside the demo: clients, suppliers, family, in French and English."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from deploy.demo.attachments import archive, bitmap_tiff, csv, docx, marbled, pdf, photo, text, vcard, xlsx
from deploy.demo.conversation import Conversation, Turn, note
from deploy.demo.people import (
    ALMA,
    AMARA,
    CAMILLE,
    DANA,
    ELODIE,
    HUONG,
    INES,
    LEFEVRE,
    MAYA,
    OLGA,
    OWEN,
    PAPA,
    SOFIA,
    THEO,
)
from deploy.demo.pictures import INDIGO, MADDER, MOSS, kozo, lake, shelf

LIVRET = "Clients/Livret d’automne"
SUPPLIERS = "Papier & fournisseurs"

CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "Maquette du livret, dernières corrections",
        (ELODIE, CAMILLE),
        (
            Turn(
                ELODIE,
                "3d 16:20",
                """Camille,

voici la maquette complète, avec la marge de petit fond que tu voulais. J’ai gardé les folios dehors, comme chez Jonas.

Il reste trois points jaunes : ce sont mes doutes, pas des fautes.""",
                (
                    pdf(
                        "maquette-v4.pdf",
                        "Livret d’automne, maquette 4",
                        "Format fermé : 118 x 176 mm.\n24 pages, trois "
                        "cahiers.\n\nPoints à relire : page 5 (césure), page 12 (légende), page 24 (colophon).",
                    ),
                ),
            ),
            Turn(
                CAMILLE,
                "2d 09:31",
                """Élodie, c’est magnifique.

Page 5 : garde la césure, elle respire. Page 12 : la légende est trop sage, je t’en envoie une autre. Page 24 : on attend le colophon de Yuki.""",
            ),
            Turn(
                ELODIE, "1d 11:05", "Reçu. Et si la légende passait en italique ? Elle aurait l’air de parler tout bas."
            ),
            Turn(
                ELODIE,
                "18m",
                """J’ai repris la page 12 et le colophon. Peux-tu relire avant ce soir ? L’imprimeur du prospectus ferme à dix-neuf heures et il n’attend personne, pas même nous.""",
                (
                    pdf(
                        "maquette-v5.pdf",
                        "Livret d’automne, maquette 5",
                        "Page 12 : légende en italique.\nPage 24 : colophon.",
                    ),
                    marbled("garde-bleue.png", INDIGO),
                ),
            ),
        ),
        {"camille": "INBOX"},
        unread=1,
    ),
    Conversation(
        "Exhibition texts, final round",
        (INES, CAMILLE),
        (
            Turn(
                INES,
                "13d 10:12",
                """Dear Camille,

here are the five panels after the translator. Porto is looking forward to your knives and glue pots more than is reasonable for a museum.""",
                (
                    docx(
                        "panels-final.docx",
                        "Panel 1: The sheet\nPanel 2: The fold\nPanel 3: The thread\nPanel 4: The board\n"
                        "Panel 5: The hand",
                    ),
                ),
            ),
            Turn(
                CAMILLE,
                "12d 15:47",
                """Dear Inês,

they read beautifully. One plea: on panel 3 it says "invisible stitching". I have spent twenty years making it visible.""",
            ),
            Turn(
                INES,
                "4d 12:30",
                """The curator in me bows. It now says "stitching that is not ashamed of itself", until you find something better.

May I keep the two frames until the end of the month?""",
            ),
        ),
        {"camille": "Clients"},
        words="flagged",
    ),
    Conversation(
        "Bail de l’atelier : projet d’avenant",
        (LEFEVRE, CAMILLE),
        (
            Turn(
                LEFEVRE,
                "8d 14:02",
                """Chère Madame,

veuillez trouver ci-joint le projet d’avenant, à me retourner signé avant le 24. L’article 7 reprend votre demande au sujet de la cour.

Bien à vous,""",
                (
                    pdf(
                        "avenant-bail.pdf",
                        "Avenant au bail",
                        "Article 7. La preneuse peut suspendre des feuilles à sécher "
                        "dans la cour, par temps sec, de mars à octobre.",
                    ),
                ),
            ),
            Turn(
                CAMILLE,
                "7d 08:55",
                """Cher Maître,

l’article 7 est le plus bel article que j’aie lu. Je signe et je vous le rapporte moi-même.""",
            ),
        ),
        {"camille": "Clients"},
        words="forwarded",
    ),
    note(
        PAPA,
        CAMILLE,
        "1d 19:44",
        "Photos du week-end",
        """Ma grande,

voilà les meilleures, celle du lac est pour ta grand-mère. J’ai enfin compris comment on en joint deux à la fois.

Ta mère demande si tu manges. Je réponds que oui, mais elle voudrait une preuve.

Papa""",
        files=(photo("lac-du-soir.jpg", lake), photo("bibliotheque.jpg", shelf)),
        words="seen flagged",
    ),
    note(
        THEO,
        CAMILLE,
        "2d 17:18",
        "La porte de la cour",
        "La porte ferme. Elle ne grince plus non plus, je te préviens, "
        "les gens vont entrer sans que tu les entendes.\n\nJe repasse jeudi pour l’étagère. Prépare le café et les mesures.",
    ),
    Conversation(
        "L’étagère du fond",
        (CAMILLE, THEO),
        (
            Turn(
                CAMILLE,
                "16d 09:20",
                "Théo, combien pour une étagère de 3 m 20 en chêne, capable de porter toutes mes promesses ?",
            ),
            Turn(
                THEO,
                "16d 12:41",
                "420 en chêne. Pour les promesses il faut des équerres, j’ajoute 30.",
                (
                    csv(
                        "etagere.csv",
                        (
                            ("pièce", "quantité", "prix"),
                            ("planche chêne 320", 4, 84),
                            ("équerre", 6, 5),
                            ("heures", 3, 18),
                        ),
                    ),
                ),
            ),
            Turn(CAMILLE, "15d 08:10", "Vendu, équerres comprises."),
        ),
        {"camille": "Archive"},
    ),
    note(
        OLGA,
        CAMILLE,
        "6d 10:33",
        "Ręcznie marmurkowany papier, nowa seria",
        """Dzień dobry Camille,

wysyłam zdjęcia wzorów z tego miesiąca. Zielony wyszedł trochę ciemniejszy, ale chyba lepszy.

In case your Polish is still at the level of the last fair: the green one came out darker, and better. Prices as before.""",
        SUPPLIERS,
        files=(marbled("wzor-zielony.png", MOSS), marbled("wzor-czerwony.png", MADDER)),
    ),
    note(
        HUONG,
        CAMILLE,
        "9d 05:40",
        "Lụa và chỉ may, bảng giá mới",
        """Chào chị Camille,

em gửi bảng giá áp dụng từ tháng sau. The silk you liked, number 9, keeps its old price, because you wrote such a nice letter to my mother.""",
        SUPPLIERS,
        files=(
            xlsx("bang-gia.xlsx", (("Mã", "Màu", "EUR/m"), ("9", "chàm", 18.5), ("12", "nghệ", 21), ("15", "trà", 19))),
        ),
    ),
    note(
        SOFIA,
        CAMILLE,
        "11d 09:15",
        "Σεμινάριο βιβλιοδεσίας στην Αθήνα",
        """Καλημέρα Καμίλ,

οι ημερομηνίες είναι από Πέμπτη έως Κυριακή. Θα έχουμε δώδεκα θέσεις και έναν πολύ περίεργο γάτο.

(Thursday to Sunday, twelve seats, one very curious cat.)""",
        "Ateliers",
        words="seen answered",
    ),
    note(
        DANA,
        CAMILLE,
        "13d 13:02",
        "תודה על המחברת!",
        """קמיל היקרה,

המחברת הגיעה והיא יפהפייה, אני כותבת בה כל יום. הנייר שומע את העט.

תודה מכל הלב,
דנה""",
        "Clients",
        words="seen flagged",
    ),
    note(
        AMARA,
        CAMILLE,
        "4d 15:30",
        "Votre rendez-vous est confirmé",
        """Bonjour,

nous vous attendons vendredi à 15 h 30. Merci d’apporter votre ancienne ordonnance, et vos lunettes de travail si vous en avez.

Cabinet du Dr. Okafor""",
    ),
    Conversation(
        "Atelier du samedi : encore une place ?",
        (MAYA, CAMILLE),
        (
            Turn(
                MAYA,
                "20d 19:25",
                "Hello Camille, is there a seat left on Saturday for somebody who can’t sew on a button?",
            ),
            Turn(
                CAMILLE,
                "19d 08:32",
                "Those are the best ones, they have no bad habits. You have the chair by the stove.",
            ),
            Turn(
                MAYA,
                "17d 21:10",
                "I made a book! It has a back and a front and I have shown it to the bus driver. Thank you.",
                (photo("my-first-book.jpg", shelf),),
            ),
        ),
        {"camille": "Ateliers"},
        words="flagged",
    ),
    Conversation(
        "Cinq cents feuilles de vélin",
        (CAMILLE, OWEN),
        (
            Turn(
                CAMILLE,
                "27d 10:05",
                "Dear Owen, could you spare 500 sheets of the wove, 90 g, before the month is over?",
            ),
            Turn(
                OWEN,
                "26d 18:12",
                """Dear Camille,

for you, yes. For the month, nearly. The river was low and the rags were late, but 500 will leave on Friday week.

My daughter has drawn a goose on the invoice, please do not try to correct it.""",
                (
                    pdf(
                        "invoice-4471.pdf",
                        "Invoice 4471",
                        "500 sheets, wove, 90 g: 610 EUR\nCarriage: 38 EUR\nGoose: free",
                    ),
                ),
            ),
        ),
        {"camille": SUPPLIERS},
        words="answered",
    ),
    note(
        ALMA,
        CAMILLE,
        "5d 23:05",
        "Amate paper, and a question",
        """Querida Camille,

the bark paper for your exhibition is packed: eleven sheets, brown, white and the one with the accident.

Question: does one say "liseuse" for the lamp, for the person or for the jacket? My dictionary says yes.""",
        "INBOX",
        words="",
        files=(photo("amate.jpg", kozo),),
    ),
    note(
        ELODIE,
        CAMILLE,
        "22d 17:40",
        "Pictos pour la vitrine",
        "Tout est dans l’archive, en noir et en bleu. Le petit chat n’était pas demandé, mais il insistait.",
        LIVRET,
        files=(
            archive(
                "pictos-vitrine.zip",
                (marbled("fond-bleu.png", INDIGO), text("lisez-moi.txt", "Noir et bleu.\nLe chat est offert.\n")),
            ),
        ),
    ),
    note(
        ELODIE,
        CAMILLE,
        "34d 12:15",
        "Scan de la vieille étiquette",
        "Retrouvée dans le tiroir de ta grand-tante. 1926 ? On devrait la recomposer.",
        LIVRET,
        words="seen flagged",
        files=(bitmap_tiff("etiquette-1926.tif"),),
    ),
    note(
        PAPA,
        CAMILLE,
        "730d 10:12",
        "Recette de la soupe",
        "Poireaux, pommes de terre, patience. Une heure. Ne pas soulever le couvercle pour voir si ça va, ça va.",
        "Archive",
        words="seen flagged",
    ),
    note(
        LEFEVRE,
        CAMILLE,
        "1130d 09:00",
        "Signature du bail : jeudi 10 h",
        "Chère Madame,\n\nle propriétaire a accepté "
        "vos conditions, y compris la machine à coudre le dimanche.\n\nBien à vous,",
        "Archive",
    ),
    note(
        THEO,
        CAMILLE,
        "190d 18:30",
        "Carte de visite du vitrier",
        "Dis-lui que tu viens de ma part, et parle-lui de pêche.",
        "Archive",
        files=(
            vcard(
                "vitrier.vcf",
                "Marcel Aubert",
                "m.aubert@verre-aubert.example",
                "Miroiterie Aubert",
                "+33-4-00-00-00-22",
            ),
        ),
    ),
    note(
        CAMILLE,
        OLGA,
        "5d 09:12",
        "The green series",
        "Dear Olga, sixty sheets of the green, please, and all the accidents you have.",
    ),
    note(
        CAMILLE,
        PAPA,
        "1d 20:30",
        "La preuve",
        "Quenelles, hier midi, sauce comprise. Jonas est témoin.\n\nCelle du lac est au mur, au-dessus de la presse.",
        files=(photo("au-mur.jpg", lake),),
    ),
    note(CAMILLE, INES, "3d 18:05", "Frames", "Keep them as long as you like, they have nowhere warmer to be."),
    note(
        CAMILLE,
        AMARA,
        "3d 08:00",
        "Rendez-vous de vendredi",
        "C’est noté, j’apporte les deux paires, la troisième est perdue.",
    ),
    note(CAMILLE, ELODIE, "12m", "Colophon, relu", "Relu et aimé. Une virgule en attente chez Pia", "Drafts"),
    note(
        CAMILLE,
        DANA,
        "2d 21:30",
        "Votre carnet",
        "Chère Dana,\n\nvotre message m’a fait la journée. Si un jour la couture",
        "Drafts",
    ),
    note(
        THEO,
        CAMILLE,
        "29d 07:58",
        "Livraison annulée",
        "Le camion est en panne, on livre demain. Tu peux jeter ce message.",
        "Trash",
    ),
    note(
        MAYA,
        CAMILLE,
        "44d 22:02",
        "Wrong attachment, sorry",
        "That was my tax form. Please bin it and think no less of me.",
        "Trash",
    ),
)
