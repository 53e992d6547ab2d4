"""What is done to a whole folder of the mail that is kept here, as part of LocalMailbox: messages told by when they
arrived and by their content, and marked without their rows."""

from abc import abstractmethod
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from webmail.mailbox.base import Mailbox, Presence
from webmail.mailbox.models import COLUMNS, LocalFolder, LocalMessage
from webmail.mailbox.query import Query

FLAG_COLUMNS = (*COLUMNS.values(), "keywords")
BATCH = 100  # rows in one UPDATE


class LocalWholes(Mailbox):
    @abstractmethod
    def _row(self, name: str, uidvalidity: int | None = None) -> LocalFolder: ...

    @abstractmethod
    def _matching(self, row: LocalFolder, query: Query | None) -> QuerySet[LocalMessage]:
        """Those of this folder that the query finds."""

    def find(self, folder: str, query: Query | None = None, *, since: int = 1) -> tuple[int, list[int]]:
        row = self._row(folder)
        found = self._matching(row, query).filter(uid__gte=since).order_by("uid")
        return row.uidvalidity, list(found.values_list("uid", flat=True))

    def next_place(self, folder: str) -> tuple[int, int]:
        row = self._row(folder)
        return row.uidvalidity, row.uidnext

    def census(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Presence]:
        found = self._row(folder, uidvalidity).messages.filter(uid__in=uids).only("uid", "received", *FLAG_COLUMNS)
        return {each.uid: Presence(int(each.received.timestamp()), each.flags) for each in found}

    def looks(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, str]:
        found = self._row(folder, uidvalidity).messages.filter(uid__in=uids)
        return {uid: f"{sha256} {at}" for uid, sha256, at in found.values_list("uid", "sha256", "received")}

    def flag(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        chosen = self._row(folder, uidvalidity).messages.select_for_update().filter(uid__in=uids)
        with transaction.atomic():
            messages = list(chosen.order_by("uid").only("uid", *FLAG_COLUMNS))
            for message in messages:
                message.change_flags(add, remove)
            LocalMessage.objects.bulk_update(messages, FLAG_COLUMNS, batch_size=BATCH)
