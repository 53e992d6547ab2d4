"""Names and ports of mail servers as people write them, and a first guess for an address. Pure but for the presets."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from accounts.models import Preset
from webmail.protocols.endpoint import DEFAULT_PORTS, Protocol, Security

_PASTED = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:\[\]]+):(?P<port>\d{1,5})\Z", re.IGNORECASE)


def default_port(protocol: str, security: str) -> int:
    return DEFAULT_PORTS[Protocol(protocol), Security(security)]


def split_pasted(text: str) -> tuple[str, int | None]:
    """Host and port of what was pasted: "https://Mail.example.org:993/inbox" → ("mail.example.org", 993).

    What makes no sense is left for the field's validator to refuse; an IPv6 address loses its brackets.
    """
    text = text.strip()
    if pasted := _PASTED.match(text):
        text = re.split(r"[/?#]", text[pasted.end() :], maxsplit=1)[0].rpartition("@")[2]
    if found := _HOST_AND_PORT.match(text.rstrip("/")):
        return _bare(found["host"]), int(found["port"])
    return _bare(text.rstrip("/")), None


def _bare(host: str) -> str:
    return host.strip().removeprefix("[").removesuffix("]").lower()


# -- what the form starts with ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Initial values of the account form, and a sentence that says where they come from."""

    initial: dict[str, object]
    source: str
    is_guess: bool


def suggest(address: str, sender_name: str = "") -> Suggestion:
    """From the admin's preset of the mail domain, else the names that most providers use."""
    domain = address.rpartition("@")[2].lower()
    preset = Preset.objects.filter(domain=domain).first()
    initial = _of_preset(preset, address) if preset else _guess(domain, address)
    source = (
        _("From this site’s settings for %(domain)s")
        if preset
        else _("Guessed from %(domain)s: test it before you save")
    )
    initial = {"address": address, "sender_name": sender_name, **initial}
    return Suggestion(initial, source % {"domain": domain}, is_guess=not preset)


def _of_preset(preset: Preset, address: str) -> dict[str, object]:
    copied = ["protocol", "incoming_host", "incoming_port", "incoming_security"]
    copied += ["outgoing_host", "outgoing_port", "outgoing_security"]
    username = address if preset.full_address_login else address.rpartition("@")[0]
    return {"incoming_username": username, **{name: getattr(preset, name) for name in copied}}


def _guess(domain: str, address: str) -> dict[str, object]:
    return {"incoming_host": f"imap.{domain}", "outgoing_host": f"smtp.{domain}", "incoming_username": address}


def sending_host(incoming_host: str) -> str:
    """The usual name of the sending server beside a receiving one: imap.example.org → smtp.example.org."""
    return re.sub(r"\A(?:imap|imaps|pop|pop3|pop3s)\.", "smtp.", incoming_host)


# -- URLs of the command line ----------------------------------------------------------------------------------------

INCOMING_SCHEMES = {
    "imaps": (Protocol.IMAP, Security.TLS),
    "imap": (Protocol.IMAP, Security.STARTTLS),
    "imap+insecure": (Protocol.IMAP, Security.NONE),
    "pop3s": (Protocol.POP3, Security.TLS),
    "pop3": (Protocol.POP3, Security.STARTTLS),
    "pop3+insecure": (Protocol.POP3, Security.NONE),
}
OUTGOING_SCHEMES = {
    "smtps": (Protocol.SMTP, Security.TLS),
    "smtp": (Protocol.SMTP, Security.STARTTLS),
    "smtp+insecure": (Protocol.SMTP, Security.NONE),
}


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """imaps://alice%40example.org@imap.example.org:993, taken apart; `username` is "" where the URL has none."""

    protocol: Protocol
    security: Security
    host: str
    port: int
    username: str

    def fields(self, side: str) -> dict[str, object]:
        """As data of the account form; `side` is "incoming" or "outgoing"."""
        values = {"host": self.host, "port": self.port, "security": self.security.value, "username": self.username}
        return {f"{side}_{name}": value for name, value in values.items()}


def parse_url(text: str, schemes: dict[str, tuple[Protocol, Security]]) -> ServerUrl:
    """Raises ValueError with a sentence. A password in the URL is refused: command lines are seen by others."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise ValueError(f"{text!r} is not a server's URL: {error}.") from None
    if url.scheme not in schemes:
        raise ValueError(f"{text!r} must begin with one of: {', '.join(f'{scheme}://' for scheme in schemes)}")
    if url.password is not None:
        raise ValueError("A password has no place in a URL: give it on standard input.")
    if not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ValueError(
            f"{text!r} must look like {url.scheme}://USER@HOST:PORT, with @ and / in USER written %40 and %2F."
        )
    protocol, security = schemes[url.scheme]
    return ServerUrl(
        protocol, security, url.hostname, port or DEFAULT_PORTS[protocol, security], unquote(url.username or "")
    )


# The form's own table of ports, for the script that moves them along with the security.
PORTS_FOR_SCRIPT = {
    protocol.value: {security.value: DEFAULT_PORTS[protocol, security] for security in Security}
    for protocol in Protocol
}
