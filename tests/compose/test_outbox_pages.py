"""The outbox as a person sees it, and what each of its buttons does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tests.compose.letters import queued, stored, url
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.compose import recovery
from webmail.compose.models import Draft, Outgoing, State
from webmail.compose.presented import OWN_WORDS, present
from webmail.compose.tasks import deliver


def outbox(client: Client) -> str:
    return client.get(reverse("compose:outbox")).content.decode()


def press(client: Client, outgoing: Outgoing, action: str) -> Outgoing | None:
    """The row after the button was pressed and the worker has looked."""
    answer = client.post(reverse("compose:act", args=[outgoing.pk]), {"action": action})
    assert answer.status_code == 302
    deliver(outgoing.pk)
    return Outgoing.objects.filter(pk=outgoing.pk).first()


def refused(account: Account, server: RecordingServer, code: int = 550, at: str = "rcpt") -> Outgoing:
    server.refuse("*", code, "5.7.1 <b>no</b>", at=at)
    outgoing = queued(account)
    deliver(outgoing.pk)
    server.rules.replies.clear()
    return Outgoing.objects.get(pk=outgoing.pk)


def lost(account: Account, server: RecordingServer) -> Outgoing:
    server.drop_after_dot()
    outgoing = queued(account)
    deliver(outgoing.pk)
    server.rules.replies.clear()
    return Outgoing.objects.get(pk=outgoing.pk)


def test_nothing_on_its_way(alice_client: Client, alice_account: Account) -> None:
    assert "Nothing is on its way" in outbox(alice_client)


def test_it_works(alice_client: Client, alice_account: Account) -> None:
    outgoing = queued(alice_account)
    page = outbox(alice_client)
    assert "On its way" in page
    assert "every 2s" in page
    deliver(outgoing.pk)
    page = outbox(alice_client)
    assert "A copy is in Sent." in page
    assert "every 2s" not in page


def test_the_page_follows_until_the_copy_is_in_sent(alice_client: Client, alice_account: Account) -> None:
    outgoing = queued(alice_account)
    deliver(outgoing.pk)
    Outgoing.objects.filter(pk=outgoing.pk).update(state=State.SENT, filed_at=None, not_before=timezone.now())
    assert "every 2s" in outbox(alice_client)
    Outgoing.objects.filter(pk=outgoing.pk).update(not_before=timezone.now() + timedelta(minutes=5))
    assert "every 2s" not in outbox(alice_client)


def test_who_moves_on_sees_it_for_two_days(alice_client: Client, alice_account: Account) -> None:
    outgoing = queued(alice_account)
    deliver(outgoing.pk)
    Outgoing.objects.update(queued_at=timezone.now() - timedelta(days=3))
    assert "Nothing is on its way" in outbox(alice_client)


def test_a_refused_mail_says_why_in_words_and_in_the_servers(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    refused(alice_account, smtp_server)
    page = outbox(alice_client)
    assert "Needs your attention" in page
    assert "The mail server refused" in page
    assert "It was not sent." in page
    assert "5.7.1 &lt;b&gt;no&lt;/b&gt;" in page


@pytest.mark.parametrize(("action", "state"), [("try_again", State.FILED), ("delete", None), ("edit", None)])
def test_what_can_be_done_about_it(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer, action: str, state: State | None
) -> None:
    outgoing = refused(alice_account, smtp_server)
    assert f'value="{action}"' in outbox(alice_client)
    row = press(alice_client, outgoing, action)
    assert (row.state if row else None) == state
    assert Draft.objects.exists() == (action == "edit")
    assert len(smtp_server.accepted) == (1 if action == "try_again" else 0)


def test_the_badge_counts_what_is_not_settled(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    assert "waiting" not in alice_client.get(reverse("compose:count")).content.decode()
    refused(alice_account, smtp_server)
    outgoing = queued(alice_account)
    assert ">2<" in alice_client.get(reverse("compose:count")).content.decode()
    deliver(outgoing.pk)
    assert ">1<" in alice_client.get(reverse("compose:count")).content.decode()


def test_a_mail_that_fails_is_told_on_whatever_page_is_open(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    address = reverse("compose:count")
    outgoing = queued(alice_account)
    assert f"{address}?needy=0" in alice_client.get(address).content.decode()
    smtp_server.refuse("*", 550, "5.7.1 no", at="rcpt")
    deliver(outgoing.pk)
    told = alice_client.get(address, {"needy": "0"}).content.decode()
    assert "Needs your attention" in told
    assert "hx-get" not in told  # nothing moves any more
    for before in ("1", "", "x"):
        assert "Needs your attention" not in alice_client.get(address, {"needy": before}).content.decode()


def test_a_mail_that_waits(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    outgoing = refused(alice_account, smtp_server, 451)
    page = outbox(alice_client)
    assert "Next try at" in page
    assert "5.7.1" in page
    row = press(alice_client, outgoing, "try_now")
    assert row
    assert row.state == State.FILED


def test_a_mail_that_waits_is_stopped(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    outgoing = refused(alice_account, smtp_server, 451)
    assert press(alice_client, outgoing, "cancel") is None
    assert Draft.objects.get().pk == outgoing.key
    assert "Drafts that are only here" in outbox(alice_client)


def test_too_late_to_stop(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    outgoing = queued(alice_account)
    deliver(outgoing.pk)
    answer = alice_client.post(reverse("compose:act", args=[outgoing.pk]), {"action": "cancel"}, follow=True)
    assert "This is how it stands now" in answer.content.decode()
    assert len(smtp_server.accepted) == 1


@pytest.mark.parametrize(("action", "sent"), [("arrived", 1), ("send_again", 2)])
def test_an_unknown_outcome_is_decided(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer, action: str, sent: int
) -> None:
    outgoing = lost(alice_account, smtp_server)
    page = outbox(alice_client)
    assert "It may have arrived" in page
    row = press(alice_client, outgoing, action)
    assert row
    assert row.state == State.FILED
    assert len(smtp_server.accepted) == sent


def test_evidence_for_an_unknown_outcome(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
) -> None:
    outgoing = lost(alice_account, smtp_server)
    address = reverse("compose:outgoing", args=[outgoing.pk])
    assert "There is no copy of this mail in Sent" in alice_client.get(address).content.decode()
    with dovecot.imap(alice_mail) as client:  # as a server that stores what it sends
        client.append("Sent", smtp_server.accepted[0].raw)
    assert "the server took the mail" in alice_client.get(address).content.decode()
    Account.objects.update(incoming_port=1, version=7)
    assert "could not look" in alice_client.get(address).content.decode()
    assert len(stored(dovecot, alice_mail, "Sent")) == 1


def test_partly_refused_is_told_until_read(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    smtp_server.refuse("never@example.org", 550, "5.1.1 nobody")
    outgoing = queued(alice_account, to="good@example.org, never@example.org")
    deliver(outgoing.pk)
    Outgoing.objects.update(queued_at=timezone.now() - timedelta(days=3))
    page = outbox(alice_client)
    assert "not to everybody" in page
    assert "never@example.org" in page
    assert "550 5.1.1 nobody" in page
    people = alice_client.get(reverse("compose:outgoing", args=[outgoing.pk])).content.decode()
    assert "the server has it" in people
    assert "refused" in people
    assert 'value="never@example.org"' in people
    act = reverse("compose:act", args=[outgoing.pk])
    wrong = {"action": "try_refused", "address": "a@b.org\r\nRCPT TO:<c@d.org>"}
    assert "This is not an address" in alice_client.post(act, wrong, follow=True).content.decode()
    assert Outgoing.objects.count() == 1
    press(alice_client, outgoing, "dismiss")
    assert "never@example.org" not in outbox(alice_client)


def test_who_was_refused_is_tried_again(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    smtp_server.refuse("never@example.org", 550, "5.1.1 nobody")
    outgoing = queued(alice_account, to="good@example.org, never@example.org")
    deliver(outgoing.pk)
    assert "Try the refused ones again" in outbox(alice_client)
    press(alice_client, outgoing, "try_refused")
    rest = Outgoing.objects.exclude(pk=outgoing.pk).get()
    assert rest.addresses("waiting") == ["never@example.org"]
    assert "not to everybody" not in outbox(alice_client)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("error", ["", "rejected", "unreachable", "smtputf8", *OWN_WORDS])
def test_every_state_has_a_sentence(alice_account: Account, state: State, error: str) -> None:
    outgoing = queued(alice_account)
    moment = timezone.now()
    for due in (None, moment + timedelta(hours=1)):
        values = {"attempts": 1, "accepted_at": moment, "not_before": due, "last_error": error}
        Outgoing.objects.update(state=state, **values)
        shown = present(Outgoing.objects.shown().get(pk=outgoing.pk))
        assert shown.title.strip()
        assert len(shown.text.split()) > 3
        assert shown.text.endswith(".")


def test_a_copy_that_is_not_in_sent(alice_client: Client, alice_account: Account, dovecot: DovecotForTests) -> None:
    Account.objects.update(incoming_port=1)
    outgoing = queued(alice_account)
    deliver(outgoing.pk)
    page = outbox(alice_client)
    assert "copy not yet in Sent" in page
    assert "The mail was delivered" in page
    Outgoing.objects.update(not_before=None)
    page = outbox(alice_client)
    assert "Needs your attention" in page
    row = press(alice_client, outgoing, "dismiss")
    assert row
    assert row.state == State.FILED


def test_mail_of_a_removed_account(alice_client: Client, alice_account: Account) -> None:
    queued(alice_account)
    alice_account.delete()
    recovery.recover()
    page = outbox(alice_client)
    assert "Its account was removed" in page
    assert 'value="try_again"' not in page


def test_the_toast_follows_the_mail(alice_client: Client, alice_account: Account) -> None:
    draft_id = queued(alice_account).key
    outgoing = Outgoing.objects.get()
    state = reverse("compose:state", args=[outgoing.pk])
    waiting = alice_client.get(state).content.decode()
    assert state in waiting
    assert "On its way" in waiting
    deliver(outgoing.pk)
    done = alice_client.get(state).content.decode()
    assert "Sent" in done
    assert "hx-get" not in done
    assert alice_client.get(url(draft_id))["Location"] == reverse("compose:outgoing", args=[outgoing.pk])


@pytest.mark.parametrize("action", ["", "sent", "__class__"])
def test_an_unknown_button(alice_client: Client, alice_account: Account, action: str) -> None:
    outgoing = queued(alice_account)
    assert alice_client.post(reverse("compose:act", args=[outgoing.pk]), {"action": action}).status_code == 404


def test_buttons_are_posted(alice_client: Client, alice_account: Account) -> None:
    outgoing = queued(alice_account)
    assert alice_client.get(reverse("compose:act", args=[outgoing.pk])).status_code == 405
    assert alice_client.post(reverse("compose:outbox")).status_code == 405


def test_admins_see_states_and_no_text(
    charlie_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    outgoing = refused(alice_account, smtp_server)
    listed = charlie_client.get(reverse("admin:compose_outgoing_changelist")).content.decode()
    opened = charlie_client.get(reverse("admin:compose_outgoing_change", args=[outgoing.pk])).content.decode()
    assert "rejected" in listed
    assert "5.7.1" in opened
    for page in (listed, opened):
        assert "Hello" not in page
        assert "How are you?" not in page
    assert charlie_client.post(reverse("admin:compose_outgoing_delete", args=[outgoing.pk])).status_code == 403


def test_a_long_outbox_asks_no_more_than_a_short_one(alice_client: Client, alice_account: Account) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice_client.get(reverse("compose:outbox")).status_code == 200
        return len(queries)

    queued(alice_account)
    short = asked()
    for _ in range(5):
        queued(alice_account)
    Outgoing.objects.filter(pk__lt=Outgoing.objects.latest("pk").pk).update(state=State.FAILED, last_error="rejected")
    assert asked() == short
