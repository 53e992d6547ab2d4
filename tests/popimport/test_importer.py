"""The import against a real Dovecot, then against servers that err."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Account, User
from tests.popimport.imports import check, contents, let_time_pass, mail, read, sweep
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.pop3 import HANG_UP, Mail, ScriptedPop3
from webmail.mailbox import local_mailbox
from webmail.mailbox.local_store import Stored
from webmail.mailbox.models import LocalFolder, LocalMessage
from webmail.popimport import importer
from webmail.popimport.journal import maildrop_of
from webmail.popimport.lease import request_check
from webmail.popimport.models import MAX_ATTEMPTS, Imported, ImportState
from webmail.protocols.pop3 import Maildrop

KEEP, AFTER, DELETE = Account.PopPolicy.KEEP, Account.PopPolicy.AFTER, Account.PopPolicy.DELETE


def on_server(dovecot: DovecotForTests, user: MailUser) -> int:
    with dovecot.imap(user) as client:
        return client.select_folder("INBOX", readonly=True)[b"EXISTS"]


def use_policy(account: Account, policy: str) -> None:
    account.pop_policy = policy
    account.save()


# -- Dovecot ---------------------------------------------------------------------------------------------------------


def test_mail_of_a_real_server_arrives_once(
    alice_pop_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    for number in range(3):
        dovecot.deliver(alice_mail.address, mail(number))
    state = check(alice_pop_account)
    assert (state.last_error, state.came, state.done, state.total) == ("", 3, 3, 3)
    assert check(alice_pop_account).came == 0
    assert LocalMessage.objects.filter(folder__account=alice_pop_account, folder__name="INBOX").count() == 3
    assert on_server(dovecot, alice_mail) == 3
    assert not Imported.objects.exclude(deleted_remotely_at=None).exists()


def test_what_is_stored_is_what_the_server_sent(
    alice_pop_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    dovecot.deliver(alice_mail.address, b"Subject: odd\r\n\r\n.dot\r\n..dots\r\n" + b"x" * 900 + b"\r\n\xe9\xff\r\n")
    check(alice_pop_account)
    with dovecot.imap(alice_mail) as client:
        client.select_folder("INBOX", readonly=True)
        [original] = client.fetch([1], ["BODY.PEEK[]"]).values()
    assert contents(alice_pop_account) == [original[b"BODY[]"]]


def test_delete_policy_empties_the_server(
    alice_pop_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    use_policy(alice_pop_account, DELETE)
    for number in range(3):
        dovecot.deliver(alice_mail.address, mail(number))
    check(alice_pop_account)
    assert on_server(dovecot, alice_mail) == 0
    assert Imported.objects.exclude(deleted_remotely_at=None).count() == 3
    assert len(contents(alice_pop_account)) == 3


def test_after_some_days_it_is_deleted_there(
    alice_pop_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    use_policy(alice_pop_account, AFTER)
    dovecot.deliver(alice_mail.address, mail(1))
    check(alice_pop_account)
    dovecot.deliver(alice_mail.address, mail(2))
    assert on_server(dovecot, alice_mail) == 2
    Imported.objects.update(imported_at=timezone.now() - timedelta(days=alice_pop_account.pop_days, seconds=1))
    check(alice_pop_account)
    assert on_server(dovecot, alice_mail) == 1
    assert len(contents(alice_pop_account)) == 2


def test_the_first_check_after_a_policy_change_deletes_what_is_here(
    alice_pop_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    dovecot.deliver(alice_mail.address, mail(1))
    check(alice_pop_account)
    use_policy(alice_pop_account, DELETE)
    assert check(alice_pop_account).came == 0
    assert on_server(dovecot, alice_mail) == 0
    assert len(contents(alice_pop_account)) == 1


# -- names of messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [KEEP, DELETE])
def test_server_without_uidl(account: Account, pop3: ScriptedPop3, policy: str) -> None:
    use_policy(account, policy)
    pop3.script.uidl = False
    pop3.script.add(mail(1), mail(2), mail(2))
    check(account)
    pop3.script.add(mail(3))
    check(account)
    assert contents(account) == [mail(1), mail(2), mail(2), mail(3)]
    assert len(pop3.script.mails) == (4 if policy == KEEP else 0)


def test_identical_mail_after_the_first_was_deleted_is_new(account: Account, pop3: ScriptedPop3) -> None:
    use_policy(account, DELETE)
    for uidl in ("first", "second", ""):
        pop3.script.add(mail(1), uidl=uidl)
        check(account)
    assert contents(account) == [mail(1)] * 3


@pytest.mark.parametrize("uidl", ["", "same", "x" * 300 + "{}", "with spaces {}", "\xe9{}", "{}"])
def test_odd_uidls(account: Account, pop3: ScriptedPop3, uidl: str) -> None:
    pop3.script.add(mail(1), mail(2), mail(2), mail(3), uidl=uidl)
    for _ in range(3):
        assert check(account).last_error == ""
    assert contents(account) == [mail(1), mail(2), mail(2), mail(3)]
    assert Imported.objects.count() == 4


def test_new_uidls_each_session(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2), mail(2))
    for session in range(3):
        pop3.script.renumber(f"session-{session}-{{}}")
        check(account)
    pop3.script.add(mail(2), uidl="late")
    check(account)
    assert contents(account) == [mail(1), mail(2), mail(2), mail(2)]
    assert Imported.objects.count() == 4


def test_uidls_that_are_only_numbers(account: Account, pop3: ScriptedPop3) -> None:
    """The first message goes, so all others slide into another's UIDL."""
    pop3.script.add(*(mail(number, "." * number) for number in range(4)))
    pop3.script.renumber("{}")
    check(account)
    del pop3.script.mails[0]
    pop3.script.add(mail(9))
    pop3.script.renumber("{}")
    check(account)
    check(account)
    assert contents(account) == sorted([*(mail(number, "." * number) for number in range(4)), mail(9)])


