"""What would make an installation unsafe or useless, found by `manage.py check` before it serves anybody.

Errors stop every management command, migrate among them; warnings are for `check --deploy`.
"""

import ipaddress
import stat
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from webmail.protocols.sockets import public_only

SHORTEST_SECRET_KEY = 32
MADE_BY_TESTS = "testserver"


def _listed(check: Callable[[], Iterator[CheckMessage]]) -> Callable[..., list[CheckMessage]]:
    def listed(app_configs: Any, **options: Any) -> list[CheckMessage]:
        return list(check())

    return listed


@register(Tags.security)
@_listed
def mail_secret_keys() -> Iterator[CheckMessage]:
    hint = "Make one: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
    if not any(settings.MAIL_SECRET_KEYS):
        yield Error("MAIL_SECRET_KEYS is empty: mail passwords can't be stored.", hint=hint, id="webmail.E001")
    for number, key in enumerate(settings.MAIL_SECRET_KEYS, start=1):
        if not _is_fernet_key(key):
            yield Error(f"Key {number} of MAIL_SECRET_KEYS is no Fernet key.", hint=hint, id="webmail.E002")
        elif key == settings.SECRET_KEY:
            yield Error("SECRET_KEY must not be among MAIL_SECRET_KEYS: each is rotated alone.", id="webmail.E003")


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register(Tags.security)
@_listed
def secret_key() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < SHORTEST_SECRET_KEY or settings.SECRET_KEY.startswith("django-insecure-"):
        hint = "Set it to 50 random characters; sessions are signed with it."
        yield Error("SECRET_KEY is short or an example.", hint=hint, id="webmail.E004")


@register(Tags.security)
@_listed
def debug_stays_at_home() -> Iterator[CheckMessage]:
    """DEBUG shows source and settings to whoever causes an error."""
    strangers = [host for host in settings.ALLOWED_HOSTS if not _is_loopback(host)]
    if settings.DEBUG and strangers:
        hint = "Unset DEBUG, or set ALLOWED_HOSTS=localhost,127.0.0.1."
        yield Error(f"DEBUG is on, but others may come in: {', '.join(strangers)}.", hint=hint, id="webmail.E005")


@register(Tags.security)
@_listed
def named_hosts() -> Iterator[CheckMessage]:
    if not settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS is empty: nobody can open a page.", id="webmail.E006")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS must name the site: with * anybody can point a name at it.", id="webmail.E007")


@register(Tags.security)
@_listed
def allowed_hosts() -> Iterator[CheckMessage]:
    hint = "Each entry is host:port, address:port or network/bits:port, with * for any port."
    for name in ("MAIL_ALLOWED_HOSTS", "PICTURES_ALLOWED_HOSTS", "UNSUBSCRIBE_ALLOWED_HOSTS"):
        try:
            public_only(getattr(settings, name))
        except ValueError as error:
            yield Error(f"{name}: {error}.", hint=hint, id="webmail.E008")


@register(Tags.security, deploy=True)
@_listed
def encrypted_web() -> Iterator[CheckMessage]:
    if not settings.HTTPS and not all(map(_is_loopback, settings.ALLOWED_HOSTS)):
        hint = "Put a TLS proxy in front and leave HTTPS on; see BEHIND_PROXY."
        yield Warning("HTTPS is off: passwords and mail travel readable to the browser.", hint=hint, id="webmail.W001")


@register(Tags.security, deploy=True)
@_listed
def private_data() -> Iterator[CheckMessage]:
    """The database holds what opens people's sessions, the folder their mail."""
    if settings.DATA_DIR.exists() and settings.DATA_DIR.stat().st_mode & stat.S_IRWXO:
        hint = f"chmod o-rwx {settings.DATA_DIR}"
        yield Warning("Every user of this machine may look into DATA_DIR.", hint=hint, id="webmail.W002")


def _is_loopback(host: str) -> bool:
    host = host.strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", MADE_BY_TESTS) or host.endswith(".localhost")
