"""Acts are taken back: once, from whichever page, over both mailboxes; and over a real Dovecot that says neither that
it can MOVE nor where mail went."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tests.mailbox.letters import plain
from tests.servers.dovecot import DovecotForTests
from tests.servers.terse import terse
from webmail.mailbox import journal
from webmail.mailbox.base import MessageRef
from webmail.mailbox.models import Act
from webmail.mailbox.opening import close_sessions, open_mailbox

HTMX = {"HX-Request": "true", "HX-Target": "rows"}


@pytest.fixture
def refs(box) -> list[MessageRef]:
    for subject in ("one", "two", "three"):
        box.append("INBOX", plain(subject))
    return [row.ref for row in reversed(box.list_messages("INBOX").rows)]


@pytest.fixture
def act(alice_client: Client, account: Account, refs):
    """Do something with messages of the inbox: the answer."""

    def do(action: str, *chosen: MessageRef, **more: object):
        address = reverse("mailbox:act", args=[account.pk, "INBOX", refs[0].uidvalidity])
        asked = {"action": action, "uid": [ref.uid for ref in chosen], "page": 1, "q": "", **more}
        return alice_client.post(address, asked, headers=HTMX)

    return do


@pytest.fixture
def undo(alice_client: Client, account: Account):
    """Take back the last act, or one by its address: the words of the answer."""

    def do(address: str = "") -> str:
        address = address or reverse("mailbox:undo_last", args=[account.pk])
        return alice_client.post(address, headers=HTMX).content.decode()

    return do


def address_of(act: Act) -> str:
    return reverse("mailbox:undo", args=[act.account_id, act.pk])


def subjects(box, folder: str) -> list[str]:
    return sorted(row.headers.subject for row in box.list_messages(folder).rows)


def states(box) -> dict[str, tuple[bool, bool]]:
    return {row.headers.subject: (row.seen, row.flagged) for row in box.list_messages("INBOX").rows}


@pytest.mark.parametrize(("action", "folder"), [("trash", "Trash"), ("junk", "Junk"), ("archive", "Archive")])
def test_moved_mail_comes_back(box, refs, act, undo, action, folder):
    act(action, refs[0], refs[2])
    assert subjects(box, folder) == ["one", "three"]
    assert "2 messages are back in Inbox." in undo()
    assert subjects(box, folder) == []
    assert subjects(box, "INBOX") == ["one", "three", "two"]


def test_the_toast_leads_back(box, refs, act, undo):
    answer = act("move", refs[1], target="Archive").content.decode()
    [done] = Act.objects.all()
    assert f'hx-post="{address_of(done)}"' in answer
    undo(address_of(done))
    assert subjects(box, "INBOX") == ["one", "three", "two"]


def test_without_script(alice_client, account, box, refs):
    asked = {"action": "trash", "uid": refs[0].uid, "page": 1, "q": ""}
    address = reverse("mailbox:act", args=[account.pk, "INBOX", refs[0].uidvalidity])
    page = alice_client.post(address, asked, follow=True).content.decode()
    way_back = address_of(Act.objects.get())
    assert f'<form method="post" action="{way_back}"' in page
    after = alice_client.post(way_back, follow=True)
    assert after.redirect_chain == [(reverse("mailbox:folder", args=[account.pk, "INBOX"]), 302)]
    assert "1 message is back in Inbox." in after.content.decode()
    assert box.list_messages("INBOX").total == 3


@pytest.mark.parametrize(
    ("action", "before"),
    [("read", (False, True)), ("unread", (True, True)), ("star", (True, False)), ("unstar", (True, True))],
)
def test_flags_are_as_they_were(box, refs, act, undo, action, before):
    """Each by itself: one of the messages was marked so before, and stays so."""
    every = [ref.uid for ref in refs]
    seen, flagged = before
    flags = [flag for flag, on in (("\\Seen", seen), ("\\Flagged", flagged)) if on]
    box.set_flags("INBOX", refs[0].uidvalidity, every, add=flags)
    turned = {"read": {"add": ["\\Seen"]}, "unread": {"remove": ["\\Seen"]}, "star": {"add": ["\\Flagged"]}}
    box.set_flags("INBOX", refs[0].uidvalidity, [refs[1].uid], **turned.get(action, {"remove": ["\\Flagged"]}))
    was = states(box)
    assert "data-undo" in act(action, *refs).content.decode()
    assert len(set(states(box).values())) == 1
    assert "Undone for 2 messages." in undo()
    assert states(box) == was


def test_nothing_is_offered_where_nothing_changed(box, refs, act):
    act("star", refs[0])
    assert "data-undo" not in act("star", refs[0]).content.decode()
    assert Act.objects.count() == 1


def test_what_the_page_does_by_itself_is_no_act(refs, act):
    assert "toast" not in act("read", refs[0], quiet="on").content.decode()
    assert not Act.objects.exists()


def test_once_only(box, refs, act, undo):
    act("archive", refs[0])
    [done] = Act.objects.all()
    undo(address_of(done))
    box.move("INBOX", refs[0].uidvalidity, [box.list_messages("INBOX").rows[0].ref.uid], "Archive")
    assert "undone already" in undo(address_of(done))
    assert "undone already" in undo()
    assert subjects(box, "Archive") == ["one"]


def test_one_step_after_the_other(box, refs, act, undo):
    act("star", refs[0])
    act("trash", refs[1])
    undo()
    assert subjects(box, "INBOX") == ["one", "three", "two"]
    assert states(box)["one"] == (False, True)
    undo()
    assert states(box)["one"] == (False, False)


def test_mail_that_went_elsewhere_meanwhile_is_left_there(box, refs, act, undo):
    act("archive", refs[0], refs[1])
    [row] = [row for row in box.list_messages("Archive").rows if row.headers.subject == "one"]
    box.move("Archive", row.ref.uidvalidity, [row.ref.uid], "Junk")
    said = undo()
    assert "1 message is back in Inbox." in said
    assert "Not undone for 1" in said
    assert (subjects(box, "INBOX"), subjects(box, "Junk")) == (["three", "two"], ["one"])


def test_nothing_left_to_undo_is_said(box, refs, act, undo):
    act("archive", refs[0])
    [row] = box.list_messages("Archive").rows
    box.move("Archive", row.ref.uidvalidity, [row.ref.uid], "Junk")
    assert "Nothing could be undone" in undo()
    assert subjects(box, "Junk") == ["one"]


def test_an_old_act_is_left_to_its_toast_and_then_forgotten(box, refs, act, undo):
    act("archive", refs[0])
    Act.objects.update(done=timezone.now() - journal.YOUNG)
    assert "nothing to undo" in undo()
    Act.objects.update(done=timezone.now() - journal.KEPT + timedelta(minutes=1))
    journal.prune()
    assert "is back in" in undo(address_of(Act.objects.get()))
    Act.objects.update(done=timezone.now() - journal.KEPT, undone=None)
    assert "nothing to undo" in undo(address_of(Act.objects.get()))
    journal.prune()
    assert not Act.objects.exists()


def test_an_account_that_was_set_up_anew_is_another(account, refs, act, undo):
    act("archive", refs[0])
    Account.objects.filter(pk=account.pk).update(version=account.version + 1)
    assert "nothing to undo" in undo()


def test_deleted_for_good_has_no_way_back(alice_client, account, box, refs, act):
    act("trash", refs[0])
    [row] = box.list_messages("Trash").rows
    Act.objects.all().delete()
    address = reverse("mailbox:act", args=[account.pk, "Trash", row.ref.uidvalidity])
    answer = alice_client.post(address, {"action": "delete", "uid": row.ref.uid}, headers=HTMX).content.decode()
    assert "data-undo" not in answer
    assert not Act.objects.exists()


def test_where_the_way_back_is_barred_it_can_be_tried_again(account, box, refs, act, undo):
    act("archive", refs[0])
    claimed = journal.claim(account)
    assert claimed is not None
    assert journal.claim(account) is None
    Act.objects.update(undone=None, folder="Nowhere")
    undo()
    assert Act.objects.get().undone is None
    Act.objects.update(folder="INBOX")
    assert "is back in" in undo()


def test_strangers_and_get(alice_client, bob_client, account, box, refs, act):
    act("archive", refs[0])
    addresses = [address_of(Act.objects.get()), reverse("mailbox:undo_last", args=[account.pk])]
    assert [bob_client.post(address).status_code for address in addresses] == [404, 404]
    assert [alice_client.get(address).status_code for address in addresses] == [405, 405]
    assert subjects(box, "Archive") == ["one"]


def test_a_key_of_another_account_is_none(alice_client, bob_client, account, bob_account, refs, act, box):
    act("archive", refs[0])
    address = reverse("mailbox:undo", args=[bob_account.pk, Act.objects.get().pk])
    assert "nothing to undo" in bob_client.post(address, headers=HTMX).content.decode()
    address = reverse("mailbox:undo", args=[account.pk, uuid4()])
    assert "nothing to undo" in alice_client.post(address, headers=HTMX).content.decode()
    assert subjects(box, "Archive") == ["one"]


# -- servers that tell little


@pytest.fixture(params=["MOVE", "UIDPLUS COPYUID", "MOVE UIDPLUS COPYUID"])
def poor(request: pytest.FixtureRequest, alice_account: Account, dovecot: DovecotForTests) -> Iterator[Account]:
    """Alice's account on a server that says none of these words."""
    with terse(dovecot.host, dovecot.ports["imap"], *request.param.split()) as port:
        alice_account.incoming_host, alice_account.incoming_port = "127.0.0.1", port
        alice_account.incoming_security = "none"
        alice_account.save()
        yield alice_account
        close_sessions(alice_account.pk)


