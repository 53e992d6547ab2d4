"""Trees of parts: nested, odd, broken; and mail of machines: reports, invitations, signatures."""

from tests.mime.specimens.writing import FROM, Specimen, file, html, message, multipart, text, within

PLAIN, PAGE = text("plain words"), html("<p>words of the page</p>")
BOTH = multipart("alternative", PLAIN, PAGE)
PDF = file("application/pdf; name=a.pdf", b"%PDF")
PICTURE = file("image/png", b"\x89PNG", disposition="inline", more="Content-ID: <p@x>\r\n")
INNER = message("inner", text("inner words"), sender="Carol <carol@example.com>")
FORWARDED = within(INNER)
PREAMBLE = multipart("mixed", PLAIN).replace(b"\r\n\r\n--", b"\r\n\r\nno words\r\n--", 1) + b"no words either"
SIGNATURE = file("application/pgp-signature; name=signature.asc", b"-----BEGIN PGP SIGNATURE-----")
SMIME = file("application/pkcs7-signature; name=smime.p7s", b"0\x80")
EVENT = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Lunch\r\nDTSTART:20261104T110000Z\r\nEND:VEVENT\r\n"
)
CALENDAR = f"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{EVENT}END:VCALENDAR".encode()
STATUS = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; b@c\r\n"
RECEIPT = b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; b@c\r\n"
HEADERS = b"Content-Type: text/rfc822-headers\r\n\r\nSubject: original\r\n"


def tree(name: str, entity: bytes, shown: str = "plain words", *files: str) -> Specimen:
    return Specimen(name, message("s", entity), "s", text=shown, files=files)


def nested(depth: int) -> bytes:
    entity = PLAIN
    for level in range(depth):
        entity = multipart("mixed", entity, boundary=f"level{level}x")
    return entity


def nested_messages(depth: int) -> bytes:
    raw = INNER
    for _ in range(depth):
        raw = message("outer", within(raw))
    return within(raw)


