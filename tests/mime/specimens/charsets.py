"""Texts in the charsets of the world: labelled, labelled wrong, not labelled at all."""

import base64

from tests.mime.specimens.writing import Specimen, html, message, quoted, text

RUSSIAN = "Уважаемые коллеги, напоминаем вам о собрании в среду."
JAPANESE = "お世話になっております。明日の会議は十時からです。"
CHINESE = "你好，会议改到星期三下午三点。"
FRENCH = "Le café crème et le thé sont déjà prêts à Orléans."
CZECH = "Dobrý den, zítra v deset hodin se sejdeme v kanceláři, přineste prosím všechny smlouvy."

LABELLED = [
    ("iso-8859-1", "latin-1", FRENCH),
    ("ISO-8859-15", "iso8859-15", "Cela coûte 5 €, cœur inclus."),
    ("windows-1252", "cp1252", "“Quoted” – with dashes…"),
    ("iso-8859-1", "cp1252", "“Labelled” less than it is…"),
    ("iso-8859-2", "iso8859-2", CZECH),
    ("windows-1250", "cp1250", CZECH),
    ("iso-8859-5", "iso8859-5", RUSSIAN),
    ("IBM866", "cp866", RUSSIAN),
    ("x-mac-cyrillic", "mac-cyrillic", RUSSIAN),
    ("koi8-u", "koi8-u", "Шановні колеги, нагадуємо про збори."),
    ("iso-8859-7", "iso8859-7", "Καλημέρα, η συνάντηση είναι την Τετάρτη."),
    ("windows-1254", "cp1254", "Değerli müşterimiz, siparişiniz yarın ulaşacak."),
    ("windows-1257", "cp1257", "Gerbiamas kliente, jūsų užsakymas išsiųstas šiandien."),
    ("windows-1258", "cp1258", "Xin chào"),
    ("tis-620", "cp874", "สวัสดีครับ ประชุมวันพุธ"),
    ("gbk", "gbk", CHINESE),
    ("gb18030", "gb18030", CHINESE + "𠀀"),
    ("HZ-GB-2312", "hz", "你好"),
    ("euc-jp", "euc-jp", JAPANESE),
    ("iso-2022-kr", "iso2022-kr", "안녕하세요"),
    ("utf-7", "utf-7", "Grüße"),
    ("utf-16", "utf-16", "Grüße"),
    ("utf-32", "utf-32", "Grüße"),
    ("macintosh", "mac-roman", "Déjà vu"),
    ("cp437", "cp437", "Grüße"),
]
UNLABELLED = [
    ("utf-8", FRENCH), ("latin-1", FRENCH), ("koi8-r", RUSSIAN), ("cp1251", RUSSIAN), ("cp1250", CZECH),
    ("cp1255", "שלום, הפגישה ביום רביעי בבוקר."), ("cp1256", "مرحبا، الاجتماع يوم الأربعاء صباحا."),
    ("cp932", JAPANESE), ("euc-jp", JAPANESE), ("iso2022-jp", JAPANESE), ("gb18030", CHINESE),
    ("big5", "您好，附件是報價單，請查收。"), ("euc-kr", "안녕하세요. 회의는 수요일입니다."),
    ("cp874", "สวัสดีครับ ประชุมวันพุธ"),
]  # fmt: skip
MISLABELLED = [
    ("iso-8859-1", "utf-8", FRENCH),
    ("us-ascii", "utf-8", FRENCH),
    ("us-ascii", "latin-1", FRENCH),
    ("iso-8859-1", "koi8-r", RUSSIAN),
    ("windows-1252", "cp1251", RUSSIAN),
    ("utf-8", "cp1251", RUSSIAN),
    ("utf-8", "latin-1", FRENCH),
    ("x-unknown", "utf-8", FRENCH),
    ("unicode", "utf-8", FRENCH),
    ("rot13", "latin-1", FRENCH),
    ("utf-8; charset=utf-16", "utf-8", FRENCH),
]


def encoded(name: str, body: str, charset: str, codec: str) -> Specimen:
    entity = text(base64.encodebytes(body.encode(codec)), charset, "base64")
    return Specimen(name, message("charset", entity), "charset", text=body)


def eight_bit(name: str, body: str, header: str, codec: str) -> Specimen:
    return Specimen(name, message("charset", header, "", body.encode(codec)), "charset", text=body)


SPECIMENS = [
    *(encoded(f"{codec} labelled {charset}", body, charset, codec) for charset, codec, body in LABELLED),
    *(eight_bit(f"{codec} unlabelled", body, "Content-Type: text/plain", codec) for codec, body in UNLABELLED),
    *(encoded(f"{codec} mislabelled {charset}", body, charset, codec) for charset, codec, body in MISLABELLED),
    eight_bit("utf-8 without any header of MIME", FRENCH, "X-A: b", "utf-8"),
    Specimen(
        "html that names its charset itself",
        message("s", "Content-Type: text/html", "", f"<meta charset=koi8-r><p>{RUSSIAN}</p>".encode("koi8-r")),
        "s",
        text=RUSSIAN,
    ),
    Specimen("html with entities", message("s", html("caf&eacute; &#8364; &amp;")), "s", text="café € &"),
    Specimen("byte order mark", message("s", text(b"\xef\xbb\xbfwords")), "s", text="words"),
    Specimen(
        "a damaged octet", message("s", text(quoted(FRENCH.encode() + b" \xff"), encoding="quoted-printable")), "s",
        text=FRENCH + " \ufffd",
    ),
]  # fmt: skip
