"""Raw files: whole or not there."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from accounts.models import Account
from webmail.mailbox import local_store
from webmail.mailbox.base import Role
from webmail.mailbox.local_mailbox import add_message
from webmail.mailbox.models import LocalFolder

RAW = b"Subject: x\r\n\r\ny\r\n"


def test_written_in_chunks(settings, tmp_path):
    settings.MAIL_STORAGE_DIR = tmp_path
    with local_store.writing(7) as writer:
        writer.write(RAW[:5])
        writer.write(RAW[5:])
        stored = writer.finish()
    assert stored == local_store.Stored(hashlib.sha256(RAW).hexdigest(), len(RAW))
    with local_store.open_raw(7, stored.sha256) as file:
        assert file.read() == RAW
    assert local_store.path_of(7, stored.sha256) == tmp_path / "7" / stored.sha256[:2] / f"{stored.sha256}.eml"


def test_nothing_is_left_without_finish(settings, tmp_path):
    settings.MAIL_STORAGE_DIR = tmp_path
    with local_store.writing(7) as writer:
        writer.write(RAW)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_the_owner_may_read(settings, tmp_path):
    settings.MAIL_STORAGE_DIR = tmp_path
    stored = local_store.store(7, RAW)
    path = local_store.path_of(7, stored.sha256)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64])
def test_a_path_is_made_of_a_hash_only(name):
    with pytest.raises(ValueError, match="SHA-256"):
        local_store.path_of(7, name)


def test_a_file_removed_before_its_row_is_noticed(alice_pop_account: Account):
    inbox = LocalFolder.objects.for_account(alice_pop_account, Role.INBOX)
    stored = local_store.store(alice_pop_account.pk, RAW)
    assert local_store.remove_unreferenced(alice_pop_account.pk, stored.sha256)
    with pytest.raises(FileNotFoundError):
        add_message(inbox, stored)
    assert inbox.messages.count() == 0


def test_a_file_with_a_row_stays(alice_pop_account: Account):
    inbox = LocalFolder.objects.for_account(alice_pop_account, Role.INBOX)
    stored = local_store.store(alice_pop_account.pk, RAW)
    add_message(inbox, stored)
    assert not local_store.remove_unreferenced(alice_pop_account.pk, stored.sha256)
    assert local_store.path_of(alice_pop_account.pk, stored.sha256).exists()


def test_default_folders_once(alice_pop_account: Account):
    for _ in range(2):
        LocalFolder.objects.ensure_defaults(alice_pop_account)
    assert LocalFolder.objects.filter(account=alice_pop_account).count() == 6


def aged(path: Path) -> None:
    """As if written two days ago."""
    past = time.time() - 2 * 24 * 3600
    os.utime(path, (past, past))


def test_sweep_removes_what_a_crash_left(alice_pop_account: Account, settings, tmp_path):
    settings.MAIL_STORAGE_DIR = tmp_path
    account_id = alice_pop_account.pk
    inbox = LocalFolder.objects.for_account(alice_pop_account, Role.INBOX)
    kept = add_message(inbox, local_store.store(account_id, RAW))
    orphan, fresh = (local_store.store(account_id, RAW + more) for more in (b"1", b"2"))
    gone = local_store.store(account_id + 1000, RAW)
    temporary = local_store.account_folder(account_id) / "incoming-x.part"
    temporary.write_bytes(b"half")
    for path in [path for path in tmp_path.rglob("*") if not path.name.startswith(fresh.sha256)]:
        aged(path)
    local_store.sweep()
    left = {path.stem for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {kept.sha256, fresh.sha256}
    assert orphan.sha256 not in left
    assert not local_store.path_of(account_id + 1000, gone.sha256).parent.parent.exists()


@pytest.mark.django_db
def test_sweep_of_nothing(settings, tmp_path):
    settings.MAIL_STORAGE_DIR = tmp_path / "not yet there"
    local_store.sweep()
