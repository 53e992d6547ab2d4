"""Subjects and senders: RFC 2047 words split, adjacent and wrong, raw octets, fields missing, twice and absurd."""

from tests.mime.specimens.writing import FROM, Specimen, message, octets, simple, text


def bare(name: str, header: str | bytes, subject: str = "", sender: str = "", body: str = "words") -> Specimen:
    """With nothing in the header but this."""
    return Specimen(name, octets(header) + b"\r\n" + octets(body) + b"\r\n", subject, sender, body)


SPECIMENS = [
    simple("word in base64", "=?UTF-8?B?w4l0w6k=?=", "Été"),
    simple("word in quoted-printable", "=?iso-8859-1?Q?=C9t=E9_2026?=", "Été 2026"),
    simple("words adjacent", "=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"),
    simple("words on lines of their own", "=?utf-8?q?one?=\r\n\t=?utf-8?q?two?=\r\n =?utf-8?q?three?=", "onetwothree"),
    simple("words that cut a character", "=?utf-8?b?Y2Fmww==?= =?utf-8?b?qQ==?=", "café"),
    simple("words that cut a character in quoted-printable", "=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
    simple("word of another charset beside", "=?koi8-r?b?8NLJ18XU?= =?utf-8?q?_caf=C3=A9?=", "Привет café"),
    simple("word within text", "Re: =?utf-8?q?=C3=A9t=C3=A9?= 2026", "Re: été 2026"),
    simple("word without space around", "[list]=?utf-8?q?=C3=A9t=C3=A9?=!", "[list]été!"),
    simple("word with spaces", "=?utf-8?q?a word with spaces?=", "a word with spaces"),
    simple("word with a language", "=?utf-8*fr?q?=C3=A9t=C3=A9?=", "été"),
    simple("word of an unknown charset", "=?x-nobody?q?caf=E9?=", "café"),
    simple("word of a wrong charset", "=?us-ascii?q?caf=C3=A9?=", "café"),
    simple("word without padding", "=?utf-8?b?w6k?=", "é"),
    simple("word with damaged base64", "=?utf-8?b?w6*k=\x01?= after", "é after"),
    simple("word of one digit", b"=?+?b?/\x01?=\t\x01 x", "x"),
    simple("word of an unknown encoding", "=?utf-8?z?abc?=", "=?utf-8?z?abc?="),
    simple("word never closed", "=?utf-8?q?abc", "=?utf-8?q?abc"),
    simple("word far too long", f"=?utf-8?q?{'x' * 300}?=", "x" * 300),
    simple("word that would add a field", "=?utf-8?q?a=0D=0ABcc:_x@y?=", "a Bcc: x@y"),
    simple("word in ISO-2022-JP", "=?ISO-2022-JP?B?GyRCJCIbKEI=?=", "あ"),
    simple("word in UTF-7", "=?utf-7?q?+AOk-?=", "é"),
    simple("subject in raw UTF-8", "Été à Zürich", "Été à Zürich"),
    simple("subject in raw Latin-1", "Déjà vu à Orléans".encode("latin-1"), "Déjà vu à Orléans"),
    simple("subject in raw KOI8-R", "Встреча завтра в девять".encode("koi8-r"), "Встреча завтра в девять"),
    simple("subject in raw Shift_JIS", "明日の会議について".encode("cp932"), "明日の会議について"),
    simple("subject folded", "a very\r\n long\r\n\tsubject", "a very long subject"),
    simple("subject that turns the writing", "invoice \u202egnp.exe", "invoice gnp.exe"),
    simple("subject of spaces", "   ", ""),
    simple("sender with a word", "s", "s", "=?utf-8?q?J=C3=B6rg?= <j@example.org>", "Jörg <j@example.org>"),
    simple("sender with a quoted word", "s", "s", '"=?utf-8?q?J=C3=B6rg?=" <j@example.org>', "Jörg <j@example.org>"),
    simple("sender in raw UTF-8", "s", "s", "Jörg <j@example.org>", "Jörg <j@example.org>"),
    simple("sender with a comma", "s", "s", '"Archer, Ann" <ann@example.org>', '"Archer, Ann" <ann@example.org>'),
    simple("sender without angles", "s", "s", "ann@example.org (Ann)", "Ann <ann@example.org>"),
    simple("sender in a group", "s", "s", "Us: ann@example.org;", "ann@example.org"),
    simple("sender of nothing", "s", "s", "<>", ""),
    bare("subject missing", f"From: {FROM}\r\n", "", FROM),
    bare("sender missing", "Subject: s\r\n", "s"),
    bare("header of nothing known", "X-A: b\r\n"),
    bare("subject twice", f"From: {FROM}\r\nSubject: first\r\nSubject: second\r\n", "first", FROM),
    bare("sender twice", "From: a@example.org\r\nFrom: b@example.org\r\n", "", "a@example.org, b@example.org"),
    bare("date absurd", "Date: Thu, 99 Foo 20262 99:99:99 +9999\r\nSubject: s\r\n", "s"),
    bare("date before mail", "Date: Mon, 1 Jan 0001 00:00:00 +0000\r\nSubject: s\r\n", "s"),
    bare("names in capitals", "FROM: a@example.org\r\nSUBJECT: s\r\n", "s", "a@example.org"),
    bare("space before the colon", "From : a@example.org\r\nSubject : s\r\n", "s", "a@example.org"),
    bare("line feeds alone", "From: a@example.org\nSubject: s\n", "s", "a@example.org"),
    Specimen("nothing but an empty line", b"\r\n", "", ""),
    Specimen("nothing but a subject", b"Subject: s\r\n", "s", ""),
    Specimen("many headers", b"X-A: b\r\n" * 500 + message("s", text("words")), "s", FROM, "words"),
]
