"""Names of files in all their spellings, files outside of MIME, content with damage."""

import base64

from tests.mime.specimens.writing import Specimen, file, message, multipart, quoted, text
from tests.mime.wrapping import uuencoded, winmail, yencoded


def named(name: str, disposition: str | bytes, shown: str, kind: str = "application/pdf") -> Specimen:
    """`disposition` is what follows "attachment"."""
    spelled = disposition.encode() if isinstance(disposition, str) else disposition
    attachment = file(kind, b"%PDF", disposition="", more="").replace(
        b"\r\n\r\n", b"\r\nContent-Disposition: attachment%b\r\n\r\n" % spelled, 1
    )
    raw = message("s", multipart("mixed", text("words"), attachment))
    return Specimen(name, raw, "s", text="words", files=(shown,))


NAMES = [
    named("name plain", "; filename=report.pdf", "report.pdf"),
    named("name quoted", '; filename="my report.pdf"', "my report.pdf"),
    named("name quoted with escapes", r'; filename="a \"b\" c.pdf"', "a _b_ c.pdf"),
    named("name with spaces unquoted", "; filename=my report.pdf", "my report.pdf"),
    named("name of RFC 2231", "; filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
    named("name of RFC 2231 in KOI8-R", "; filename*=koi8-r'ru'%F0%D2%C9%D7%C5%D4.pdf", "Привет.pdf"),
    named("name continued", '; filename*0="long "; filename*1="name.pdf"', "long name.pdf"),
    named("name continued and encoded", "; filename*0*=utf-8''%C3%A9t; filename*1*=%C3%A9.pdf", "été.pdf"),
    named("name continued out of order", '; filename*1=".pdf"; filename*0="a"', "a.pdf"),
    named("name that cuts a character", "; filename*0*=utf-8''%C3; filename*1*=%A9.pdf", "é.pdf"),
    named("name both ways", "; filename=plain.pdf; filename*=utf-8''%C3%A9.pdf", "é.pdf"),
    named("name in a word", '; filename="=?utf-8?q?=C3=A9t=C3=A9.pdf?="', "été.pdf"),
    named("name in two words", '; filename="=?utf-8?b?w6k=?= =?utf-8?q?t=C3=A9.pdf?="', "été.pdf"),
    named("name in a word unquoted", "; filename==?utf-8?q?=C3=A9t=C3=A9.pdf?=", "été.pdf"),
    named("name in raw UTF-8", '; filename="résumé.pdf"', "résumé.pdf"),
    named("name in raw Latin-1", '; filename="résumé.pdf"'.encode("latin-1"), "résumé.pdf"),
    named("name folded", ';\r\n\tfilename="my\r\n report.pdf"', "my report.pdf"),
    named("name in capitals", "; FILENAME=Report.PDF", "Report.PDF"),
    named("name of the type only", "", "typed.pdf", 'application/pdf; name="typed.pdf"'),
    named("name in both fields", "; filename=disposed.pdf", "disposed.pdf", 'application/pdf; name="typed.pdf"'),
    named("name that is a path", '; filename="../../etc/passwd"', "_.._etc_passwd"),
    named("name that is a Windows path", r'; filename="C:\\Users\\a.pdf"', "C__Users_a.pdf"),
    named("name of dots", '; filename="..."', "application/pdf"),
    named("name never closed", '; filename="report.pdf', "application/pdf"),
    named("name that turns the writing", '; filename="a\u202efdp.exe"', "afdp.exe"),
    named("name too long", f'; filename="{"x" * 400}.pdf"', "x" * 196 + ".pdf"),
    named("name missing", "", "application/pdf"),
]

WINMAIL = winmail(subject="s", text="words", files=[("Übersicht.pdf", b"%PDF"), ("b.txt", b"b")])

OUTSIDE = [
    Specimen(
        "uuencode in text",
        message("s", text(b"words\r\n" + uuencoded("été.bin", b"\0" * 100) + b"after")),
        "s",
        text="words after",
        files=("été.bin",),
    ),
    Specimen("uuencode alone", message("s", text(uuencoded("a.bin", b"x"))), "s", files=("a.bin",)),
    Specimen(
        "uuencode twice",
        message("s", text(uuencoded("a", b"x") + b"and\r\n" + uuencoded("b", b"y"))),
        "s",
        text="and",
        files=("a", "b"),
    ),
    Specimen(
        "uuencode without a header of MIME",
        b"Subject: s\r\n\r\nwords\r\n" + uuencoded("a.bin", bytes(range(200))),
        "s",
        "",
        "words",
        ("a.bin",),
    ),
    Specimen(
        "uuencode as a transfer encoding",
        message("s", multipart("mixed", text("words"), text(uuencoded("a.bin", b"x"), encoding="x-uuencode"))),
        "s",
        text="words",
    ),
    Specimen(
        "yenc in text",
        message("s", text(b"words\r\n" + yencoded("a.bin", bytes(range(256))), "iso-8859-1")),
        "s",
        text="words",
        files=("a.bin",),
    ),
    Specimen("words like uuencode", message("s", text("begin 644 times\r\nagain")), "s", text="begin 644 times again"),
    Specimen(
        "winmail.dat",
        message("s", multipart("mixed", text("words"), file("application/ms-tnef; name=winmail.dat", WINMAIL))),
        "s",
        text="words",
        files=("winmail.dat", "winmail.dat/Übersicht.pdf", "winmail.dat/b.txt"),
    ),
    Specimen(
        "winmail.dat by its name",
        message("s", multipart("mixed", text("words"), file("application/octet-stream; name=WINMAIL.DAT", WINMAIL))),
        "s",
        text="words",
        files=("WINMAIL.DAT", "WINMAIL.DAT/Übersicht.pdf", "WINMAIL.DAT/b.txt"),
    ),
    Specimen(
        "winmail.dat alone",
        message("s", file("application/ms-tnef; name=winmail.dat", WINMAIL)),
        "s",
        files=("winmail.dat", "winmail.dat/Übersicht.pdf", "winmail.dat/b.txt"),
    ),
    Specimen(
        "winmail.dat damaged",
        message("s", file("application/ms-tnef; name=winmail.dat", WINMAIL[:200])),
        "s",
        files=("winmail.dat", "winmail.dat/Übersicht.pdf"),
    ),
]

BASE64 = base64.encodebytes("Hello, café, this is a longer line of text in base64.".encode())


def damaged(name: str, body: bytes, encoding: str, shown: str) -> Specimen:
    return Specimen(name, message("s", text(body, encoding=encoding)), "s", text=shown)


DAMAGE = [
    damaged("base64 without padding", BASE64.rstrip(b"=\n"), "base64", "Hello, café, this is a longer line"),
    damaged("base64 in one line", BASE64.replace(b"\n", b""), "base64", "Hello, café, this is a longer line"),
    damaged("base64 with foreign letters", b"SGVs*bG8h\0\x80\r\n", "base64", "Hello!"),
    damaged("base64 cut off", BASE64[:21], "base64", "Hello, café, t"),
    damaged("base64 with a footer", BASE64 + b"-- \r\n", "base64", "Hello, café, this is a longer line"),
    damaged("base64 in capitals", BASE64, "BASE64", "Hello, café"),
    damaged("quoted-printable in small letters", b"caf=c3=a9", "quoted-printable", "café"),
    damaged("quoted-printable with lone signs", b"1=1, a==b, 100%=", "quoted-printable", "1=1, a==b, 100%"),
    damaged("quoted-printable with spaces at the end", b"one =  \r\ntwo", "quoted-printable", "one two"),
    damaged("quoted-printable unencoded", "café = coffee".encode(), "quoted-printable", "café = coffee"),
    damaged("quoted-printable in long lines", quoted(b"x" * 200).replace(b"=\r\n", b""), "quoted-printable", "xxxx"),
    damaged("eight bits labelled seven", "café".encode(), "7bit", "café"),
    damaged("binary", "café".encode(), "binary", "café"),
    damaged("encoding unknown", "café".encode(), "x-nobody", "café"),
    damaged("encoding with a comment", BASE64, "base64 (really)", "Hello, café"),
    damaged("lines far too long", b"x" * 20_000, "8bit", "x" * 1000),
    damaged("carriage returns alone", b"one\rtwo", "8bit", "one two"),
    damaged("zeros", b"one\0two", "8bit", "onetwo"),
]
SPECIMENS = [*NAMES, *OUTSIDE, *DAMAGE]
