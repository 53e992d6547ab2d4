"""Raw messages on the disk: one file per account and content, DATA_DIR/mail/<account>/<ab>/<sha256>.eml.

writing() → chunks go to a temporary file → finish(): fsync, rename to the content's own name, fsync of the folder →
the caller writes the row (local_mailbox.add_message). Only then may a POP3 server be told to delete. A crash at any
step leaves at most a temporary file or a file without a row; both are harmless, the second is taken up again when
the same bytes come, and sweep() removes what is left of either. Removal happens after the commit that deletes the last
row, under the lock of the account's folder rows: an import that just found the file in place either commits first (the
file stays) or finds it gone (add_message raises FileNotFoundError, the import retries).
"""

import hashlib
import mmap
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from accounts.models import Account
from webmail.mailbox.models import LocalFolder, LocalMessage

LEFT_BEHIND = 24 * 3600  # seconds; what is younger may belong to work that goes on


@dataclass(frozen=True, slots=True)
class Stored:
    """A raw message that is safely on the disk; `size` in octets."""

    sha256: str
    size: int


def account_folder(account_id: int) -> Path:
    return Path(settings.MAIL_STORAGE_DIR) / str(int(account_id))


def path_of(account_id: int, sha256: str) -> Path:
    """Where these bytes are, or would be. Raises ValueError for what is no SHA-256 in hex."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in lower-case hex")
    return account_folder(account_id) / sha256[:2] / f"{sha256}.eml"


def _sync_folder(folder: Path) -> None:
    """A rename is only safe once the folder that holds the name is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(folder: Path) -> None:
    """Create a folder and those above it, each one's name on the disk."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


class Writer:
    """Takes a message in chunks, of any size and number. Made by writing()."""

    def __init__(self, account_id: int):
        self._account_id = account_id
        folder = account_folder(account_id)
        _make_folder(folder)
        descriptor, name = tempfile.mkstemp(prefix="incoming-", suffix=".part", dir=folder)
        self._temporary: Path | None = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self._size += len(chunk)

    def finish(self) -> Stored:
        """Everything written is on the disk under its final name when this returns; raises OSError (disk full)
        otherwise."""
        if self._temporary is None:
            raise ValueError("finish() was called before")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        stored = Stored(self._hash.hexdigest(), self._size)
        target = path_of(self._account_id, stored.sha256)
        _make_folder(target.parent)
        self._temporary.replace(target)
        _sync_folder(target.parent)
        self._temporary = None
        return stored

    def discard(self) -> None:
        self._file.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)


@contextmanager
def writing(account_id: int) -> Iterator[Writer]:
    """A Writer for one message; leaving the block without finish() removes what was written."""
    writer = Writer(account_id)
    try:
        yield writer
    finally:
        writer.discard()


def store(account_id: int, raw: bytes) -> Stored:
    """A whole message at once."""
    with writing(account_id) as writer:
        writer.write(raw)
        return writer.finish()


def open_raw(account_id: int, sha256: str) -> BinaryIO:
    """The message's bytes; raises FileNotFoundError."""
    return path_of(account_id, sha256).open("rb")


@contextmanager
def mapped_raw(account_id: int, sha256: str) -> Iterator[bytes | mmap.mmap]:
    """The message's bytes as they lie in the file, to find one's way in: the kernel keeps them as long as it likes,
    this process holds none of them. A file never changes, and one that is unlinked stays mapped. Raises
    FileNotFoundError."""
    with open_raw(account_id, sha256) as file:
        if not os.fstat(file.fileno()).st_size:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
            yield octets


def remove_unreferenced(account_id: int, sha256: str) -> bool:
    """Delete the file unless a message of the account still has this content; says whether it was deleted."""
    with transaction.atomic():
        # The same lock as take_uids: no message can be added to this account until we have looked and unlinked.
        list(LocalFolder.objects.select_for_update().filter(account_id=account_id).order_by("pk"))
        if LocalMessage.objects.filter(folder__account_id=account_id, sha256=sha256).exists():
            return False
        path_of(account_id, sha256).unlink(missing_ok=True)
        return True


def remove_account(account_id: int) -> None:
    """Delete every file of an account; called once its rows are gone."""
    shutil.rmtree(account_folder(account_id), ignore_errors=True)


def sweep() -> None:
    """Remove what a process that died left behind: temporary files, files without a row, folders without an account."""
    root = Path(settings.MAIL_STORAGE_DIR)
    for folder in root.iterdir() if root.is_dir() else ():
        if not folder.name.isdecimal():
            continue
        if Account.objects.filter(pk=int(folder.name)).exists():
            _sweep_account(int(folder.name))
        elif _is_left_behind(folder):
            remove_account(int(folder.name))


def _sweep_account(account_id: int) -> None:
    folder = account_folder(account_id)
    for temporary in filter(_is_left_behind, folder.glob("incoming-*.part")):
        temporary.unlink(missing_ok=True)
    known = set(LocalMessage.objects.filter(folder__account_id=account_id).values_list("sha256", flat=True))
    for file in folder.glob("??/*.eml"):
        if file.stem not in known and _is_left_behind(file):
            remove_unreferenced(account_id, file.stem)


def _is_left_behind(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - LEFT_BEHIND
    except FileNotFoundError:
        return False
