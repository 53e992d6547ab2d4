"""The reading pane's HTML.

views/messages.py → present(), the values → written(): people and notes as fragments, then all texts into the pattern of
_message.html (patterns.py). Nothing is remembered of a message; only _above.html, for what most mails have nothing of,
is written by the engine.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Folder, Message
from webmail.mailbox.patterns import fill
from webmail.mailbox.presented import moments, to_line
from webmail.mailbox.rows import is_machine
from webmail.mime.types import Address, Headers
from webmail.templatetags.interface import file_size, hue, initials

PASSED_ON = ("subject", "place", "answers", "act_url", "back_url", "suffix", "number", "q", "targets")


def written(request: HttpRequest, context: Mapping[str, Any]) -> SafeString:
    """_message.html of what present() and message_context() tell."""
    message: Message = context["message"]
    token = get_token(request)
    notes = get_template("mailbox/_above.html").render({**context, "csrf_token": token})
    texts = {name: context[name] for name in PASSED_ON} | _texts(context["account"], message)
    texts |= {"csrf_token": token, "notes": notes, "text": mark_safe(context["shown"].html)}  # noqa: S308 (shown.py)
    texts |= {"above": _beside(context, context["shown"].above), "below": _beside(context, context["shown"].below)}
    return fill("mailbox/_message.html", texts, **_states(context))


def _beside(context: Mapping[str, Any], pieces: list[list[str]]) -> str:
    """Further texts and pictures, of which most mails have none."""
    if not pieces:
        return ""
    values = {"account": context["account"], "message": context["message"], "pieces": pieces}
    return get_template("mailbox/_beside.html").render(values)


def _texts(account: Account, message: Message) -> dict[str, object]:
    headers, sender = message.headers, message.sender
    moment, date = moments(message)
    return {
        "uid": message.ref.uid,
        "name": sender.name,
        "address": sender.address or _("no address"),
        "more_senders": _persons(headers.sender[1:], beside=True),
        "hue": hue(sender.address),
        "initials": initials(sender.label),
        "iso": message.summary.date.isoformat(),
        "moment": moment,
        "to_line": to_line(account, headers.to + headers.cc + headers.bcc),
        "people": _everybody(headers),
        "date": date,
        "size": file_size(message.summary.size),
    }


def _states(context: Mapping[str, Any]) -> dict[str, Any]:
    """What the template decides by. There are few of each, so that patterns are used again."""
    message: Message = context["message"]
    return {
        "folder": Folder("", "", context["folder"].role),  # its name would make patterns of its own
        "in_trash": context["in_trash"],
        "in_junk": context["in_junk"],
        "seen": message.summary.seen,
        "read_after": context["account"].user.read_after,
        "flagged": message.summary.flagged,
        "is_machine": is_machine(message.headers),
        "has_sender": bool(message.sender.label),
        "has_name": bool(message.sender.name),
        "has_date": message.headers.date is not None,
        "body": _body(context),
    }


def _body(context: Mapping[str, Any]) -> str:
    shown = context["shown"]
    if shown.html:
        return "text" if shown.is_text else "frame"
    if shown.more:
        return "more"
    return "files" if context["files"] else "nothing"


def _everybody(headers: Headers) -> SafeString:
    fields = (
        (_("From"), headers.sender),
        (_("Reply to"), headers.reply_to),
        (_("To"), headers.to),
        (_("Cc"), headers.cc),
        (_("Bcc"), headers.bcc),
    )
    return _joined(
        fill("mailbox/_field.html", {"label": label, "people": _persons(people)}) for label, people in fields if people
    )


def _persons(people: Iterable[Address], *, beside: bool = False) -> SafeString:
    """`beside`: more of them where one stands already."""
    return _joined(
        fill(
            "mailbox/_person.html",
            {"name": person.name, "address": person.address},
            has_name=bool(person.name),
            beside=beside,
        )
        for person in people
    )


def _joined(fragments: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(fragments))  # noqa: S308 (each is)
