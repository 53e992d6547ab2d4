"""Jonas's mail with people outside the demo: customers, type founders, family, in German and English."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from deploy.demo.attachments import archive, bitmap_tiff, chime, csv, docx, marbled, pdf, photo, text, vcard, xlsx
from deploy.demo.conversation import Conversation, Turn, note
from deploy.demo.people import BRIGITTE, GUENTER, INES, JONAS, LENA, MAYA, MURAT, OWEN
from deploy.demo.pictures import MADDER, MOSS, lake, shelf

CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "Leinenmuster und Lieferzeit",
        (JONAS, MURAT),
        (
            Turn(
                JONAS,
                "25d 09:12",
                "Guten Tag Herr Aydın,\n\nich suche Leinen für 250 kleine Bände: ein Grau, ein Rot, ein Naturton. Was ist ab Lager da?",
            ),
            Turn(
                MURAT,
                "25d 13:40",
                """Guten Tag Herr Weber,

die Muster 14 und 22 sind ab Lager lieferbar, 31 in drei Wochen. Die Preise stehen in der Tabelle, die 22 sieht in Wirklichkeit noch röter aus.

Mit freundlichen Grüßen""",
                (
                    xlsx(
                        "leinen-preise.xlsx",
                        (
                            ("Nr.", "Farbe", "EUR/m"),
                            ("14", "Schiefer", 17.9),
                            ("22", "Krapprot", 18.4),
                            ("31", "Natur", 15.2),
                        ),
                    ),
                ),
            ),
            Turn(JONAS, "23d 10:02", "Dann bitte acht Meter der 22. Röter ist mir recht."),
            Turn(
                MURAT,
                "2d 09:20",
                """Guten Tag Herr Weber,

ein Rest von 1,60 m aus demselben Ballen ist übrig geblieben. Ich lege ihn zurück, bis Sie nein sagen.""",
            ),
        ),
        {"jonas": "INBOX"},
        unread=1,
    ),
    Conversation(
        "Die Weiß-Kursiv, und das fehlende lange s",
        (GUENTER, JONAS),
        (
            Turn(
                GUENTER,
                "39d 08:00",
                """Lieber Jonas,

in der Kiste unter der Treppe habe ich noch elf kleine g gefunden. Das lange s bleibt verschollen. Ich vermute, es ist 1961 mit einem Lehrling fortgegangen.

Die Buchstaben schicke ich dir, das Porto zahlst du in Kuchen.""",
            ),
            Turn(
                JONAS,
                "38d 20:14",
                'Lieber Günter,\n\nelf g! Damit lässt sich endlich "gegangen" zweimal auf eine Seite setzen. Sonntag, Pflaume?',
            ),
            Turn(GUENTER, "37d 06:45", "Pflaume. Mit Sahne. Und bring einen Abzug mit, aber einen guten."),
        ),
        {"jonas": "Archive"},
        words="flagged",
    ),
    Conversation(
        "Angebot Leinenbindung, 250 Stück",
        (BRIGITTE, JONAS),
        (
            Turn(
                BRIGITTE,
                "6d 11:30",
                """Lieber Herr Weber,

die Buchhandlung wird im Frühjahr siebzig. Könnten Sie für unsere Stammkunden ein kleines Notizbuch machen, 250 Stück, in Leinen, mit unserem Schiff vorn drauf?

Das Schiff hänge ich an. Es hat noch mein Vater gezeichnet.""",
                (bitmap_tiff("schiff.tif"),),
            ),
            Turn(
                JONAS,
                "5d 18:20",
                "Liebe Frau Köhler,\n\nfür dieses Schiff würde ich auch 2500 machen. Das Angebot kommt morgen, ich frage nur noch in Lyon nach der Bindung.",
            ),
            Turn(
                BRIGITTE,
                "1d 10:15",
                """Wie schön! Eine Frage noch aus dem Laden: ginge auch ein Lesebändchen? Frau Noack an der Kasse besteht darauf, und mit Frau Noack streitet man nicht.""",
            ),
        ),
        {"jonas": "Kunden"},
        unread=1,
        words="flagged",
    ),
    note(
        LENA,
        JONAS,
        "1d 20:10",
        "Sonntag bei uns",
        """Bruderherz,

Sonntag um eins, es gibt Klöße. Bring deine Wäscheleinen mit, wir brauchen sie für das Kinderfest.

Und nein, die kleinen Gespenster müssen vorher nicht runter.

Lena""",
        words="",
    ),
    note(
        LENA,
        JONAS,
        "15d 17:22",
        "Ada hat gedruckt",
        'Mit deinem Setzkasten für Kinder. Es steht da "ADA IST KAPTÄN" und sie lässt nichts korrigieren.',
        words="seen flagged",
        files=(photo("ada-druckt.jpg", shelf),),
    ),
    note(
        MAYA,
        JONAS,
        "4d 21:50",
        "Posters for the reading",
        """Jonas,

