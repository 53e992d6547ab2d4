"""Actions on messages: as a plain form, and with htmx."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.mailbox.letters import PLAIN, plain

HTMX = {"HX-Request": "true", "HX-Target": "rows"}


@pytest.fixture
def refs(box):
    for subject in ("one", "two", "three"):
        box.append("INBOX", plain(subject))
    return [row.ref for row in reversed(box.list_messages("INBOX").rows)]


def act_url(account, ref):
    return reverse("mailbox:act", args=[account.pk, ref.folder, ref.uidvalidity])


def subjects(box, folder):
    return sorted(row.headers.subject for row in box.list_messages(folder).rows)


def test_it_works_without_script(alice_client, account, box, refs):
    response = alice_client.post(
        act_url(account, refs[0]), {"action": "archive", "uid": [refs[0].uid, refs[2].uid], "page": 1, "q": ""}
    )
    assert response.headers["Location"] == reverse("mailbox:folder", args=[account.pk, "INBOX"])
    assert subjects(box, "INBOX") == ["two"]
    assert subjects(box, "Archive") == ["one", "three"]
    page = alice_client.get(response.headers["Location"]).content.decode()
    assert "2 messages moved to Archive." in page


@pytest.mark.parametrize(
    ("action", "flag", "expected"),
    [("read", "seen", True), ("unread", "seen", False), ("star", "flagged", True), ("unstar", "flagged", False)],
)
def test_flags(alice_client, account, box, refs, action, flag, expected):
    before = {"remove" if expected else "add": ["\\Seen", "\\Flagged"]}
    box.set_flags("INBOX", refs[0].uidvalidity, [ref.uid for ref in refs], **before)
    alice_client.post(act_url(account, refs[0]), {"action": action, "uid": [refs[1].uid]})
    states = {row.headers.subject: getattr(row, flag) for row in box.list_messages("INBOX").rows}
    assert states == {"one": not expected, "two": expected, "three": not expected}


def test_flags_are_answered_by_the_rows_they_are_on(alice_client, account, refs):
    asked = {"action": "star", "uid": [ref.uid for ref in refs[:2]], "page": 1, "q": ""}
    response = alice_client.post(act_url(account, refs[0]), asked, headers=HTMX)
    assert response.headers["HX-Reswap"] == "none"
    drawn = [f"row-{ref.uid}" in response.content.decode() for ref in refs]
    assert drawn == [True, True, False]
    assert response.content.count(b'aria-pressed="true"') == 2


@pytest.mark.parametrize("otherwise", [{"q": "is:unread"}, {"uid": 4711}])
def test_flags_are_answered_by_the_list_where_it_may_be_another(alice_client, account, refs, otherwise):
    asked = {"action": "star", "uid": [refs[0].uid], "page": 1, "q": ""} | otherwise
    response = alice_client.post(act_url(account, refs[0]), asked, headers=HTMX)
    assert "HX-Reswap" not in response.headers
    assert response.content.count(b'role="row" id="row-') == 3


@pytest.mark.parametrize(("action", "folder"), [("trash", "Trash"), ("junk", "Junk"), ("archive", "Archive")])
def test_moves(alice_client, account, box, refs, action, folder):
    alice_client.post(act_url(account, refs[0]), {"action": action, "uid": [refs[1].uid]})
    assert subjects(box, folder) == ["two"]
    assert subjects(box, "INBOX") == ["one", "three"]


def test_move_by_the_folder_s_own_button(alice_client, account, box, refs):
    box.create_folder("Clients & co")
    alice_client.post(act_url(account, refs[0]), {"target": "Clients & co", "uid": [refs[0].uid]})
    assert subjects(box, "Clients & co") == ["one"]


def test_the_button_of_one_row_leaves_the_selection_alone(alice_client, account, box, refs):
    alice_client.post(act_url(account, refs[0]), {"one": f"trash {refs[2].uid}", "uid": [refs[0].uid, refs[1].uid]})
    assert subjects(box, "INBOX") == ["one", "two"]
    assert subjects(box, "Trash") == ["three"]


def test_for_good_in_the_trash_only(alice_client, account, box, refs):
    alice_client.post(act_url(account, refs[0]), {"action": "delete", "uid": [refs[0].uid]})
    assert subjects(box, "INBOX") == ["one", "three", "two"]
    alice_client.post(act_url(account, refs[0]), {"action": "trash", "uid": [refs[0].uid, refs[1].uid]})
    [first, _second] = box.list_messages("Trash").rows
    sure = {"action": "delete", "uid": [first.ref.uid], "sure": "on"}
    response = alice_client.post(act_url(account, first.ref), sure, follow=True)
    assert "1 message deleted for good." in response.content.decode()
    assert box.list_messages("Trash").total == 1


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def test_without_script_a_page_asks_before_mail_goes_for_good(alice_client, account, box, refs):
    alice_client.post(act_url(account, refs[0]), {"action": "trash", "uid": [ref.uid for ref in refs]})
    first, *others = (row.ref for row in box.list_messages("Trash").rows)
    here = act_url(account, first)
    page = alice_client.post(here, {"one": f"delete {first.uid}", "uid": others[0].uid}).content.decode()
    assert "1 message is deleted for good." in page
    asked = {"action": "delete", "uid": [ref.uid for ref in others], "q": '"><b>', "page": 1}
    page = alice_client.post(here, asked).content.decode()
    assert "2 messages are deleted for good." in page
    assert '"><b>' not in page
    assert box.list_messages("Trash").total == 3
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page.partition(f'action="{here}"')[2]):
        fields.setdefault(name, []).append(unescape(value))
    assert alice_client.post(here, fields).status_code == 302
    assert [row.ref for row in box.list_messages("Trash").rows] == [first]


def test_without_script_a_page_asks_before_all_of_a_folder_goes(alice_client, account, box, refs):
    alice_client.post(act_url(account, refs[0]), {"action": "trash", "uid": [refs[0].uid]})
    here = act_url(account, box.list_messages("Trash").rows[0].ref)
    answer = alice_client.post(here, {"empty": "on", "uid": refs[0].uid})
    assert answer.headers["Location"] == reverse("mailbox:folder_empty", args=[account.pk, "Trash"])
    answer = alice_client.post(here, {"everything": "on", "action": "delete"})
    assert "Delete for good? This can’t be undone." in answer.content.decode()
    assert alice_client.post(here, {"everything": "on", "action": "delete", "sure": "on"}).status_code == 307


def test_a_missing_role_folder_is_made(alice_client, alice_account, alice_mail, dovecot):
    client = dovecot.imap(alice_mail)
    client.append("INBOX", PLAIN)
    for name in ("Archive",):
        client.delete_folder(name)
    [uid] = client.select_folder("INBOX") and client.search()
    uidvalidity = client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    alice_client.post(
        reverse("mailbox:act", args=[alice_account.pk, "INBOX", uidvalidity]), {"action": "archive", "uid": [uid]}
    )
    assert client.folder_status("Archive", ["MESSAGES"])[b"MESSAGES"] == 1


def test_htmx_gets_new_rows_and_the_toast(alice_client, account, refs):
    data = {"action": "trash", "uid": [refs[2].uid], "page": 1, "q": "", "open": refs[2].uid}
    response = alice_client.post(act_url(account, refs[0]), data, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert "1 message moved to Trash." in page
    assert f'id="row-{refs[2].uid}"' not in page
    assert f'id="row-{refs[1].uid}"' in page
    assert 'hx-swap-oob="true"' in page  # the reading pane is emptied
    assert response.headers["HX-Trigger"] == f"mail-changed-{account.pk}"


def test_opening_marks_the_row(alice_client, account, box, refs):
    data = {"action": "read", "uid": [refs[0].uid], "quiet": "on"}
    response = alice_client.post(act_url(account, refs[0]), data, headers=HTMX)
    page = response.content.decode()
    assert f'id="row-{refs[0].uid}"' in page
    assert "is-unread" not in page
    assert "Mark as unread" in page
    assert f'id="row-{refs[1].uid}"' not in page
    assert box.get_message(refs[0]).summary.seen


def test_recipients_stay_on_the_rows_of_sent_mail(alice_client, account, box):
    box.append("Sent", plain("To others", sender="Alice <alice@example.org>", more="Cc: Zoe <zoe@example.org>\r\n"))
    [row] = box.list_messages("Sent").rows
    data = {"action": "read", "uid": [row.ref.uid], "quiet": "on"}
    assert "Zoe" in alice_client.post(act_url(account, row.ref), data, headers=HTMX).content.decode()


def test_messages_that_are_gone_are_passed_over(alice_client, account, box, refs):
    box.move("INBOX", refs[0].uidvalidity, [refs[0].uid], "Archive")
    data = {"action": "trash", "uid": [refs[0].uid, refs[1].uid, 4294967296]}
    response = alice_client.post(act_url(account, refs[0]), data, follow=True)
    assert response.status_code == 200
    assert subjects(box, "Trash") == ["two"]


def test_nothing_selected(alice_client, account, box, refs):
    response = alice_client.post(act_url(account, refs[0]), {"action": "trash"}, follow=True)
    assert response.status_code == 200
    assert box.list_messages("INBOX").total == 3


@pytest.mark.parametrize("data", [{}, {"action": "move", "uid": ["1"]}])
def test_what_is_missing_is_said(alice_client, account, refs, data):
    response = alice_client.post(act_url(account, refs[0]), data, follow=True)
    assert "Choose" in response.content.decode()
    toast = alice_client.post(act_url(account, refs[0]), data, headers=HTMX)
    assert (toast.status_code, toast.headers["HX-Retarget"]) == (400, "#toasts")


@pytest.mark.parametrize(
    "data", [{"action": "explode", "uid": ["1"]}, {"action": "read", "uid": ["x"]}, {"one": "read 1; star 2"}]
)
def test_what_is_not_understood(alice_client, account, refs, data):
    assert alice_client.post(act_url(account, refs[0]), data).status_code == 400


def test_stale_does_nothing(alice_client, account, box, refs):
    address = reverse("mailbox:act", args=[account.pk, "INBOX", refs[0].uidvalidity + 1])
    assert alice_client.post(address, {"action": "trash", "uid": [refs[0].uid]}).status_code == 409
    toast = alice_client.post(address, {"action": "trash", "uid": [refs[0].uid]}, headers=HTMX)
    assert (toast.status_code, toast.headers["HX-Retarget"]) == (409, "#toasts")
    assert box.list_messages("INBOX").total == 3


def test_target_that_is_not_there(alice_client, account, box, refs):
    response = alice_client.post(act_url(account, refs[0]), {"target": "Nowhere", "uid": [refs[0].uid]})
    assert response.status_code == 404
    assert box.list_messages("INBOX").total == 3


def test_stranger_get_and_forgery(alice, alice_client, bob_client, account, box, refs):
    address, data = act_url(account, refs[0]), {"action": "trash", "uid": [refs[0].uid]}
    assert bob_client.post(address, data).status_code == 404
    assert alice_client.get(address).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(alice, backend="accounts.backends.PersonBackend")
    assert careful.post(address, data).status_code == 403
    assert box.list_messages("INBOX").total == 3


def test_moved_before_the_page_could_mark_it(alice_client, account, box, refs):
    data = {"action": "archive", "uid": [refs[0].uid], "open": refs[0].uid, "opened": "on"}
    alice_client.post(act_url(account, refs[0]), data)
    [row] = box.list_messages("Archive").rows
    assert row.seen
