"""Raw messages for the tests of this room."""

from base64 import encodebytes

PLAIN = (
    b"From: Ann Lee <ann@example.org>\r\nTo: alice@example.org\r\nSubject: Tea at four\r\n"
    b"Date: Tue, 14 Oct 2025 13:58:00 +0200\r\nMessage-ID: <tea@example.org>\r\n\r\nBring the blue cups.\r\n"
)


def plain(
    subject: str = "Hello", *, sender: str = "Ann Lee <ann@example.org>", text: str = "Text.", more: str = ""
) -> bytes:
    """A small message of today."""
    head = f"From: {sender}\r\nTo: Alice <alice@example.org>\r\nSubject: {subject}\r\n{more}"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def with_file(subject: str = "With a file", content: bytes = b"%PDF-1.4 not really", name: str = "plan.pdf") -> bytes:
    """Text and one attached file."""
    head = (
        f"From: Ben <ben@example.org>\r\nTo: alice@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\n'
        "Content-Type: text/plain\r\n\r\nSee the plan.\r\n--b1\r\n"
        f'Content-Type: application/pdf; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + encodebytes(content).replace(b"\n", b"\r\n") + b"--b1--\r\n"


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def html_with_picture(html: str, picture: bytes = PIXEL, kind: str = "image/png", name: str = "dot.png") -> bytes:
    """HTML with one related part, cid:dot."""
    head = (
        "From: News <news@example.org>\r\nTo: alice@example.org\r\nSubject: Letter\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; boundary="r1"\r\n\r\n--r1\r\n'
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--r1\r\n"
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <dot>\r\n"
        f'Content-Disposition: inline; filename="{name}"\r\n\r\n'
    )
    return head.encode() + encodebytes(picture).replace(b"\n", b"\r\n") + b"--r1--\r\n"
