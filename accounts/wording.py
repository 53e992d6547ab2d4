"""What went wrong with a mail server, in words for people: one title and one sentence per reason of
webmail/protocols/errors.py.

A reason is stored (Account.incoming_error, Outgoing.last_error) or comes with an exception; both end here, so that
every page says the same. Closed, filtered and non-mail ports share one explanation: what listens where is nobody's
business but the server's.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.fields import WrongKey
from webmail.protocols.errors import LoginRefused, MailServerError, OutcomeUnknown, Rejected, TlsRefused, Unreachable


@dataclass(frozen=True, slots=True)
class Explanation:
    """`title` says what happened, `text` what it means and what to do now; both in the reader's language."""

    title: str
    text: str


NO_ANSWER = (
    _("The mail server does not answer"),
    _("No mail server of this kind answers there. Check the server name, the port and the security, or try later."),
)
BAD_CERTIFICATE = _("The server’s certificate can’t be trusted")
WORDS: dict[str, tuple[Any, Any]] = {
    # Unreachable
    "name": (
        _("There is no server of that name"),
        _("This server name does not exist on the internet. Check its spelling."),
    ),
    "refused": NO_ANSWER,
    "timeout": NO_ANSWER,
    "network": NO_ANSWER,
    "wrong_protocol": NO_ANSWER,
    "silent": NO_ANSWER,
    "lost": (
        _("The connection to the mail server was lost"),
        _("The connection dropped halfway. Try again; nothing is lost."),
    ),
    "not_allowed": (
        _("This server may not be used from here"),
        _("This site connects only to public mail servers on their usual ports. An admin can allow others."),
    ),
    "busy": (
        _("The mail server is busy"),
        _("It limits how often we may connect. It is tried again later by itself."),
    ),
    "pool": (
        _("All connections of this account are in use"),
        _("The mail server answers slowly and earlier requests still wait for it. Try again in a moment."),
    ),
    # TlsRefused
    "not_offered": (
        _("The server does not offer encryption here"),
        _("It has no STARTTLS on this port. Choose TLS with its usual port instead; your password was not sent."),
    ),
    "plain": (
        _("The server does not speak TLS on this port"),
        _("Choose STARTTLS, or the port for TLS. Your password was not sent."),
    ),
    "expired": (
        BAD_CERTIFICATE,
        _("It has expired. Whoever runs the server has to renew it; your password was not sent."),
    ),
    "name_mismatch": (
        BAD_CERTIFICATE,
        _("It belongs to another server name. Check the spelling; your password was not sent."),
    ),
    "self_signed": (
        BAD_CERTIFICATE,
        _(
            "The server signed it itself. If you know the server, enter its certificate or fingerprint; "
            "your password was not sent."
        ),
    ),
    "unknown_issuer": (
        BAD_CERTIFICATE,
        _(
            "No authority that we know has signed it. If you know the server, enter its certificate authority or "
            "fingerprint; your password was not sent."
        ),
    ),
    "certificate": (BAD_CERTIFICATE, _("There is a fault in it. Your password was not sent.")),
    "changed": (
        _("The server’s certificate has changed"),
        _("It is not the one whose fingerprint was entered. Find out why before you enter the new one."),
    ),
    "injected": (
        _("Somebody tampered with the connection"),
        _("Data came in before the encryption began. Your password was not sent."),
    ),
    "handshake": (
        _("No encryption could be agreed on"),
        _("The server and this site share no safe way to encrypt. Check the port; your password was not sent."),
    ),
    # LoginRefused
    "credentials": (
        _("The user name or password was not accepted"),
        _("Check both in the account settings. Nothing is tried again by itself: the server might lock you out."),
    ),
    "app_password": (
        _("The provider wants an app password"),
        _("Make one in your provider’s own settings, under security, and enter it here in place of your usual one."),
    ),
    "needs_tls": (
        _("The server accepts passwords only over encryption"),
        _("Choose TLS or STARTTLS in the account settings."),
    ),
    "disabled": (
        _("The server offers no way to sign in that we know"),
        _("Ask your provider whether signing in with a password is switched on for your mailbox."),
    ),
    # Rejected
    "rejected": (
        _("The mail server refused"),
        _("It understood what was asked and said no."),
    ),
    "smtputf8": (
        _("The server can’t handle this address"),
        _("The address has accents or other special letters, which this mail server does not support."),
    ),
    "quota": (
        _("The mailbox is full"),
        _("Delete some mail and empty the trash, or ask your provider for more room."),
    ),
    # OutcomeUnknown
    "unknown": (
        _("It is not known whether the mail was sent"),
        _("The connection dropped just before the server’s answer. Ask the recipient before you send it again."),
    ),
    # our own
    "storage": (
        _("Mail can’t be stored here at the moment"),
        _("This site’s disk is full or out of order. Nothing was deleted at your mail server; an admin can help."),
    ),
    "too_large": (
        _("A message is larger than this site takes"),
        _("It stays on the mail server; fetch it with another program. The rest of the mail is fetched."),
    ),
    "wrong_key": (
        _("The stored password can’t be opened"),
        _("The key it was encrypted with is missing on this site. Enter the password again, or ask an admin."),
    ),
}
FAILED = (_("The mail server could not be used"), _("Something went wrong while talking to it. Try again in a moment."))

_BY_CLASS: list[tuple[type[MailServerError], str]] = [
    (LoginRefused, "credentials"),
    (TlsRefused, "handshake"),
    (Rejected, "rejected"),
    (OutcomeUnknown, "unknown"),
    (Unreachable, "network"),
]


def reason_of(error: MailServerError | WrongKey) -> str:
    """The word to store for an error: one that explain_reason() knows."""
    if isinstance(error, WrongKey):
        return "wrong_key"
    if error.reason in WORDS:
        return error.reason
    return next((reason for kind, reason in _BY_CLASS if isinstance(error, kind)), error.reason)


def explain_reason(reason: str) -> Explanation:
    """The words for a stored reason; an unknown one gets general words."""
    title, text = WORDS.get(reason, FAILED)
    return Explanation(str(title), str(text))


def explain(error: MailServerError | WrongKey) -> Explanation:
    """The words for an error. Never the server's own: see MailServerError.reply for those."""
    return explain_reason(reason_of(error))
