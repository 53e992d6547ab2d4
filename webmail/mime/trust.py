"""What of a mail may deceive its reader: each a Doubt, in values that the interface puts into words.

parse_headers → doubts_of_headers; for each link of the text (sanitize, links.py) → doubtful_link; both → weighed →
mailbox/doubts.py. These are hints, not verdicts: nothing is hidden or refused for them. Authentication-Results are
believed only from a server that the installation names (RFC 8601, 5 and 7.1): anybody can write such a field.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote, urlsplit

from webmail.mime.allowed import names
from webmail.mime.types import Address, Headers

Kind = Literal[
    "reply_to",
    "name",
    "link",
    "link_counted",
    "link_lookalike",
    "link_resembles",
    "link_user",
    "link_number",
    "sender_lookalike",
    "sender_resembles",
    "unconfirmed",
]
TEXT_LIMIT = 200  # characters of a link's text
HOST_LIMIT, LABEL_LIMIT = 253, 63  # octets (RFC 1035, 2.3.4): what is longer is nobody's name

_ADDRESS = re.compile(r"[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_SHOWN_HOST = re.compile(
    r"(?:(?P<scheme>https?://)|(?P<www>www\.))?(?P<host>(?:[\w\-]{1,63}\.){1,8}(?P<top>[^\W\d_]{2,24}))"
    r"(?::\d{1,5})?(?P<path>[/?#]\S*)?",
    re.IGNORECASE,
)
_COMMON_TOPS = names("com org net info biz edu gov bank app shop online uk de fr it es nl ch at be eu us ca au")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*=\s*(\w+)", re.IGNORECASE)
_SIGNER = re.compile(r"\bheader\.[di]\s*=\s*\"?[^\s;@\"]{0,64}?@?([\w.\-]{1,253})\"?(?:\s|$)", re.IGNORECASE)
# Written together everywhere in East Asia (UTS 39, 5.2: highly restrictive).
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"})
# Of other scripts and of Latin's own corners: letters that nobody tells from a, c, e … at a glance (UTS 39).
_TWINS = str.maketrans(
    "авеѕіјкмнорстухһьԁԛԝҽӏүѵοανικρτυχωɑɡıƅɩʏᴄᴏᴠᴡᴢⅼ",
    "abesijkmhopctyxhbdqwelyvoavikptuxwagibiycovwzl",
)
_LIKE_DIGITS = str.maketrans("01i", "oll")  # in many faces, also as capitals
# Signs that pass for the slash, dot or hyphen at which a reader takes an address apart.
_LIKE_SIGNS = frozenset("⁄∕⧸⟋╱․‧ꓸ‐‑‒–—―−")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Doubt:
    """`said` is what the reader sees, `true` what is behind it."""

    kind: Kind
    said: str
    true: str

    @property
    def values(self) -> list[str]:
        """As JSON has it; Doubt(*values) is the same again."""
        return [self.kind, self.said, self.true]


def doubts_of_headers(
    headers: Headers, trusted_servers: Collection[str] = (), known: Collection[str] = ()
) -> tuple[Doubt, ...]:
    """`trusted_servers`: authserv-ids of the servers whose Authentication-Results are believed. `known`: hosts that a
    sender's may be made to resemble, the reader's own."""
    if not headers.sender:
        return ()
    sender = headers.sender[0]
    name, address, domain = sender.name, sender.address, sender.domain.lower()
    doubts = []
    named = _ADDRESS.search(name)
    if named and named[0].lower() != address.lower():
        doubts.append(Doubt("name", named[0], address))
    if known_as := lookalike(domain):
        doubts.append(Doubt("sender_lookalike", known_as, domain))
    elif model := resembled(domain, known):
        doubts.append(Doubt("sender_resembles", model, domain))
    elsewhere = next((one.address for one in headers.reply_to if _is_elsewhere(one, domain)), "")
    if elsewhere and not headers.list_id:  # lists answer to themselves
        doubts.append(Doubt("reply_to", address, elsewhere))
    if server := _unconfirmed_by(headers.authentication, trusted_servers):
        doubts.append(Doubt("unconfirmed", domain, server))
    return tuple(doubts)


def _is_elsewhere(one: Address, domain: str) -> bool:
    return "@" in one.address and bool(domain) and site_of(one.domain) != site_of(domain)


def doubtful_link(text: str, target: str, known: Collection[str] = ()) -> Doubt | None:
    """Of a link that shows `text` and leads to the web address `target`. `known`: hosts that its own may be made to
    resemble, the sender's and the reader's."""
    try:
        parts = urlsplit(target.replace("\\", "/"))  # as browsers read it
        host, user = parts.hostname or "", unquote((parts.username or "")[:TEXT_LIMIT])
    except ValueError:
        return None
    if len(host) > HOST_LIMIT:
        return None
    if known_as := lookalike(host):
        return Doubt("link_lookalike", known_as, host)
    if model := resembled(host, known):
        return Doubt("link_resembles", model, host)
    if said := _shown_host(text):
        return Doubt("link", said, host) if site_of(said) != site_of(host) else None
    if (feigned := _SHOWN_HOST.match(user)) and site_of(feigned["host"]) != site_of(host):
        return Doubt("link_user", feigned["host"].lower(), host)
    return Doubt("link_number", "", host) if _is_number(host) else None


def _shown_host(text: str) -> str:
    """The host that a link's text names; "" for words, and "Node.js" and "report.pdf" are no hosts."""
    shown = _SHOWN_HOST.fullmatch(" ".join(text[:TEXT_LIMIT].split()))
    if not shown or not (shown["scheme"] or shown["www"] or shown["path"] or shown["top"].lower() in _COMMON_TOPS):
        return ""
    return str((shown["www"] or "").lower() + shown["host"].lower())


