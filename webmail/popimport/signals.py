"""A POP3 account that was added or changed is fetched at once: the sweep would come up to its whole interval later."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Account
from webmail.celery import ring
from webmail.popimport.models import ImportState
from webmail.popimport.tasks import import_account


@receiver(post_save, sender=Account)
def _fetch_now(instance: Account, **rest: object) -> None:
    if instance.is_pop and not instance.paused:
        ImportState.objects.get_or_create(account=instance)
        ring(import_account, instance.pk)
