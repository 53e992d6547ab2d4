"""The installation's policy for reaching mail servers, handed to the protocol library by every room that dials."""

from django.conf import settings

from webmail.protocols.sockets import AddressGuard, Timeouts, public_only


def guard() -> AddressGuard:
    """Which addresses may be dialled: public ones on mail ports, and what MAIL_ALLOWED_HOSTS adds."""
    return public_only(settings.MAIL_ALLOWED_HOSTS)


def timeouts() -> Timeouts:
    return Timeouts(
        connect=settings.MAIL_CONNECT_TIMEOUT, read=settings.MAIL_READ_TIMEOUT, banner=settings.MAIL_BANNER_TIMEOUT
    )