def _is_number(host: str) -> bool:
    """A bare address on the internet, or one in a spelling that hides which it is (0x7f.1, 2130706433). What machines
    of one's own network report by their address is common."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return bool(_NUMBER.fullmatch(host))


def weighed(doubts: Collection[Doubt], headers: Headers, trusted_servers: Collection[str] = ()) -> tuple[Doubt, ...]:
    """What is left to be told of a mail's doubts, so that warnings stay rare enough to be read.

    Who sends newsletters has the clicks counted: a link reads "example.org" and leads to a host of the mailing service.
    Where the link names the sender's own site it deceives nobody about anybody else; so nothing is said of it in a mail
    that a trusted server confirmed, and in other mail to many, which nobody refuted, it is told once as what it is. Of
    the links to one site that name others', the first one is told."""
    confirmed, refuted = is_confirmed(headers, trusted_servers), is_refuted(headers, trusted_servers)
    own = site_of(headers.sender[0].domain) if headers.sender else ""
    told: dict[tuple[str, str], Doubt] = {}
    for doubt in doubts:
        kind = doubt.kind
        if kind == "link" and own and site_of(doubt.said) == own and not refuted:
            if confirmed:
                continue
            kind = "link_counted" if headers.unsubscribe else kind
        is_link = kind in ("link", "link_counted")
        told.setdefault(
            (kind, site_of(doubt.true) if is_link else f"{doubt.said}\0{doubt.true}"), replace(doubt, kind=kind)
        )
    return tuple(told.values())


def site_of(host: str) -> str:
    """The part of a host name that is registered, about: "example.org", "example.co.uk". Without the public list of
    suffixes two hosts of one provider may count as one site; a hint may be missing, never wrong."""
    labels = _readable(host[:HOST_LIMIT].lower().rstrip(".")).split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if long else -2 :])


def lookalike(host: str) -> str:
    """The host as a reader sees it, if letters of it pass for others; "" if all is as it seems."""
    shown = _readable(host[:HOST_LIMIT].lower())
    return shown if not shown.isascii() and any(map(_deceives, shown.split("."))) else ""


def resembled(host: str, known: Collection[str]) -> str:
    """The one of the `known` hosts' sites that this host's passes for without being it: "paypa1.com", "rnodern.org". A
    hint may be missing, never wrong: accents make other names, not similar ones."""
    site = site_of(host)
    models = (site_of(one) for one in known)
    return next((one for one in models if one != site and _outline(one) == _outline(site)), "")


