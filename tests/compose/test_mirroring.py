"""The copy in the Drafts folder when several hands are at one draft: the last text, once, and no ghost."""

from accounts.models import Account
from tests.compose.letters import stored, subjects, written
from tests.servers.dovecot import DovecotForTests, MailUser
from webmail.compose import drafts, letters, mirroring, outbox
from webmail.compose.models import Draft


def test_two_saves_at_once_leave_one_copy_of_the_newest(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    first = written(alice_account, subject="older")
    mirroring.put(first)
    slow, quick = Draft.objects.get(), Draft.objects.get()
    quick.subject = "newest"
    quick.save()
    mirroring.put(quick)
    assert mirroring.put(slow) is None
    assert subjects(stored(dovecot, alice_mail, "Drafts")) == ["newest"]


def test_a_save_that_comes_after_discarding_leaves_nothing(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    draft = written(alice_account)
    mirroring.put(draft)
    slow = Draft.objects.get()
    drafts.discard(draft)
    assert mirroring.put(slow) is None
    assert stored(dovecot, alice_mail, "Drafts") == []


def test_a_save_that_comes_after_sending_leaves_nothing(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    draft = written(alice_account)
    outbox.enqueue(draft, letters.freeze(draft))
    assert mirroring.put(draft) is None
    assert stored(dovecot, alice_mail, "Drafts") == []


def test_a_copy_that_another_hand_has_just_stored_goes_too(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    mirroring.put(written(alice_account))
    filing = Draft.objects.get()
    mirroring.put(Draft.objects.get())
    mirroring.remove(filing)
    assert stored(dovecot, alice_mail, "Drafts") == []
