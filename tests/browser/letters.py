"""The mail that waits in the mailboxes of these tests."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a73000000104944415478"
    "9c63f8cfc000440c100a001fee03fd8b5f14d40000000049454e44ae426082"
)
PLAN = bytes(range(256)) * 300  # every octet, and more than one base64 line or network read
NEWSLETTER = """<html><head><style>h1 { color: #a33 }</style></head><body>
<table width="600"><tr><td><h1>Paper news</h1><p>Three <b>new</b> papers.</p><img src="cid:logo" alt="Logo">
<img src="https://tracker.test/open.gif" width="1" height="1">
<a href="https://paper.test/">Read more</a></td></tr></table>
</body></html>"""


def letter(subject: str, text: str = "Nothing new.", *, to: str = "", cc: str = "", age: int = 0) -> EmailMessage:
    """A mail from Gerda, `age` hours old."""
    mail = EmailMessage()
    mail["From"] = "Gerda Grün <gerda@elsewhere.test>"
    mail["To"] = to or "list@elsewhere.test"
    if cc:
        mail["Cc"] = cc
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC) - timedelta(hours=age))
    mail["Message-ID"] = make_msgid(domain="elsewhere.test")
    mail.set_content(text)
    return mail


def newsletter(subject: str) -> EmailMessage:
    """HTML with an inline picture and one that would be fetched from elsewhere."""
    mail = letter(subject, "Three new papers.")
    mail.add_alternative(NEWSLETTER, subtype="html")
    html = mail.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(PICTURE, "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    return mail


def with_plan(subject: str, *, to: str = "", cc: str = "") -> EmailMessage:
    mail = letter(subject, "The plan is attached.", to=to, cc=cc)
    mail.add_attachment(PLAN, "application", "octet-stream", filename="Plan für März.bin")
    return mail


def html(subject: str, body: str) -> EmailMessage:
    """`body` alone, as it stands."""
    mail = letter(subject)
    mail.set_content(body, subtype="html", cte="base64")
    return mail
