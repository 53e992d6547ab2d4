"""Documents that hold the markup of a mail: the frame's, and the one that is printed.

Three walls stand between a mail and the reader's session: the washed HTML (webmail/mime/sanitize.py), the sandbox of
the frame that shows it, and the policy that confine() puts on the document, which also holds when its address is opened
alone.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message
from webmail.mailbox.consent import allows_pictures
from webmail.mailbox.shown import Shown, shown_body
from webmail.mailbox.views import guard

SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"


def shown_to(
    request: HttpRequest, mailbox: Mailbox, account: Account, opened: Message, within: Message | None = None
) -> Shown:
    """The text of this message, or of one `within` it; its pictures from elsewhere as this reader allowed for the whole
    mail, whoever the inner header says wrote it."""
    asked = Message(opened.summary, opened.structure, within.body) if within else opened

    def consents() -> bool:
        return allows_pictures(request, account.pk, asked, mailbox)

    return shown_body(mailbox, account, within or opened, consents=consents)


def confine(
    request: HttpRequest, response: HttpResponse, account: Account, opened: Message, shown: Shown, more: str = ""
) -> HttpResponse:
    """The response under the policy of such a document: no script, no form, pictures of this message alone. `more`:
    further tokens of its sandbox."""
    ref = opened.ref
    message = reverse("mailbox:message", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid])
    address = request.build_absolute_uri(message)
    pictures = f"{address}part/ {address}remote/" if shown.pictures else f"{address}part/"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors 'self'; {SANDBOX}{more}"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    guard(response)
    return response
