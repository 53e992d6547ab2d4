"""From a message to the beginnings of its answer: recipients, subject, thread (RFC 5322, 3.6.2 to 3.6.4), quoted text.
Pure: the introduction comes translated, and what the reader's own addresses are comes from the account."""

import re
from collections.abc import Collection, Iterable, Iterator

from webmail.mime.types import Address, Attachment, Headers, Letter

REFERENCES_LIMIT = 30  # the thread's first and its latest; some servers refuse headers of many kB
QUOTE_LIMIT = 200_000  # characters

# What mailers of several languages put before an answer's subject.
_ANSWER = re.compile(
    r"\s*(?:re|rép|aw|antw|sv|odp|ответ|回复|答复)(?:\s*[\[(]\d+[\])]|\s*\^\d+)?\s*[:：]\s*", re.IGNORECASE
)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|转发)\s*[:：]\s*", re.IGNORECASE)


def reply(headers: Headers, *, text: str, own: Collection[str], sender: Address, everyone: bool, intro: str) -> Letter:
    """An answer. `text` is the plain text of the message, `own` the reader's addresses in lower case, `intro` the
    translated line before the quote. Answering one's own message goes to whom it was sent to."""
    is_own = any(_is_one_of(address, own) for address in headers.sender)
    to = headers.to if is_own else headers.reply_to or headers.sender
    cc: Iterable[Address] = ()
    if everyone:
        cc = headers.cc if is_own else (*headers.to, *headers.cc)
    to = _distinct(to)
    taken = {address.address.lower() for address in to} | set(own)
    return Letter(
        sender=sender,
        to=to,
        cc=tuple(address for address in _distinct(cc) if address.address.lower() not in taken),
        subject=f"Re: {_ANSWER.sub('', headers.subject, count=1)}".strip(),
        text=f"\n\n{intro}\n{quote(text)}" if text.strip() else "",
        in_reply_to=headers.message_id,
        references=thread_of(headers),
    )


def forward(
    headers: Headers, *, text: str, sender: Address, intro: str, attachments: tuple[Attachment, ...] = ()
) -> Letter:
    """The message passed on, its text below `intro` (the translated line or lines that say whose it was). It begins a
    thread of its own."""
    already = _FORWARD.match(headers.subject)
    return Letter(
        sender=sender,
        subject=headers.subject if already else f"Fwd: {headers.subject}".strip(),
        text=f"\n\n{intro}\n\n{text[:QUOTE_LIMIT]}",
        attachments=attachments,
    )


def is_forwarded(subject: str) -> bool:
    """Whether the subject says that a message was passed on."""
    return bool(_FORWARD.match(subject))


def quote(text: str) -> str:
    """Each line behind ">", without the signature and the empty lines at the end."""
    return "\n".join(_quoted_lines(text[:QUOTE_LIMIT]))


def _quoted_lines(text: str) -> Iterator[str]:
    body = re.split(r"(?m)^-- ?$", "\n".join(text.splitlines()))[0]
    for line in body.strip("\n").split("\n"):
        line = line.rstrip()
        yield f">{line}" if line.startswith(">") else f"> {line}".rstrip()


def _is_one_of(address: Address, own: Collection[str]) -> bool:
    return address.address.lower() in own


def _distinct(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Each address once, the first one with its name; those that can't be written to are left out."""
    found: dict[str, Address] = {}
    for address in addresses:
        if "@" in address.address:
            found.setdefault(address.address.lower(), address)
    return tuple(found.values())


def thread_of(headers: Headers) -> tuple[str, ...]:
    """The thread so far and the message itself (RFC 5322, 3.6.4)."""
    thread = headers.references or ((headers.in_reply_to,) if headers.in_reply_to else ())
    if headers.message_id:
        thread = (*(identifier for identifier in thread if identifier != headers.message_id), headers.message_id)
    return thread if len(thread) <= REFERENCES_LIMIT else (thread[0], *thread[1 - REFERENCES_LIMIT :])