def test_uidl_used_again_for_other_mail(account: Account, pop3: ScriptedPop3) -> None:
    use_policy(account, DELETE)
    for number in (1, 2, 3):
        pop3.script.mails.append(Mail(mail(number), "always-this"))
        check(account)
    assert contents(account) == [mail(1), mail(2), mail(3)]


def test_a_listing_that_was_empty_once_doubles_nothing(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2))
    check(account)
    mails, pop3.script.mails = pop3.script.mails, []
    check(account)
    assert Imported.objects.exclude(deleted_remotely_at=None).count() == 2
    pop3.script.mails = mails
    check(account)
    assert contents(account) == [mail(1), mail(2)]
    assert not Imported.objects.exclude(deleted_remotely_at=None).exists()


def test_a_maildrop_that_moved_to_another_server_is_not_imported_twice(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2))
    check(account)
    account.incoming_host = "localhost"
    account.save()
    pop3.script.renumber("moved-{}")
    pop3.script.add(mail(3))
    check(account)
    assert contents(account) == [mail(1), mail(2), mail(3)]
    assert set(Imported.objects.values_list("maildrop", flat=True)) == {maildrop_of(account)}


def test_known_mail_is_not_fetched_again(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(*(mail(number) for number in range(5)))
    check(account)
    pop3.script.commands.clear()
    check(account)
    assert pop3.script.retrieved() == []


# -- messages --------------------------------------------------------------------------------------------------------

ODD_MESSAGES = {
    "bare LF": b"Subject: x\n\nbody\nmore\r\n",
    "NUL": b"Subject: \0x\r\n\r\n\0\0\r\n",
    "8 bit": b"Subject: caf\xe9\r\nFrom: \xff\r\n\r\n\xe9\r\n",
    "long line": b"Subject: x\r\n\r\n" + b"y" * 1_000_000 + b"\r\n",
    "long header": b"Subject: " + b"z" * 100_000 + b"\r\n\r\n\r\n",
    "dots": b".\r\n..\r\n...\r\n.a\r\n",
    "empty": b"",
    "no header": b"\r\n\r\n",
    "broken": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n",
}


@pytest.mark.parametrize("raw", ODD_MESSAGES.values(), ids=ODD_MESSAGES)
def test_stored_octet_for_octet(account: Account, pop3: ScriptedPop3, raw: bytes) -> None:
    pop3.script.add(raw, mail(1))
    assert check(account).last_error == ""
    assert contents(account) == sorted([raw, mail(1)])


def test_list_lies_about_sizes(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.mails += [Mail(mail(1), "a", size=5), Mail(mail(2), "b", size=10**11), Mail(mail(3), "c", size=0)]
    check(account)
    pop3.script.mails[0].size = 6
    check(account)
    assert contents(account) == [mail(1), mail(2), mail(3)]


def test_a_refused_message_is_set_aside_and_the_rest_arrives(account: Account, pop3: ScriptedPop3) -> None:
    use_policy(account, DELETE)
    pop3.script.add(mail(1), mail(2), mail(3))
    pop3.script.override = lambda verb, argument: b"-ERR disk\r\n" if (verb, argument) == ("RETR", "2") else None
    state = check(account)
    assert contents(account) == [mail(1), mail(3)]
    assert (state.last_error, state.done, state.came, state.set_aside().count()) == ("", 3, 2, 1)
    row = state.set_aside().get()
    assert (row.failed, row.reply, row.attempts) == ("rejected", "disk", 1)
    assert [mail.raw for mail in pop3.script.mails] == [mail(2)]


def test_a_refused_message_arrives_once_the_server_gives_it(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2))
    pop3.script.override = lambda verb, argument: b"-ERR\r\n" if (verb, argument) == ("RETR", "1") else None
    check(account)
    pop3.script.override = lambda verb, argument: None
    state = check(account)
    assert contents(account) == [mail(1), mail(2)]
    assert not state.set_aside().exists()


def test_a_refused_message_is_tried_a_few_times_then_on_request(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1))
    pop3.script.override = lambda verb, argument: b"-ERR\r\n" if verb == "RETR" else None
    for _ in range(MAX_ATTEMPTS + 2):
        sweep()
        let_time_pass()
    assert len(pop3.script.retrieved()) == MAX_ATTEMPTS
    assert Imported.objects.get().given_up
    check(account)
    assert len(pop3.script.retrieved()) == MAX_ATTEMPTS + 1


