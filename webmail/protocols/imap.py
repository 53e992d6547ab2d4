"""An IMAP session: open, list, select, read, change. Values out, named errors, no state but the connection's.

Flow: open_session dials through the guard, encrypts as chosen, signs in → ImapSession: the folders here, what is read
of an open one in imap_reading.py, what is changed in imap_changes.py, all of it said through imap_conversation.py.
Nothing is stored. A crash or a lost line between two commands of one method leaves at least one copy of every message
(see `move`); the session is `broken` then and is never used again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from webmail.protocols import imap_parse, sasl
from webmail.protocols.endpoint import Credentials, Endpoint, Security
from webmail.protocols.errors import Rejected
from webmail.protocols.imap_answers import folder_entry, number_of, quota_of, status_of
from webmail.protocols.imap_changes import Changes
from webmail.protocols.imap_client import GuardedClient, translated
from webmail.protocols.imap_parse import folder_argument
from webmail.protocols.imap_types import ListEntry, Quota, Selected, Status
from webmail.protocols.sockets import DEFAULT_TIMEOUTS, AddressGuard, Timeouts
from webmail.protocols.tls import explained
from webmail.protocols.wire import connect

_STATUS_ITEMS = ("MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY")


def open_session(
    endpoint: Endpoint,
    credentials: Credentials,
    *,
    guard: AddressGuard,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    until: float | None = None,
) -> "ImapSession":
    """A logged-in session; once connected, not later than `until` (ImapSession.answer_by). Raises Unreachable,
    TlsRefused (a refused certificate's details: tls.describe_certificate), LoginRefused; ValueError for control
    characters in the credentials."""
    sasl.refuse_control(credentials)
    return explained(lambda end: _open(end, credentials, guard, timeouts, until), endpoint)


def _open(
    endpoint: Endpoint, credentials: Credentials, guard: AddressGuard, timeouts: Timeouts, until: float | None
) -> "ImapSession":
    wire = connect(endpoint, guard, timeouts)
    try:
        wire.watch()
        wire.end_by(until)
        with translated():
            client = GuardedClient(wire, endpoint)
        with translated(client):
            wire.begin()
            if endpoint.security is Security.STARTTLS:
                client.upgrade()
            client.sign_in(credentials)
            return ImapSession(client)
    except BaseException:
        wire.close()
        raise


class ImapSession(Changes):
    """One connection, logged in: see Conversation for what every method may raise."""

    def list_folders(self) -> list[ListEntry]:
        """All folders, with \\Subscribed, and their special uses where the server tells: by one LIST; on servers from
        before LIST-EXTENDED (RFC 5258) also one LSUB."""
        entries = self._entries("LIST", *self._list_options())
        if "LIST-EXTENDED" in self.capabilities:
            return entries
        subscribed = {entry.name for entry in self._entries("LSUB") if "\\noselect" not in map(str.lower, entry.flags)}
        return [
            replace(entry, flags=entry.flags | {"\\Subscribed"}) if entry.name in subscribed else entry
            for entry in entries
        ]

    def _entries(self, command: str, *options: bytes) -> list[ListEntry]:
        listed = self._run(command, b'""', b'"*"', *options)
        return [entry for response in imap_parse.split_responses(listed) if (entry := folder_entry(response))]

    def list_status(self, items: Sequence[str] = _STATUS_ITEMS) -> list[tuple[ListEntry, Status | None]] | None:
        """All folders with their counts by one LIST (RFC 5819); None where the server can't. A folder that can't be
        counted has None."""
        if "LIST-STATUS" not in self.capabilities:
            return None
        if unknown := set(items) - set(_STATUS_ITEMS):
            raise ValueError(f"unknown status items: {sorted(unknown)}")
        wanted = b"STATUS (" + " ".join(items).encode("ascii") + b")"
        before = self._size()
        listed, told, has_news = self._listed_and_counted(wanted)
        if has_news or self._size() != before:
            listed, told, _has_news = self._listed_and_counted(wanted)
        counts = dict(counted for response in imap_parse.split_responses(told) if (counted := status_of(response)))
        entries = (folder_entry(response) for response in imap_parse.split_responses(listed))
        return [(entry, counts.get(entry.name)) for entry in entries if entry]

    def _listed_and_counted(self, wanted: bytes) -> tuple[list[Any], list[Any], bool]:
        """Of the folder that is open a server may count what this session knows, and tell it the news only then."""
        asked: tuple[bytes, ...] = (b'""', b'"*"', *self._list_options(wanted))
        with self._talk() as client:
            refused, _news = client.run_together(("LIST", *asked), ("NOOP",))
            untagged = client.connection.untagged_responses
            listed, told, news = (untagged.pop(name, []) for name in ("LIST", "STATUS", "FETCH"))
        if refused:
            raise refused
        return listed, told, bool(news)

    def _list_options(self, *more: bytes) -> list[bytes]:
        options = list(more)
        if "LIST-EXTENDED" in self.capabilities:
            options.append(b"SUBSCRIBED")
            if "SPECIAL-USE" in self.capabilities:
                options.append(b"SPECIAL-USE")
        return [b"RETURN (" + b" ".join(options) + b")"] if options else []

    def status(self, folder: str) -> Status:
        items = " ".join(_STATUS_ITEMS).encode("ascii")
        told = self._run("STATUS", folder_argument(folder), b"(" + items + b")")
        found = [counted[1] for response in imap_parse.split_responses(told) if (counted := status_of(response))]
        if not found:
            raise Rejected("The server does not count this folder.", code="", permanent=False)
        return found[-1]

    def quota(self, folder: str) -> Quota | None:
        """The space this folder shares (GETQUOTAROOT, RFC 9208, 4.1.2); of several the one that is fuller. None where
        the server has no limit."""
        if "QUOTA" not in self.capabilities:
            return None
        told = self._run("GETQUOTAROOT", folder_argument(folder), answer="QUOTA")
        found = [quota for response in imap_parse.split_responses(told) if (quota := quota_of(response))]
        return max(found, key=lambda quota: quota.used / quota.limit, default=None)

    def select(self, folder: str) -> Selected:
        """Open a folder; the one that was open is closed, also when this is refused. Rejected: NONEXISTENT, NOPERM…"""
        argument = folder_argument(folder)
        self.selected = None
        with self._talk() as client:
            connection = client.connection
            connection.state, connection.exists = "AUTH", 0
            client.run("SELECT", argument)
            connection.state = "SELECTED"
            told = connection.untagged_responses
            self.selected = Selected(
                folder,
                uidvalidity=number_of(told.get("UIDVALIDITY")) or 0,
                exists=connection.exists,
                uidnext=number_of(told.get("UIDNEXT")) or 0,
            )
        return self.selected

    def select_if_needed(self, folder: str, uidvalidity: int | None = None) -> Selected:
        """Open a folder unless it is open already. A `uidvalidity` other than the known one makes it be opened anew:
        compare the answer's, it may differ still."""
        current = self.selected
        if current and current.folder == folder and uidvalidity in (None, current.uidvalidity):
            return current
        return self.select(folder)
