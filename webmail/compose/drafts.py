"""Keeping a draft: its row first, then its files, then its copy in the account's Drafts folder.

POST → save(): row, files of the form, files of the original (carrying.py), copy on the server (mirroring.py). Each
step is committed before the next begins, so that one that fails leaves the text. A draft that was sent takes no more
changes: a late save would be a ghost. Files come one by one too, as soon as they are picked: attach(), which begins the
row where it is the first to ask for it, and else leaves the text alone: it may have grown since the upload began.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.models import Account, User
from accounts.wording import Explanation
from webmail.compose import carrying, mirroring, uploading
from webmail.compose.durability import carried_later
from webmail.compose.forms import ComposeForm
from webmail.compose.models import Draft, Mode, Upload, drafts_of, is_strangers
from webmail.compose.uploading import Received
from webmail.mailbox.base import MessageRef


def refuse_strangers(user: User, draft_id: UUID) -> None:
    """Raises Http404 where this id is somebody else's draft or mail."""
    if is_strangers(user, draft_id):
        raise Http404


def save(
    user: User, draft_id: UUID, form: ComposeForm, files: Iterable[Received], *, to_be_sent: bool = False
) -> tuple[Draft, list[Explanation]]:
    """Store a valid form and its files; with it, which files of the original could not be fetched and why. Of a draft
    `to_be_sent` the row is on the disk with its mail (outbox.enqueue), or after settle()."""
    with carried_later() if to_be_sent else transaction.atomic():
        draft = _save_row(user, draft_id, form)
    for file in files:
        uploading.store_received(draft, file)
    trouble = carrying.fetch(draft)
    return draft, [trouble] if trouble else []


def _save_row(user: User, draft_id: UUID, form: ComposeForm) -> Draft:
    draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, account__user=user).first()
    if draft is None:
        return _begin(draft_id, form)
    draft.carried = [value for value in draft.carried if value in form.carried()]
    for name, value in form.written().items():
        setattr(draft, name, value)
    draft.save()
    return draft


def settle(draft: Draft) -> None:
    """A draft that was to be sent, but could not be, is on the disk when this returns."""
    draft.save(update_fields=["saved_at"])


def _begin(draft_id: UUID, form: ComposeForm) -> Draft:
    draft = Draft(pk=draft_id, carried=form.carried(), **form.begun(), **form.written())
    _adopt_copy(draft)
    draft.save(force_insert=True)
    return draft


def attach(user: User, draft_id: UUID, form: ComposeForm, file: Received, key: UUID) -> Upload:
    """Store one file under the key of its page; the form must be valid where the draft has no row yet. Raises
    Upload.DoesNotExist for a draft that is thrown away meanwhile."""
    draft = drafts_of(user).filter(pk=draft_id).first() or _begun(user, draft_id, form)
    return uploading.store_received(draft, file, key)


def _begun(user: User, draft_id: UUID, form: ComposeForm) -> Draft:
    try:
        with transaction.atomic():
            return _begin(draft_id, form)
    except IntegrityError:  # another file of it was faster
        return drafts_of(user).get(pk=draft_id)


def _adopt_copy(draft: Draft) -> None:
    """A draft that another program left in the Drafts folder is this draft's copy, to be replaced by the next one."""
    source = draft.source
    if draft.mode == Mode.EDIT and source:
        draft.mirror_account, draft.mirror_folder = draft.source_account, source.folder
        draft.mirror_uidvalidity, draft.mirror_uid = source.uidvalidity, source.uid


def discard(draft: Draft) -> Explanation | None:
    """Throw it away, with its files and its copy on the server; why the copy is still there, or None."""
    trouble = mirroring.discard(draft)
    draft.delete()
    return trouble


def of_message(account: Account, ref: MessageRef) -> Draft | None:
    """The draft whose copy in the Drafts folder this message is."""
    place = {"mirror_folder": ref.folder, "mirror_uidvalidity": ref.uidvalidity, "mirror_uid": ref.uid}
    return Draft.objects.filter(account__user=account.user, mirror_account=account, **place).first()