def test_a_message_that_is_too_large_is_set_aside_at_once(
    account: Account, pop3: ScriptedPop3, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_policy(account, DELETE)
    monkeypatch.setitem(Maildrop.retrieve.__kwdefaults__ or {}, "limit", 1000)
    pop3.script.add(mail(1, "." * 2000), mail(2), mail(3))
    assert check(account).last_error == "too_large"
    let_time_pass()
    sweep()
    state = ImportState.objects.get()
    assert (state.last_error, state.set_aside().get().failed) == ("", "too_large")
    assert contents(account) == [mail(2), mail(3)]
    assert len(pop3.script.mails) == 1


def test_a_server_that_falls_silent_ends_the_run(account: Account, pop3: ScriptedPop3, settings: Settings) -> None:
    settings.MAIL_READ_TIMEOUT = 0.3
    pop3.script.add(mail(1), mail(2))
    pop3.script.override = lambda verb, argument: time.sleep(1) if (verb, argument) == ("RETR", "1") else None
    state = check(account)
    assert (state.last_error, state.set_aside().get().attempts) == ("timeout", 1)
    time.sleep(1)  # until the script has noticed that its client is gone
    check(account)
    assert contents(account) == [mail(2)]


def test_a_message_at_which_the_line_drops_does_not_hold_up_the_rest(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2), mail(3))
    pop3.script.override = lambda verb, argument: HANG_UP if (verb, argument) == ("RETR", "1") else None
    assert check(account).last_error == "lost"
    assert contents(account) == []
    assert check(account).last_error == "lost"
    assert contents(account) == [mail(2), mail(3)]
    pop3.script.override = lambda verb, argument: None
    assert check(account).last_error == ""
    assert contents(account) == [mail(1), mail(2), mail(3)]


