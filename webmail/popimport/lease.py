"""One import per account at a time, whatever runs it: a lease in the account's ImportState row, fenced by a token.

due_accounts → claim (one conditional UPDATE: of any number of workers one gets it) → renew, in the transaction of each
message that is stored → release. A worker that dies keeps the lease until it runs out. One that is only slow may see
its lease taken over: its next renew() then changes no row and raises LeaseLost, and the transaction around it stores
nothing. The same UPDATE asks whether the account is still there, enabled and unchanged. All times are the database's,
the only clock that all workers share; a lease or a next check further ahead than any could be was written before the
clock was set back, and counts as run out.
"""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Account
from webmail.popimport.models import MAX_ATTEMPTS, MAX_REFUSALS, ImportState

LONGEST_PAUSE = timedelta(days=1, hours=6)  # pop_minutes ends at 1440, plus jitter
ERROR_PAUSE = timedelta(hours=1)
JITTER = 0.1
RENEWAL_SECONDS = 5


class LeaseLost(Exception):
    """This run may store and delete nothing more: another took over, or the account changed, was disabled or is
    gone."""


def lease_time() -> timedelta:
    """Longer than a server may stay silent, so that a run that waits keeps its lease; one that is dripped to may lose
    it, and is fenced."""
    return timedelta(seconds=settings.MAIL_CONNECT_TIMEOUT + 2 * settings.MAIL_READ_TIMEOUT)


def _enabled() -> QuerySet[Account]:
    """Accounts whose mail may be fetched, as far as people say."""
    return Account.objects.filter(protocol=Account.Incoming.POP3, paused=False, user__is_active=True)


def _importable() -> QuerySet[Account]:
    """The same without those whose login was refused too often."""
    return _enabled().exclude(import_state__refusals__gte=MAX_REFUSALS, import_state__checked_version=F("version"))


def _due() -> QuerySet[ImportState]:
    # Subqueries, no joins: on a row that another worker changes meanwhile, PostgreSQL looks again at the row's own
    # columns only.
    free = Q(lease_until=None) | Q(lease_until__lte=Now()) | Q(lease_until__gt=Now() + 2 * lease_time())
    time_has_come = Q(next_check__lte=Now()) | Q(next_check__gt=Now() + LONGEST_PAUSE)
    changed = Q(account__in=Account.objects.exclude(version=F("import_state__checked_version")).values("pk"))
    return ImportState.objects.filter(free & (time_has_come | changed), account__in=_importable().values("pk"))


def due_accounts() -> list[int]:
    """Accounts to check now."""
    for account in _importable().filter(import_state=None):
        ImportState.objects.get_or_create(account=account)
    return list(_due().values_list("account_id", flat=True))


def is_due(account: Account) -> bool:
    """Whether the account only waits for a worker."""
    never_seen = _importable().filter(pk=account.pk, import_state=None)
    return never_seen.exists() or _due().filter(account=account).exists()


def request_check(account: Account) -> None:
    """Make the account due at once; what was given up gets another chance, because a person asked."""
    state, _ = ImportState.objects.get_or_create(account=account)
    ImportState.objects.filter(pk=state.pk).update(next_check=Now())
    state.set_aside().filter(attempts__gte=MAX_ATTEMPTS).update(attempts=MAX_ATTEMPTS - 1)


@dataclass(slots=True)
class Lease:
    """The right to import into `account`, as its settings were when the run began."""

    account: Account
    token: UUID
    renewed: float = field(default_factory=time.monotonic)
    held: QuerySet[ImportState] = field(init=False)

    def __post_init__(self) -> None:
        unchanged = _enabled().filter(pk=self.account.pk, version=self.account.version)
        self.held = ImportState.objects.filter(lease_token=self.token, account__in=unchanged.values("pk"))

    def keep(self) -> None:
        """renew(), if it is time to; raises LeaseLost."""
        if time.monotonic() > self.renewed + RENEWAL_SECONDS:
            self.renew()

    def renew(self, **values: object) -> None:
        """Go on for another lease_time(), and write `values` into the ImportState; raises LeaseLost."""
        if not self.held.update(lease_until=Now() + lease_time(), **values):
            raise LeaseLost
        self.renewed = time.monotonic()

    def succeeded(self, *, more: bool) -> None:
        """End the run; `more`: it stopped for its time limit, the next may begin at once."""
        pause = timedelta(0) if more else self._interval
        self._release("", pause, failures=0, refusals=0)

    def failed(self, reason: str, *, refused: bool = False) -> None:
        """End the run with an error; the pause doubles with each in a row. `refused`: it was the login."""
        same = ImportState.objects.filter(lease_token=self.token, checked_version=self.account.version).first()
        failures, refusals = (same.failures, same.refusals) if same else (0, 0)
        pause = min(self._interval * 2 ** min(failures, 12), max(self._interval, ERROR_PAUSE))
        self._release(reason, pause, failures=failures + 1, refusals=refusals + 1 if refused else 0)

    def give_up(self) -> None:
        """End a run that lost its right: nothing is said of the check. Another's lease stays as it is."""
        ImportState.objects.filter(lease_token=self.token).update(lease_token=None, lease_until=None)

    @property
    def _interval(self) -> timedelta:
        return timedelta(minutes=self.account.pop_minutes)

    def _release(self, reason: str, pause: timedelta, **counts: int) -> None:
        version = self.account.version
        state = {"last_error": reason, "checked_version": version, "lease_token": None, "lease_until": None}
        # Spread, so that accounts which were due together do not stay together.
        pause *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        ours = ImportState.objects.filter(lease_token=self.token)
        if ours.update(last_checked=Now(), next_check=Now() + pause, **state, **counts):
            Account.objects.filter(pk=self.account.pk, version=version).update(incoming_error=reason)


def claim(account_id: int) -> Lease | None:
    """The lease on an account that is due, or None. The account is read after the claim, so its settings are the
    newest."""
    token = uuid4()
    mine = _due().filter(account_id=account_id)
    if not mine.update(lease_token=token, lease_until=Now() + lease_time(), done=0, total=0, came=0):
        return None
    account = Account.objects.filter(pk=account_id).first()
    return Lease(account, token) if account else None
