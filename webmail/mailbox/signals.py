"""What happens to mail and sessions here when an account changes or goes, its person signs in, or a worker starts."""

from functools import partial

from celery.signals import worker_ready
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import Account, User
from accounts.signals import account_closed
from webmail.mailbox import ahead, local_store
from webmail.mailbox.opening import close_sessions, keep_briefly


@receiver(account_closed)
def drop_sessions(account_id: int, **rest: object) -> None:
    """In this process. Elsewhere the version in the pool's key keeps old sessions from serving, and idle ones end
    by themselves."""
    close_sessions(account_id)


@receiver(user_logged_in)
def open_sessions(user: User, **rest: object) -> None:
    """Their first list finds them open."""
    ahead.open_for(user)


@worker_ready.connect
def end_sessions_sooner(**rest: object) -> None:
    keep_briefly()


@receiver(post_delete, sender=Account)
def remove_files(instance: Account, **rest: object) -> None:
    """The files go once it is certain that their rows are gone."""
    transaction.on_commit(partial(local_store.remove_account, instance.pk))
