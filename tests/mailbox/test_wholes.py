"""What whole folders are told by, over both mailboxes: as it is now, whatever another program did a moment ago."""

import pytest

from tests.mailbox.letters import plain
from webmail.mailbox.base import MessageRef, NoSuchFolder, StaleReference
from webmail.mailbox.query import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def refs(box) -> list[MessageRef]:
    for subject in ("one", "two", "three"):
        box.append("INBOX", plain(subject))
    return [row.ref for row in reversed(box.list_messages("INBOX").rows)]


def uids(refs) -> list[int]:
    return [ref.uid for ref in refs]


def test_all_some_and_those_since(box, refs):
    validity = refs[0].uidvalidity
    assert box.find("INBOX") == (validity, uids(refs))
    assert box.find("INBOX", parse("subject:two")) == (validity, [refs[1].uid])
    assert box.find("INBOX", since=refs[2].uid) == (validity, [refs[2].uid])
    assert box.find("INBOX", since=refs[2].uid + 1) == (validity, [])


def test_what_comes_is_numbered_from_there_on(box, refs):
    validity, first = box.next_place("Archive")
    moved = box.move("INBOX", refs[0].uidvalidity, uids(refs), "Archive")
    assert box.find("Archive", since=first) == (validity, sorted(ref.uid for ref in moved.values()))
    with pytest.raises(NoSuchFolder):
        box.next_place("Nowhere")


def test_arrival_and_look_stay_with_a_message(box, refs):
    validity = refs[0].uidvalidity
    before, looked = box.census("INBOX", validity, [*uids(refs), 4711]), box.looks("INBOX", validity, uids(refs))
    assert (set(before), len(set(looked.values()))) == (set(uids(refs)), 3)
    moved = {uid: ref.uid for uid, ref in box.move("INBOX", validity, uids(refs), "Archive").items()}
    there = box.next_place("Archive")[0]
    after, looks = box.census("Archive", there, list(moved.values())), box.looks("Archive", there, list(moved.values()))
    assert {uid: after[moved[uid]].arrived for uid in moved} == {uid: each.arrived for uid, each in before.items()}
    assert {uid: looks[moved[uid]] for uid in moved} == looked
    assert box.census("INBOX", validity, uids(refs)) == {}


def test_flags_of_many(box, refs):
    validity = refs[0].uidvalidity
    box.flag("INBOX", validity, uids(refs)[1:], add=["\\Seen"])
    seen = {uid for uid, each in box.census("INBOX", validity, uids(refs)).items() if "\\Seen" in each.flags}
    assert seen == set(uids(refs)[1:])
    box.flag("INBOX", validity, uids(refs), remove=["\\Seen"])
    assert [row.seen for row in box.list_messages("INBOX").rows] == [False] * 3


def test_stale_references_do_nothing(box, refs):
    for call in (box.census, box.looks, box.flag):
        with pytest.raises(StaleReference):
            call("INBOX", refs[0].uidvalidity + 1, uids(refs))
