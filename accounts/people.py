"""What is done with people, mostly by admins. One act is one transaction: it takes the turn, checks that an admin
remains, changes, writes the audit log.

A view calls e.g. disable(actor, person): lock → last-admin rule → UPDATE and audit entry → commit → their web
sessions are gone and account_closed was sent, so that this process drops their sessions to mail servers. Other
processes and the workers see is_active in each query they make; a crash before the commit leaves everything as it
was.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from axes.utils import reset as forget_failed_sign_ins
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.devices import sessions_of
from accounts.models import User
from accounts.signals import close


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A transaction that only one request is in: the row that stands for all people is locked until the commit.

    SQLite takes the write lock at the transaction's start (settings.py), PostgreSQL locks the row.
    """
    with transaction.atomic():
        ContentType.objects.select_for_update().get(app_label="accounts", model="user")
        yield


def create_first_admin(admin: User) -> bool:
    """Save `admin`, unless somebody exists already; False then."""
    with one_at_a_time():
        if User.objects.exists():
            return False
        admin.is_superuser = True
        admin.save(force_insert=True)
        audit.record(admin, "first_admin", admin.username)
    return True


def create(actor: User | None, person: User) -> None:
    with transaction.atomic():
        person.save(force_insert=True)
        audit.record(actor, "person_created", person.username, "admin" if person.is_superuser else "")


def disable(actor: User, person: User) -> None:
    """Signing in ends at once, and with it all work for their accounts. Raises ValidationError for the last admin."""
    with one_at_a_time():
        _keep_an_admin(person)
        User.objects.filter(pk=person.pk).update(is_active=False)
        end_sessions(person)
        _close_accounts(person)
        audit.record(actor, "person_disabled", person.username)


def enable(actor: User, person: User) -> None:
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_active=True)
        audit.record(actor, "person_enabled", person.username)


def delete(actor: User, person: User) -> None:
    """The person, their accounts and all mail stored here. Raises ValidationError for the last admin."""
    with one_at_a_time():
        _keep_an_admin(person)
        end_sessions(person)
        addresses = ", ".join(person.accounts.values_list("address", flat=True))
        # Before the deletion: the actor may be the person.
        audit.record(actor, "person_deleted", person.username, addresses)
        person.delete()


def make_admin(actor: User, person: User) -> None:
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_superuser=True, is_staff=True)
        audit.record(actor, "admin_made", person.username)


def unmake_admin(actor: User, person: User) -> None:
    """Raises ValidationError for the last admin."""
    with one_at_a_time():
        _keep_an_admin(person)
        User.objects.filter(pk=person.pk).update(is_superuser=False, is_staff=False)
        audit.record(actor, "admin_unmade", person.username)


def set_password(actor: User, person: User, password: str) -> None:
    """The old password and every session opened with it end; a pause after too many wrong passwords ends too."""
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        end_sessions(person)
        audit.record(actor, "password_set", person.username)
    forget_failed_sign_ins(username=person.username)


def change_own_password(person: User, password: str) -> bool:
    """Every session opened with the old one ends with the next request. False, and nothing is changed, if the password
    is not the one `person` was read with any more, or the person was disabled: what an admin does meanwhile stands.
    """
    before = person.password
    person.set_password(password)
    with transaction.atomic():
        unchanged = User.objects.filter(pk=person.pk, password=before, is_active=True)
        if not unchanged.update(password=person.password):
            return False
        audit.record(person, "password_changed", person.username)
    return True


def end_sessions(person: User) -> int:
    """Delete the person's web sessions; how many there were."""
    theirs = [session.pk for session in sessions_of(person)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def _keep_an_admin(person: User) -> None:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if User.objects.filter(pk=person.pk, is_superuser=True, is_active=True).exists() and not others.exists():
        raise ValidationError(_("This is the last admin who can sign in. Make somebody else an admin first."))


def _close_accounts(person: User) -> None:
    for account_id in person.accounts.values_list("pk", flat=True):
        close(account_id)
