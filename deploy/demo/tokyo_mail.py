"""Yuki's mail with people outside the demo: suppliers, customers, family, in Japanese and English."""

# ruff: noqa: E501 (a paragraph of a mail is one line, as it is sent)

from deploy.demo.attachments import archive, bitmap_tiff, chime, csv, docx, pdf, photo, text, vcard, xlsx
from deploy.demo.conversation import Conversation, Turn, note
from deploy.demo.people import ALMA, DANA, HARUTO, HUONG, INES, KEIKO, MAYA, OLGA, OWEN, YUKI
from deploy.demo.pictures import kozo, lake, shelf

CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "楮の入荷について",
        (KEIKO, YUKI),
        (
            Turn(
                KEIKO,
                "12d 02:10",
                """佐藤様

いつもお世話になっております。神谷紙業の神谷です。

土佐の楮が予定より一週間早く入りました。今年は繊維が長く、白さも十分です。三十キロ取り置いてありますので、ご都合のよい日にお越しください。""",
                (csv("kozo-stock.csv", (("産地", "kg", "円/kg"), ("土佐", 30, 4200), ("那須", 12, 5100))),),
            ),
            Turn(
                YUKI, "11d 01:30", "神谷様\n\nご連絡ありがとうございます。火曜の朝に伺います。おはぎを持って行きます。"
            ),
            Turn(KEIKO, "11d 02:05", "おはぎと聞いて、社員一同、火曜の予定を空けました。"),
            Turn(
                KEIKO,
                "70m",
                """佐藤様

先ほどお話しした紙の見本を、本日お送りしました。光に透かしてご覧ください。""",
                (photo("mihon.jpg", kozo),),
            ),
        ),
        {"yuki": "INBOX"},
        unread=1,
        words="flagged",
    ),
    note(
        HARUTO,
        YUKI,
        "1d 12:40",
        "おじさんの柿",
        """姉さんへ

おじさんの柿が届きました。四十二個あります。干すのを手伝いに来てください。ひとりでは終わりません。

陽翔""",
        words="",
        files=(photo("kaki.jpg", shelf),),
    ),
    Conversation(
        "Grandfather’s mould",
        (OWEN, YUKI),
        (
            Turn(
                OWEN,
                "29d 11:10",
                "Dear Yuki,\n\nthe photograph you sent: is the mould really held together with persimmon juice? My daughters have a bet running.",
            ),
            Turn(YUKI, "28d 02:20", "Dear Owen,\n\nit is. Green persimmon, pressed and aged three years. Who wins?"),
            Turn(OWEN, "27d 09:00", "The younger one. She now wants to tan the kitchen chairs."),
        ),
        {"yuki": "Archive"},
        words="flagged",
    ),
    Conversation(
        "Forty sheets for Porto",
        (INES, YUKI),
        (
            Turn(
                INES,
                "16d 13:33",
                "Dear Yuki, would you lend us forty sheets for the second room, hung from the ceiling, low enough to be touched?",
            ),
            Turn(
                YUKI,
                "15d 04:02",
                "Dear Inês, paper is happiest when touched. Forty sheets, and four for the children who pull.",
                (
                    xlsx(
                        "loan-list.xlsx",
                        (
                            ("No.", "Sheet", "Weight"),
                            (1, "kozo, undyed", 55),
                            (2, "kozo, indigo", 55),
                            (3, "gampi", 23),
                        ),
                    ),
                ),
            ),
            Turn(
                INES,
                "3d 10:21",
                "The children already have their four in mind. The loan agreement is attached, two signatures please.",
                (
                    pdf(
                        "loan-agreement.pdf",
                        "Loan agreement",
                        "Forty sheets of handmade paper, to be touched.\nFrom the opening to the last day.\n\n"
                        "The borrower will send back whatever is left, with thanks.",
                    ),
                ),
            ),
        ),
        {"yuki": "和紙"},
        unread=1,
    ),
    note(
        ALMA,
        YUKI,
        "6d 22:40",
        "Bark from another tree",
        """Dear Yuki,

I beat fig bark with a stone and you boil mulberry, and we end up with cousins. Shall we exchange ten sheets? I like the idea of them meeting over the Pacific.""",
        "和紙",
        words="seen answered",
        files=(photo("amate-drying.jpg", kozo),),
    ),
    note(
        YUKI,
        ALMA,
        "5d 03:10",
        "Re: Bark from another tree",
        "Dear Alma,\n\nten sheets leave tomorrow. I wrote a greeting on the smallest, in case customs asks them something.",
    ),
    note(
        HUONG,
        YUKI,
        "10d 04:44",
        "Silk thread for the screens",
        "Chị Yuki, the thread for the mould screens is ready: 900 metres, undyed, twisted twice. Ship now or with the lanterns?",
        "和紙",
        files=(csv("silk.csv", (("thread", "m", "USD"), ("undyed, 2 ply", 900, 54))),),
    ),
    note(
        OLGA,
        YUKI,
        "23d 09:05",
        "Marbling on washi",
        "Dear Yuki, I tried your paper in my tray. The colour went in like a guest who takes off his shoes. More, please.",
        "和紙",
        words="seen flagged",
    ),
    note(
        MAYA,
        YUKI,
        "30d 18:00",
        "Reading in Tokyo, perhaps",
        "Dear Yuki, we may bring Field Notes to Tokyo next year. Do you know a small room with bad chairs and good light?",
        "Travel",
    ),
    note(
        YUKI,
        MAYA,
        "29d 03:00",
        "Re: Reading in Tokyo, perhaps",
        "I know four. The worst chairs are in Yanaka.",
        files=(vcard("yanaka-room.vcf", "Ogawa Rin", "rin@yanaka-room.example", "Yanaka Room", "+81-3-5550-0122"),),
    ),
    note(
        DANA,
        YUKI,
        "8d 15:15",
        "A notebook asks for its mother",
        "Dear Yuki,\n\nCamille says the paper of my notebook is yours. It listens to the pen. I thought its mother should know.",
    ),
    note(
        KEIKO,
        YUKI,
        "40d 01:00",
        "請求書（十月分）",
        "佐藤様\n\n十月分の請求書をお送りします。ご確認のほど、よろしくお願いいたします。",
        "Archive",
        files=(
            pdf("invoice-1031.pdf", "Kamiya Shigyo, invoice 1031", "Kozo, Tosa, 25 kg: 105,000 JPY\nPaid with thanks."),
        ),
    ),
    Conversation(
        "Workshop for the school",
        (YUKI, HARUTO),
        (
            Turn(
                YUKI,
                "35d 01:20",
                "陽翔へ\n\n小学校の紙すき教室、今年も手伝ってくれますか。二十四人です。去年より四人多いです。",
                (docx("kamisuki.docx", "紙すき教室\n持ち物：タオル、着替え、元気\n一人二枚"),),
            ),
            Turn(HARUTO, "35d 11:50", "もちろん。でも去年みたいに頭から水をかぶるのは、今年は姉さんの番です。"),
        ),
        {"yuki": "Workshops"},
    ),
    note(
        INES,
        YUKI,
        "50d 14:00",
        "Sound of the vat",
        "Dear Yuki, could we use a recording of the workshop in the first room? Something like this, but wetter.",
        "Workshops",
        files=(chime("first-room.wav", (294, 330, 440, 392)),),
    ),
    note(
        OLGA,
        YUKI,
        "62d 10:30",
        "Notes from the marbling day",
        "Everything I said, and some of what I meant.",
        "Workshops",
        files=(text("notes.txt", "Size: carrageen, one night\nColour: less\nPatience: more\n"),),
    ),
    note(
        HARUTO,
        YUKI,
        "400d 11:00",
        "引っ越しました",
        "新しい住所です。川が見えます。おじさんは魚が見えると言っています。",
        "Archive",
        words="seen flagged",
    ),
    note(
        OWEN,
        YUKI,
        "900d 10:00",
        "From one papermaker to another",
        "Dear Miss Sato, you don’t know me, but I have one of your sheets on my desk and can’t stop turning it over.",
        "Archive",
        words="seen flagged",
    ),
    note(
        KEIKO,
        YUKI,
        "250d 03:00",
        "工場の写真",
        "昨日の見学の写真です。",
        "Archive",
        files=(archive("photos.zip", (photo("lake.jpg", lake), photo("paper.jpg", kozo))), bitmap_tiff("scan.tif")),
    ),
    note(YUKI, HARUTO, "1d 13:10", "Re: おじさんの柿", "土曜に行きます。紐を用意しておいてください。"),
    note(YUKI, KEIKO, "25m", "御礼", "神谷様\n\n見本が届きました。早速光に透かしてみたところ、", "Drafts"),
    note(
        YUKI,
        INES,
        "2d 02:45",
        "Loan agreement",
        "Dear Inês,\n\nsigned and on its way. About the four for the children:",
        "Drafts",
    ),
    note(HARUTO, YUKI, "55d 12:00", "間違えました", "さっきのメールは先生宛てでした。忘れてください。", "Trash"),
    note(
        MAYA, YUKI, "77d 17:00", "Old programme", "Ignore the first file, the second one has the right year.", "Trash"
    ),
)
