"""A batch that was begun, and of which nobody wrote how it ended: its worker died, the line broke, or the server does
not tell where messages went.

settle() → both folders, until neither changes any more (a server goes on with a command whose sender is gone) → who is
still in the first, who came into the second since → of each that is still there: is it a copy of its own that came?
Then only its removal is missing (COPY was done, EXPUNGE was not); else it has to be moved yet → jobs.settled. Marks and
deletions are simply done again.

Messages are told by when they arrived, which a copy keeps (RFC 9051, 6.4.7), and where one is about to be removed, by
its whole header and its size too. Of twins it counts how many there are. What can't be told apart is never removed and
never taken back: the worst that is left is a message twice, never none.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping

from webmail.bulk import jobs
from webmail.bulk.models import Act, Batch, Job, uids_of
from webmail.mailbox.acts import FLAGS
from webmail.mailbox.base import Mailbox, NoSuchFolder, Presence

LOOKS, PAUSE = 30, 1.0  # until two looks at the folders, so many seconds apart, show the same


def settle(job: Job, batch: Batch, mailbox: Mailbox, *, at_rest: bool = False) -> None:
    """Find out how far it came, finish what was half done, and write it down. `at_rest`: the server has answered, so
    that nothing moves any more. Raises jobs.LeaseLost and what the mailbox raises."""
    present = uids_of(batch.present)
    if job.act == Act.MOVE:
        _settle_move(job, batch, mailbox, present, at_rest=at_rest)
        return
    if job.act == Act.DELETE:
        mailbox.delete(job.folder, job.uidvalidity, present)
    else:
        add, remove = FLAGS[job.act]
        mailbox.flag(job.folder, job.uidvalidity, present, add=add, remove=remove)
    jobs.done(job, batch, len(present), () if job.act == Act.DELETE else present)


def _settle_move(job: Job, batch: Batch, mailbox: Mailbox, present: list[int], *, at_rest: bool) -> None:
    arrived = dict(zip(present, batch.arrivals, strict=True))
    left, came = _still(job, batch, mailbox, present, at_rest=at_rest)
    gone = [uid for uid in present if uid not in left]
    copies = _copies(job, mailbox, left, came, [arrived[uid] for uid in gone], batch.next_validity or 0)
    if copies:
        mailbox.delete(job.folder, job.uidvalidity, list(copies))
    copied = set(copies.values())
    others = {uid: each.arrived for uid, each in came.items() if uid not in copied}
    back = [*copies.values(), *_as_many(others, [arrived[uid] for uid in gone])]
    waiting = [uid for uid in left if uid not in copies]
    undone = set(waiting)
    over = [uid for uid in uids_of(batch.uids) if uid not in undone]
    jobs.settled(job, batch, over, waiting, len(gone) + len(copies), back, batch.next_validity or 0)


def _still(
    job: Job, batch: Batch, mailbox: Mailbox, present: list[int], *, at_rest: bool
) -> tuple[dict[int, Presence], dict[int, Presence]]:
    """Who is in the folder yet, and who came into the target, once that is the same twice."""
    looks = _look(job, batch, mailbox, present)
    for _time in range(0 if at_rest else LOOKS):
        jobs.renew(job)
        time.sleep(PAUSE)
        before, looks = looks, _look(job, batch, mailbox, present)
        if before == looks:
            break
    return looks


def _look(
    job: Job, batch: Batch, mailbox: Mailbox, present: list[int]
) -> tuple[dict[int, Presence], dict[int, Presence]]:
    left = mailbox.census(job.folder, job.uidvalidity, present)
    try:
        validity, uids = mailbox.find(job.target, since=batch.next_uid or 1)
        came = mailbox.census(job.target, validity, uids) if validity == batch.next_validity and uids else {}
    except NoSuchFolder:
        came = {}
    return left, came


def _copies(
    job: Job,
    mailbox: Mailbox,
    left: Mapping[int, Presence],
    came: Mapping[int, Presence],
    gone: Iterable[int],
    validity: int,
) -> dict[int, int]:
    """Of those that are left, the ones whose copy is in the target: its uid there. As many newcomers of a moment as
    there are messages gone are theirs."""
    spare = _by_arrival(came)
    for moment in gone:
        if spare.get(moment):
            spare[moment] = spare[moment][:-1]
    doubtful = {uid: each for uid, each in left.items() if spare.get(each.arrived)}
    if not doubtful:
        return {}
    moments = {each.arrived for each in doubtful.values()}
    looks = mailbox.looks(job.folder, job.uidvalidity, list(doubtful))
    there = mailbox.looks(job.target, validity, [uid for uid, each in came.items() if each.arrived in moments])
    room = {moment: len(uids) for moment, uids in spare.items()}
    return _paired(doubtful, looks, there, room)


def _paired(
    doubtful: Mapping[int, Presence], looks: Mapping[int, str], there: Mapping[int, str], room: dict[int, int]
) -> dict[int, int]:
    by_look: dict[str, list[int]] = defaultdict(list)
    for uid, look in there.items():
        by_look[look].append(uid)
    copies: dict[int, int] = {}
    for uid, each in doubtful.items():
        twins = by_look.get(looks.get(uid, ""))
        if twins and room[each.arrived]:
            room[each.arrived] -= 1
            copies[uid] = twins.pop()
    return copies


def _as_many(newcomers: Mapping[int, int], gone: Iterable[int]) -> list[int]:
    """Those newcomers that can be nobody else: as many of a moment as are gone of it."""
    came: dict[int, list[int]] = defaultdict(list)
    for uid, moment in newcomers.items():
        came[moment].append(uid)
    wanted: dict[int, int] = defaultdict(int)
    for moment in gone:
        wanted[moment] += 1
    return [uid for moment, number in wanted.items() if len(came[moment]) == number for uid in came[moment]]


def _by_arrival(found: Mapping[int, Presence]) -> dict[int, list[int]]:
    by_arrival: dict[int, list[int]] = defaultdict(list)
    for uid, each in found.items():
        by_arrival[each.arrived].append(uid)
    return by_arrival
