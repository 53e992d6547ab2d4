"""What waits in Pia's POP3 maildrop. She has no folders; everything lies in INBOX, and nothing has been fetched."""

from deploy.demo.attachments import csv, docx, marbled, pdf, photo, text, vcard
from deploy.demo.conversation import Conversation, note
from deploy.demo.people import ALMA, BRIGITTE, DANA, ELODIE, INES, MAYA, OLGA, OWEN, PIA, SOFIA, THEO
from deploy.demo.pictures import MOSS, kozo, lake, shelf

CONVERSATIONS: tuple[Conversation, ...] = tuple(
    note(sender, PIA, when, subject, content, words="", files=files)
    for (sender, when, subject, content, files) in (
        (
            MAYA,
            "15m",
            "Galleys are here",
            "Pia, 96 pages, three narrators, one of them a lighthouse. By Friday week?",
            (
                pdf(
                    "galleys.pdf",
                    "Field Notes 9, galleys",
                    "I have been switched on at dusk for ninety years.\n\nNobody asks what I read in between.",
                ),
            ),
        ),
        (
            INES,
            "210m",
            "Semicolons",
            "Dear Pia, the curator has removed all semicolons from the panels; I thought you should sit down first.",
            (),
        ),
        (
            OWEN,
            "1d 09:02",
            "Carrier pigeons",
            'Dear Pia, is it "the flock is" or "the flock are" when the flock disagrees with itself?',
            (),
        ),
        (
            ELODIE,
            "1d 15:40",
            "Relecture du prospectus",
            "Bonjour Pia, une page, deux langues, trois fautes que j’ai laissées exprès. Presque exprès.",
            (docx("prospectus.docx", "Livret d’automne\n250 copies, numbered\nA small booklet that took its time"),),
        ),
        (
            DANA,
            "2d 11:11",
            "A question of direction",
            "Dear Pia, when an English sentence visits a Hebrew one, who moves the full stop?",
            (),
        ),
        (
            BRIGITTE,
            "2d 16:20",
            "Klappentext",
            "Liebe Pia, siebenhundert Zeichen über ein Buch, das man in einem Satz erzählen kann. Hilfe?",
            (),
        ),
        (
            OLGA,
            "3d 08:15",
            "Labels in English",
            'Hello Pia! "Hand-marbled", "hand marbled" or "marbled by hand"? The stamp has room for 14 letters.',
            (marbled("label.png", MOSS),),
        ),
        (
            ALMA,
            "4d 23:50",
            "Translation, first chapter",
            "It is only nine pages but each of them has an aunt in it.",
            (text("chapter-1.txt", "My aunts arrived in order of volume.\n"),),
        ),
        (
            THEO,
            "5d 18:05",
            "L’enseigne",
            "Bonjour, Camille dit que vous relisez tout. Sur mon enseigne : « copeaux et compagnie », virgule ou pas ?",
            (),
        ),
        (
            SOFIA,
            "6d 10:00",
            "Programme, Athens",
            "Dear Pia, please be merciful with the second paragraph; the cat walked over it.",
            (),
        ),
        (
            MAYA,
            "8d 20:30",
            "Typesetter’s list",
            "Everything he wants to know, in his order, which is nobody else’s.",
            (
                csv(
                    "queries.csv",
                    (("page", "line", "query"), (12, 4, "dash?"), (31, 19, "is this a joke"), (77, 2, "whose hat")),
                ),
            ),
        ),
        (
            OWEN,
            "11d 07:50",
            "A photograph for your wall",
            "Since you said that nothing ever happens in your window.",
            (photo("valley.jpg", lake),),
        ),
        (
            INES,
            "14d 13:00",
            "Invitation to the opening",
            "Dear Pia, Thursday at seven, Casa das Folhas. You corrected the invitation, so you may as well use it.",
            (),
        ),
        (
            BRIGITTE,
            "20d 09:10",
            "Ihr Paket",
            "Drei Bücher, ein Lesezeichen und die Schokolade, nach der Sie nicht gefragt haben.",
            (photo("regal.jpg", shelf),),
        ),
        (
            ALMA,
            "26d 22:15",
            "A card",
            "The printer I told you about. She sets type in four alphabets and swears in five.",
            (vcard("printer.vcf", "Luz Marín", "luz@imprenta-marin.example", "Imprenta Marín", "+52-00-0000-0133"),),
        ),
        (
            DANA,
            "33d 12:45",
            "Paper that listens",
            "I have filled half of the notebook. The other half looks at me.",
            (photo("notebook.jpg", kozo),),
        ),
        (
            MAYA,
            "41d 19:00",
            "Rates",
            "Of course you may ask for more. You should have asked in spring; I had the sentence ready.",
            (),
        ),
        (OWEN, "58d 08:30", "The goose", "The goose on the invoice has a name now. It is Comma.", ()),
    )
)