def test_a_server_that_tells_little(alice_client, poor, dovecot, alice_mail):
    for subject in ("same", "one", "two"):
        dovecot.deliver(alice_mail.address, plain(subject))
    with open_mailbox(poor) as mailbox:
        mailbox.append("Archive", plain("one"))  # was there before: nobody's to move
        page = mailbox.list_messages("INBOX")
        address = reverse("mailbox:act", args=[poor.pk, "INBOX", page.uidvalidity])
        uids = [row.ref.uid for row in page.rows if row.headers.subject != "same"]
        alice_client.post(address, {"action": "archive", "uid": [*uids, 4711]}, headers=HTMX)
        assert subjects(mailbox, "Archive") == ["one", "one", "two"]
        said = alice_client.post(reverse("mailbox:undo_last", args=[poor.pk]), headers=HTMX).content.decode()
        assert "2 messages are back in Inbox." in said
        assert subjects(mailbox, "Archive") == ["one"]
        assert subjects(mailbox, "INBOX") == ["one", "same", "two"]


def test_what_looks_the_same_is_not_guessed(poor):
    received = timezone.now().replace(microsecond=0)
    with open_mailbox(poor) as mailbox:
        for _time in range(2):
            mailbox.append("INBOX", plain("twin"), received=received)
        page = mailbox.list_messages("INBOX")
        places = mailbox.move("INBOX", page.uidvalidity, [row.ref.uid for row in page.rows], "Archive")
        assert len(places) == 2
        tells = "UIDPLUS" in mailbox.capabilities.server
        assert all(places.values()) if tells else not any(places.values())
        assert mailbox.list_messages("Archive").total == 2


def test_a_folder_that_refuses_leaves_no_act(act, refs):
    act("move", refs[0], target="INBOX")
    assert not Act.objects.exists()
