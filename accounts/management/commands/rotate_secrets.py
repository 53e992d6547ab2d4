"""Seal all stored mail passwords under the newest of MAIL_SECRET_KEYS, so that older keys can be taken away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.fields import WrongKey
from accounts.models import Account

SECRETS = ("incoming_password", "outgoing_password")


class Command(BaseCommand):
    help = (
        "Seal all stored mail passwords under the first of MAIL_SECRET_KEYS. Put the new key in front, run this, "
        "take the old key away. Exit status 1 if a password could not be opened: it stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = 0, []
        for account in Account.objects.only("address", *SECRETS).order_by("pk").iterator():
            try:
                done += sum(_reseal(account, name) for name in SECRETS)
            except WrongKey:
                lost.append(account.address)
        audit.record(None, "secrets_rotated", f"{done} passwords", f"{len(lost)} could not be opened" if lost else "")
        self.stdout.write(f"{done} passwords are sealed under the newest key.")
        if lost:
            raise CommandError(f"No key in MAIL_SECRET_KEYS opens the password of: {', '.join(lost)}")


def _reseal(account: Account, name: str) -> int:
    """1 if the password was sealed anew; a password that somebody changes at this very moment is left alone: it has
    the new key.
    """
    secret = getattr(account, name)
    if not secret:
        return 0
    unchanged = Account.objects.filter(pk=account.pk, **{name: secret})
    return unchanged.update(**{name: secret.rotated()})