def test_a_message_we_cannot_read_does_not_hold_up_the_rest(
    account: Account, pop3: ScriptedPop3, monkeypatch: pytest.MonkeyPatch
) -> None:
    pop3.script.add(mail(1), mail(2), mail(3))
    real = local_mailbox.add_message

    def add_message(folder: LocalFolder, stored: Stored) -> LocalMessage:
        if read(account, stored.sha256) == mail(1):
            raise RecursionError("too deep")
        return real(folder, stored)

    with monkeypatch.context() as patch:
        patch.setattr(importer, "add_message", add_message)
        state = check(account)
    assert contents(account) == [mail(2), mail(3)]
    assert state.set_aside().get().failed == "unreadable"
    check(account)
    assert contents(account) == [mail(1), mail(2), mail(3)]


def test_dele_refused(account: Account, pop3: ScriptedPop3) -> None:
    use_policy(account, DELETE)
    pop3.script.add(mail(1), mail(2))
    pop3.script.override = lambda verb, argument: b"-ERR no\r\n" if (verb, argument) == ("DELE", "1") else None
    assert check(account).last_error == ""
    assert [row.raw for row in pop3.script.mails] == [mail(1)]
    assert contents(account) == [mail(1), mail(2)]


@pytest.mark.parametrize("removed", [True, False])
def test_answer_of_quit_lost(account: Account, pop3: ScriptedPop3, removed: bool) -> None:
    use_policy(account, DELETE)
    pop3.script.add(mail(1), mail(2))
    mails = pop3.script.mails

    def lose(verb: str, argument: str) -> bytes | None:
        if verb != "QUIT":
            return None
        if removed:
            mails.clear()
        return HANG_UP

    pop3.script.override = lose
    assert check(account).last_error == "lost"
    assert not Imported.objects.exclude(deleted_remotely_at=None).exists()
    pop3.script.override = lambda verb, argument: None
    check(account)
    assert contents(account) == [mail(1), mail(2)]
    assert mails == []
    assert Imported.objects.exclude(deleted_remotely_at=None).count() == 2


# -- disk ------------------------------------------------------------------------------------------------------------


def test_no_room_on_the_disk_deletes_nothing(
    account: Account, pop3: ScriptedPop3, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_policy(account, DELETE)
    pop3.script.add(mail(1), mail(2))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("webmail.mailbox.local_store.os.fsync", full)
        assert check(account).last_error == "storage"
    assert len(pop3.script.mails) == 2
    assert contents(account) == []
    assert check(account).last_error == ""
    assert contents(account) == [mail(1), mail(2)]
    assert pop3.script.mails == []


# -- other people's hands --------------------------------------------------------------------------------------------


def changing(account: Account, how: str) -> None:
    if how == "deleted":
        Account.objects.get(pk=account.pk).delete()
    elif how == "disabled":
        User.objects.filter(pk=account.user_id).update(is_active=False)
    elif how == "paused":
        Account.objects.filter(pk=account.pk).update(paused=True)
    else:
        Account.objects.get(pk=account.pk).save()


@pytest.mark.parametrize("how", ["deleted", "disabled", "paused", "changed"])
def test_a_change_in_the_middle_stops_at_the_next_message(
    account: Account, pop3: ScriptedPop3, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_policy(account, DELETE)
    pop3.script.add(mail(1), mail(2), mail(3))
    retrieve = Maildrop.retrieve

    def change_after_the_second(maildrop: Maildrop, number: int, *rest: Any, **options: Any) -> int:
        octets = retrieve(maildrop, number, *rest, **options)
        if number == 2:
            changing(account, how)
        return octets

    monkeypatch.setattr(Maildrop, "retrieve", change_after_the_second)
    request_check(account)
    importer.run(account.pk)
    assert len(pop3.script.mails) == 3
    assert len(LocalMessage.objects.filter(folder__account_id=account.pk)) == (0 if how == "deleted" else 1)
    assert "RETR 3" not in pop3.script.commands