TREES = [
    tree("alternative", multipart("alternative", PLAIN, PAGE), "words of the page"),
    tree("alternative the wrong way round", multipart("alternative", PAGE, PLAIN), "words of the page"),
    tree("alternative of one", multipart("alternative", PLAIN)),
    tree("alternative in related", multipart("related", BOTH, PICTURE), "words of the page"),
    tree(
        "related in alternative",
        multipart("alternative", PLAIN, multipart("related", PAGE, PICTURE)),
        "words of the page",
    ),
    tree(
        "related in alternative in mixed",
        multipart("mixed", multipart("alternative", PLAIN, multipart("related", PAGE, PICTURE)), PDF),
        "words of the page",
        "a.pdf",
    ),
    tree("related with a file", multipart("related", PAGE, PICTURE, PDF), "words of the page", "a.pdf"),
    tree("picture alone", PICTURE, "", "image/png"),
    tree("picture before the words", multipart("mixed", PICTURE, PLAIN), "plain words", "image/png"),
    tree("file before the words", multipart("mixed", PDF, PLAIN), "plain words", "a.pdf"),
    tree("words around a file", multipart("mixed", PLAIN, PDF, text("more")), "plain words", "a.pdf"),
    tree("text as a file", multipart("mixed", PLAIN, file("text/plain; name=n.txt", b"n")), "plain words", "n.txt"),
    tree("page as a file", multipart("mixed", PLAIN, file("text/html; name=n.html", b"n")), "plain words", "n.html"),
    tree("text with a name alone", b"Content-Type: text/plain; name=n.txt\r\n\r\nplain words"),
    tree("text that is a file alone", file("text/plain; name=n.txt", b"n"), "", "n.txt"),
    tree("multipart of an unknown kind", multipart("x-odd", PLAIN, PDF), "plain words", "a.pdf"),
    tree("parallel", multipart("parallel", PLAIN, PDF), "plain words", "a.pdf"),
    tree(
        "appledouble",
        multipart("mixed", PLAIN, multipart("appledouble", file("application/applefile", b"x"), PDF, boundary="two")),
        "plain words",
        "application/applefile",
        "a.pdf",
    ),
    tree("form data", multipart("form-data", PLAIN, PDF), "plain words", "a.pdf"),
    tree("external body", b"Content-Type: message/external-body; access-type=URL\r\n\r\nContent-Type: x/y\r\n", "",
         "message/external-body"),
    tree("part of a message", b"Content-Type: message/partial; number=1; id=x\r\n\r\nwords", "", "message/partial"),
    tree("nested ten deep", nested(10)),
    tree("nested ninety deep", nested(90)),
    tree("many parts", multipart("mixed", PLAIN, *[PDF] * 50), "plain words", *["a.pdf"] * 50),
    tree("a forwarded message", multipart("mixed", PLAIN, FORWARDED), "plain words", "message/rfc822"),
    tree(
        "a forwarded message with a name",
        multipart("mixed", PLAIN, within(INNER, "Content-Disposition: attachment; filename=inner.eml\r\n")),
        "plain words",
        "inner.eml",
    ),
    tree("nothing but a forwarded message", FORWARDED, "", "message/rfc822"),
    tree("messages ten deep", nested_messages(10), "", "message/rfc822"),
    tree("a digest of two", multipart("digest", b"\r\n" + INNER, b"\r\n" + INNER), "", *["message/rfc822"] * 2),
    tree("an empty multipart", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--", "--b--"),
    tree("an empty page", html(""), ""),
    tree("a page of nothing seen", html("<style>x</style><script>y</script>"), ""),
    tree("boundary with spaces", multipart("mixed", PLAIN, PDF, boundary="a b c"), "plain words", "a.pdf"),
    tree("boundary that another begins with",
         multipart("mixed", multipart("mixed", PLAIN, boundary="aa"), PDF, boundary="a"), "plain words", "a.pdf"),
    tree("preamble and epilogue", PREAMBLE),
    tree("flowed", text("long \r\nline\r\n> quoted \r\n> on", more="; format=flowed"), "long line > quoted on"),
    tree("flowed with delsp", text("lo \r\nng", more="; format=flowed; delsp=yes"), "long"),
    tree("enriched", b"Content-Type: text/enriched\r\n\r\n<bold>plain words</bold>", "<bold>plain words</bold>"),
    tree("type in capitals", PLAIN.replace(b"text/plain", b"TEXT/PLAIN")),
    tree("type text alone", b"Content-Type: text\r\n\r\nplain words"),
    tree("type missing", b"\r\nplain words"),
    tree("type without syntax", b"Content-Type: a b c\r\n\r\nplain words"),
    tree("type without semicolon", b"Content-Type: text/plain charset=utf-8\r\n\r\nplain words"),
    tree("type without a subtype", b"Content-Type: pdf\r\n\r\nplain words", "", "application/octet-stream"),
    tree("type with spaces and comments", b"Content-Type: text (any) / plain (kind)\r\n\r\nplain words"),
    tree("type half", b"Content-Type: image/\r\n\r\nplain words"),
    tree("type twice", b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nplain words"),
]  # fmt: skip

MACHINES = [
    tree(
        "a bounce",
        multipart("report", PLAIN, STATUS, FORWARDED, more="; report-type=delivery-status"),
        "plain words",
        "message/delivery-status",
        "message/rfc822",
    ),
    tree(
        "a bounce with headers",
        multipart("report", PLAIN, STATUS, HEADERS),
        "plain words",
        "message/delivery-status",
        "text/rfc822-headers",
    ),
    tree(
        "a read receipt",
        multipart("report", PLAIN, RECEIPT, more="; report-type=disposition-notification"),
        "plain words",
        "message/disposition-notification",
    ),
    tree(
        "a complaint",
        multipart("report", PLAIN, b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n", FORWARDED),
        "plain words",
        "message/feedback-report",
        "message/rfc822",
    ),
    tree("an invitation", multipart("alternative", PLAIN, CALENDAR), "plain words", "text/calendar"),
    tree("an invitation alone", CALENDAR, "", "text/calendar"),
    tree(
        "an invitation as a file",
        multipart("mixed", PLAIN, file("application/ics; name=invite.ics", EVENT.encode())),
        "plain words",
        "invite.ics",
    ),
    tree(
        "signed with OpenPGP",
        multipart("signed", PLAIN, SIGNATURE, more='; protocol="application/pgp-signature"'),
        "plain words",
        "signature.asc",
    ),
    tree(
        "signed with S/MIME",
        multipart("signed", BOTH, SMIME, more='; protocol="application/pkcs7-signature"'),
        "words of the page",
        "smime.p7s",
    ),
    tree(
        "signed, with a footer of the list",
        multipart("mixed", multipart("signed", PLAIN, SMIME), text("footer")),
        "plain words",
        "smime.p7s",
    ),
    tree(
        "encrypted with OpenPGP",
        multipart(
            "encrypted",
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
            b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----",
            more='; protocol="application/pgp-encrypted"',
        ),
        "",
        "application/pgp-encrypted",
        "encrypted.asc",
    ),
    tree(
        "encrypted with S/MIME",
        file("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"0\x80"),
        "",
        "smime.p7m",
    ),
    tree(
        "signed within the text",
        text("-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nplain words\r\n-----BEGIN PGP SIGNATURE-----\r\n"),
        "-----BEGIN PGP SIGNED MESSAGE----- plain words",
    ),
    Specimen("from a machine without a name", message("s", PLAIN, sender="<noreply@x.org>"), "s", "noreply@x.org",
             "plain words"),
    Specimen("to nobody", f"From: {FROM}\r\nSubject: s\r\n\r\nplain words\r\n".encode(), "s", FROM, "plain words"),
]  # fmt: skip
SPECIMENS = [*TREES, *MACHINES]
