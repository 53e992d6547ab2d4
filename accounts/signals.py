"""What other rooms may want to hear about mail accounts."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal, receiver

from accounts.models import Account

# Sent as account_closed.send(sender=Account, account_id=…) after the commit: the account's settings changed, it was
# deleted, or its person was disabled. Whoever holds a live session of that account drops it.
account_closed = Signal()


def close(account_id: int) -> None:
    """Tell everybody in this process, once the current transaction has committed."""
    transaction.on_commit(lambda: account_closed.send(sender=Account, account_id=account_id))


@receiver(post_save, sender=Account)
def _settings_changed(instance: Account, created: bool, **rest: object) -> None:
    if not created:
        close(instance.pk)


@receiver(post_delete, sender=Account)
def _deleted(instance: Account, **rest: object) -> None:
    # The instance loses its key as soon as the deletion is done.
    close(instance.pk)