40 posters, red and black, as loud as wood type can be without waking the neighbours. Text is attached. Can you do it by the end of next week, and may I watch?""",
        "Kunden",
        words="",
        files=(
            docx(
                "poster-text.docx",
                "FIELD NOTES\nan evening of short readings\nand long silences\nThursday, 8 pm, the boathouse",
            ),
        ),
    ),
    Conversation(
        "Proofs for the catalogue",
        (INES, JONAS),
        (
            Turn(
                INES,
                "21d 12:00",
                "Dear Jonas, the colour of the cover came out beautifully. Could we see it once with the cooler black?",
            ),
            Turn(
                JONAS,
                "20d 16:33",
                "Dear Inês, two proofs are on their way. The cooler black is the one that looks at you.",
                (marbled("cover-red.png", MADDER), marbled("cover-green.png", MOSS)),
            ),
            Turn(INES, "14d 11:40", "It does look at me. We take it."),
        ),
        {"jonas": "Kunden"},
    ),
    note(
        OWEN,
        JONAS,
        "18d 09:25",
        "Offcuts",
        "Dear Jonas, I have a crate of offcuts from the last making, wove and laid, "
        "all sizes between a stamp and a napkin. It is yours if you send me something printed on them.",
        words="seen answered",
    ),
    note(
        JONAS,
        OWEN,
        "17d 08:40",
        "Re: Offcuts",
        "Dear Owen, nine postage-stamp sized poems are on their way. The napkins follow.",
    ),
    note(
        GUENTER,
        JONAS,
        "3d 07:15",
        "Hör mal",
        "Meine alte Gießmaschine, viermal. Man hört, dass das Lager müde ist. Oder bin ich das?",
        files=(chime("giessmaschine.wav", (196, 196, 247, 294)),),
    ),
    note(
        BRIGITTE,
        JONAS,
        "48d 14:20",
        "Rechnung 31 ist bezahlt",
        "Mit Dank und einem Gruß von Frau Noack.",
        "Rechnungen",
        files=(
            pdf(
                "rechnung-31.pdf", "Rechnung 31", "60 Lesezeichen, Handsatz, zwei Farben: 186,00 EUR\nDankend erhalten."
            ),
        ),
    ),
    note(
        MURAT,
        JONAS,
        "22d 08:05",
        "Rechnung 2207",
        "Guten Tag Herr Weber,\n\nanbei die Rechnung, zahlbar in vierzehn Tagen.\n\nMit freundlichen Grüßen",
        "Rechnungen",
        files=(
            pdf("rechnung-2207.pdf", "Rechnung 2207", "8 m Leinen Nr. 22 zu 18,40 EUR: 147,20 EUR"),
            csv("rechnung-2207.csv", (("Nr", "Meter", "EUR"), (22, 8, 147.2))),
        ),
    ),
    note(
        OWEN,
        JONAS,
        "80d 10:00",
        "Invoice 4409",
        "200 sheets of laid, as agreed on the back of a beer mat, which I enclose as evidence.",
        "Rechnungen",
        files=(
            pdf("invoice-4409.pdf", "Invoice 4409", "200 sheets, laid, 100 g: 260 EUR"),
            photo("beer-mat.jpg", lake),
        ),
    ),
    note(
        LENA,
        JONAS,
        "70d 09:30",
        "Wohnungsschlüssel, während du in Tokio bist",
        "Die Blumen gieße ich. Mit der Presse rede ich nicht, sie hat mich beim letzten Mal gebissen.",
        "Reisen",
    ),
    note(
        GUENTER,
        JONAS,
        "800d 08:00",
        "Zur Werkstatteröffnung",
        "Lieber Jonas,\n\neine Werkstatt ist erst eine, wenn einmal alles auf dem Boden "
        "gelegen hat. Herzlichen Glückwunsch also zum Freitag.",
        "Archive",
        words="seen flagged",
    ),
    note(
        MAYA,
        JONAS,
        "365d 16:00",
        "One year of posters",
        "Twelve posters, twelve readings, and only one with the wrong date. Here is to the next dozen.",
        "Archive",
        files=(
            vcard(
                "maya-holm.vcf", "Maya Holm", "maya@fieldnotes-press.example", "Field Notes Press", "+45-00-00-00-14"
            ),
        ),
    ),
    note(
        BRIGITTE,
        JONAS,
        "210d 12:12",
        "Fotos von der Lesung",
        "Es war so voll, dass Herr Paulsen auf der Leiter saß.",
        "Archive",
        files=(
            archive(
                "lesung.zip",
                (photo("leiter.jpg", shelf), photo("ufer.jpg", lake), text("liste.txt", "1 Leiter\n2 Ufer\n")),
            ),
        ),
    ),
    note(JONAS, LENA, "1d 20:45", "Klöße", "Ich komme. Die Gespenster auch."),
    note(JONAS, GUENTER, "2d 19:10", "Re: Hör mal", "Das Lager. Du klingst wie neu."),
    note(
        JONAS,
        BRIGITTE,
        "35m",
        "Angebot Leinenbindung, 250 Stück",
        "Guten Tag Frau Köhler,\n\nvielen Dank für das Schiff. Für 250 Notizbücher mit Lesebändchen rechne ich",
        "Drafts",
    ),
    note(
        JONAS,
        MAYA,
        "3d 22:15",
        "Posters",
        "Maya, yes to all of it. Watching costs one hour of sweeping. For the red I would",
        "Drafts",
    ),
    note(
        MURAT,
        JONAS,
        "60d 10:10",
        "Korrektur: falscher Anhang",
        "Bitte die letzte Nachricht ignorieren, das war die Urlaubsliste der Abteilung.",
        "Trash",
    ),
    note(LENA, JONAS, "90d 13:00", "Test", "Kommt das an?", "Trash"),
)
