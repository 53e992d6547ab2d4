"""Files of a draft: counted and hashed while they come in, stored under a name of our own, each once.

request → Receiving sees each chunk, drops a file once the form's files exceed the limit, and reads the text fields on:
nothing a person wrote is lost with a file that is too large. What it holds has no name on any disk, so a request that
ends early, or with its process, leaves nothing. Then store() copies it into the file storage, and writes the row. A
crash between the two leaves a file without a row, which sweep() removes.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Prepared
from webmail.compose.models import UPLOADS, Draft, Upload
from webmail.mime.headers import one_line

IN_MEMORY = 2**20
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a UUID as pages write it
LEFT_BEHIND = timedelta(days=1)  # what is younger may belong to work that goes on

_same, _keyed = Prepared(Upload, "draft", "filename", "sha256"), Prepared(Upload, "draft", "key")


class Spool:
    """Octets on their way in: in memory while they are few, then in a file that has no name."""

    def __init__(self, chunks: Iterable[bytes] = ()):
        self.file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
        self.size = 0
        self._hash = hashlib.sha256()
        for chunk in chunks:
            self.write(chunk)

    def write(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.size += len(chunk)
        self.file.write(chunk)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class Received(UploadedFile):
    """A file of a form."""

    def __init__(self, spool: Spool, name: str, content_type: str):
        super().__init__(spool.file, name, content_type, spool.size)
        self.spool = spool


class Receiving(FileUploadHandler):
    """The one handler of a request (receive_files)."""

    def __init__(self, request: HttpRequest):
        super().__init__(request)
        self.received = 0
        self.exceeded = False

    def new_file(self, *about: object, **more: object) -> None:
        super().new_file(*about, **more)  # type: ignore[arg-type]
        self.spool = Spool()
        self.file = self.spool.file  # Django closes it where the form ends early

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT:
            self.exceeded = True
            raise SkipFile
        self.spool.write(raw_data)

    def file_complete(self, file_size: int) -> Received:
        return Received(self.spool, self.file_name or "", self.content_type or "")


def receive_files(request: HttpRequest) -> Receiving:
    """To be called before anything reads request.POST."""
    receiving = Receiving(request)
    request.upload_handlers = [receiving]
    return receiving


def store_received(draft: Draft, file: Received, key: UUID | None = None) -> Upload:
    """A file of the draft; the one that is there already if it is the same, or has this key. Raises
    Upload.DoesNotExist where the draft is gone."""
    return _stored(draft, file.name or "", file.content_type or "", file.spool, key or uuid4())


def store(draft: Draft, name: str, content_type: str, chunks: Iterable[bytes]) -> Upload:
    """The same for a file that comes from elsewhere than a form."""
    spool = Spool(chunks)
    with spool.file:
        return _stored(draft, name, content_type, spool, uuid4())


def of_page(user: User, draft_id: UUID, key: UUID) -> Upload | None:
    """The file of one's draft that was uploaded under this key."""
    return Upload.objects.filter(draft__account__user=user, draft=draft_id, key=key).first()


def remove(user: User, draft_id: UUID, keys: Iterable[str]) -> None:
    """Take files out of one's draft; what is no key, or of no file, was taken out before."""
    if found := [UUID(key) for key in keys if KEY.fullmatch(key)]:
        Upload.objects.filter(draft__account__user=user, draft=draft_id, key__in=found).delete()


def _stored(draft: Draft, name: str, content_type: str, spool: Spool, key: UUID) -> Upload:
    filename = one_line(name)[:255] or "file"
    if found := _under(draft, key) or next(iter(_same(draft.pk, filename, spool.sha256)), None):
        return found
    kind = content_type[:200] or "application/octet-stream"
    upload = Upload(draft=draft, key=key, filename=filename, content_type=kind, size=spool.size, sha256=spool.sha256)
    upload.file.save("content", File(spool.file), save=False)
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
    except IntegrityError:  # the same form, twice at once; or the draft was thrown away meanwhile
        upload.file.storage.delete(str(upload.file.name))
        return _under(draft, key) or Upload.objects.get(draft=draft, filename=filename, sha256=spool.sha256)
    return upload


def _under(draft: Draft, key: UUID) -> Upload | None:
    return next(iter(_keyed(draft.pk, key)), None)


def sweep(storage: Storage = default_storage) -> None:
    """Remove files that no row names, and folders that hold none: a process died between the two."""
    if not storage.exists(UPLOADS):
        return
    for draft_id in storage.listdir(UPLOADS)[0]:
        folder = f"{UPLOADS}/{draft_id}"
        files = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
        known = set(Upload.objects.filter(file__in=files).values_list("file", flat=True))
        for name in set(files) - known if files else [folder]:
            if storage.get_modified_time(name) < timezone.now() - LEFT_BEHIND:
                storage.delete(name)
