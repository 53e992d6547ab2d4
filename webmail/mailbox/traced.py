"""Moves on servers that do not say where mail went (no UIDPLUS, so no COPYUID: RFC 4315, 3).

moved() → STATUS of the target (its next uid), rows of what is to be moved → the move → rows of what came into the
target from that uid on → paired by what a copy keeps: size, arrival, header. Two that look the same are told apart by
nothing: then none of them has a place, as guessing would let an undo take other mail. The move itself depends on none
of this; a line that is lost after it leaves moved mail of unknown place.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from webmail.protocols.errors import MailServerError
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_types import Place, Row, Status

NEWCOMERS = 2000  # rows of the target that are looked at


def moved(session: ImapSession, uids: Sequence[int], target: str) -> dict[int, Place]:
    """As ImapSession.move, of those that are there by now; the places are found out."""
    session.noop()
    rows = session.rows(uids)
    before = session.status(target)
    places = session.move([row.uid for row in rows], target)
    if all(places.values()):  # told after all
        return places
    try:
        return places | _paired([row for row in rows if row.uid in places], _newcomers(session, target, before))
    except MailServerError:
        return places


def _newcomers(session: ImapSession, target: str, before: Status) -> tuple[int, list[Row]]:
    """UIDVALIDITY of the target, and what came since; nothing where its numbers do not tell."""
    selected = session.select(target)
    if not before.uidnext or before.uidvalidity != selected.uidvalidity:
        return selected.uidvalidity, []
    # "n:*" always has the last message, also where that is older (RFC 9051, 9, seq-range).
    found = [uid for uid in session.search(["UID", f"{before.uidnext}:*"]) if uid >= before.uidnext]
    return selected.uidvalidity, session.rows(found) if len(found) <= NEWCOMERS else []


def _paired(left: Iterable[Row], came: tuple[int, Iterable[Row]]) -> dict[int, Place]:
    uidvalidity, newcomers = came
    sources, targets = _by_look(left), _by_look(newcomers)
    return {
        uids[0]: (uidvalidity, targets[look][0])
        for look, uids in sources.items()
        if len(uids) == len(targets.get(look, ())) == 1
    }


def _by_look(rows: Iterable[Row]) -> dict[tuple[object, ...], list[int]]:
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in rows:
        found[row.size, row.internaldate, row.header].append(row.uid)
    return found