def _outline(site: str) -> str:
    """Equal for names that look alike, a part of UTS 39's skeleton and the pairs of letters it leaves out."""
    return site.translate(_TWINS).translate(_LIKE_DIGITS).replace("rn", "m").replace("vv", "w")


def _readable(host: str) -> str:
    """Labels of IDNA (RFC 5891) as their letters."""
    return ".".join(map(_label, host.split("."))) if "xn--" in host else host


def _label(label: str) -> str:
    """Its letters, where it names such as can be shown: Python's decoder also gives lone surrogates and characters that
    turn the writing direction, and takes more than linear time."""
    if not label.startswith("xn--") or len(label) > LABEL_LIMIT:
        return label
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
    return letters if letters.isprintable() else label


def _deceives(label: str) -> bool:
    if not _LIKE_SIGNS.isdisjoint(label):
        return True
    letters = [letter for letter in label if letter.isalpha()]
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}
    if len(scripts) > 1 and not scripts <= _EAST_ASIAN:
        return True
    odd = [letter for letter in letters if not letter.isascii()]
    if scripts == {"LATIN"}:
        return any(ord(letter) in _TWINS for letter in odd)
    return bool(odd) and all(ord(letter) in _TWINS for letter in letters)


def _unconfirmed_by(fields: Collection[str], trusted_servers: Collection[str]) -> str:
    """The trusted server that says the sender is not who the mail says; "" if none does."""
    name, results = _verdict(fields, trusted_servers)
    return name if _is_refuted([(method, result) for method, result, _ in results]) else ""


def is_confirmed(headers: Headers, trusted_servers: Collection[str]) -> bool:
    """Whether a trusted server says that the mail comes from its sender's domain: by DMARC, or by a signature of that
    domain (RFC 7489, 3.1)."""
    if not headers.sender:
        return False
    site = site_of(headers.sender[0].domain)
    _, results = _verdict(headers.authentication, trusted_servers)
    if any(method == "dmarc" and result != "none" for method, result, _ in results):
        return any((method, result) == ("dmarc", "pass") for method, result, _ in results)
    signers = (_SIGNER.search(rest) for method, result, rest in results if (method, result) == ("dkim", "pass"))
    return any(site_of(signer[1]) == site for signer in signers if signer)


def is_signed(headers: Headers, trusted_servers: Collection[str]) -> bool:
    """Whether a trusted server found a valid DKIM signature, of whatever domain."""
    _, results = _verdict(headers.authentication, trusted_servers)
    return any((method, result) == ("dkim", "pass") for method, result, _ in results)


def is_refuted(headers: Headers, trusted_servers: Collection[str]) -> bool:
    """Whether a trusted server says that it does not."""
    return bool(_unconfirmed_by(headers.authentication, trusted_servers))


def _verdict(fields: Collection[str], trusted_servers: Collection[str]) -> tuple[str, list[tuple[str, str, str]]]:
    """The trusted server whose field is the topmost, with its results: method, result, what it says of it."""
    trusted = {server.lower() for server in trusted_servers}
    for field in fields:  # the topmost is the last server's
        server, _, results = _COMMENT.sub(" ", field).partition(";")
        name = (server.split() or [""])[0].lower()
        if name in trusted:
            return name, list(filter(None, map(_result, results.split(";"))))
    return "", []


def _result(text: str) -> tuple[str, str, str] | None:
    match = _RESULT.match(text)
    return (match[1].lower(), match[2].lower(), text[match.end() :]) if match else None


def _is_refuted(results: Collection[tuple[str, str]]) -> bool:
    """DMARC's word where there is one (RFC 7489); else neither a signature nor the sending host fits."""
    verdicts = [result for method, result in results if method == "dmarc" and result != "none"]
    if verdicts:
        return "fail" in verdicts
    others = [result for method, result in results if method != "dmarc"]
    return "pass" not in others and any(one in ("fail", "softfail", "permerror") for one in others)
