"""Keeping a draft: its row first, then its files, then its copy in the account's Drafts folder.

POST → save(): row, files of the form, files of the original (carrying.py), copy on the server (mirroring.py). Each
step is committed before the next begins, so that one that fails leaves the text. A draft that was sent takes no more
changes: a late save would be a ghost. Files come one by one too, as soon as they are picked: attach(), which begins the
row where it is the first to ask for it, and else leaves the text alone: it may have grown since the upload began.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.models import Account, User
from accounts.wording import Explanation
from webmail.compose import carrying, mirroring, uploading
from webmail.compose.durability import carried_later
from webmail.compose.forms import SOURCE, THREAD, WRITTEN, ComposeForm
from webmail.compose.models import Draft, Mode, Upload, drafts_of, is_strangers
from webmail.compose.uploading import Received
from webmail.mailbox.base import MessageRef


class Newer(Exception):
    """Another page, perhaps on another device, saved this draft since the form's page was shown: nothing was stored.
    Its person says which text goes on; the other one becomes a draft of its own (keep_mine, keep_theirs)."""

    def __init__(self, draft: Draft):
        super().__init__(draft.pk)
        self.draft = draft


def refuse_strangers(user: User, draft_id: UUID) -> None:
    """Raises Http404 where this id is somebody else's draft or mail."""
    if is_strangers(user, draft_id):
        raise Http404


def save(
    user: User, draft_id: UUID, form: ComposeForm, files: Iterable[Received], *, to_be_sent: bool = False
) -> tuple[Draft, list[Explanation]]:
    """Store a valid form and its files; with it, which files of the original could not be fetched and why. Of a draft
    `to_be_sent` the row is on the disk with its mail (outbox.enqueue), or after settle(). Raises Newer."""
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
    if form.is_older_than(draft):
        raise Newer(draft)
    return _written_over(draft, form)


def _written_over(draft: Draft, form: ComposeForm) -> Draft:
    draft.carried = [value for value in draft.carried if value in form.carried()]
    for name, value in form.written().items():
        setattr(draft, name, value)
    draft.version += 1
    draft.writer = form.cleaned_data["writer"]
    draft.save()
    return draft


@transaction.atomic
def keep_mine(draft: Draft, form: ComposeForm) -> tuple[Draft, Draft]:
    """The form's text goes on in the draft, with its files; what it held becomes another draft. Both, in this order."""
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    other = _aside({name: getattr(draft, name) for name in (*WRITTEN, *SOURCE, *THREAD)})
    return _written_over(draft, form), other


def keep_theirs(draft: Draft, form: ComposeForm) -> tuple[Draft, Draft]:
    """The draft stays as it is; the form's text becomes another one. Both, in this order."""
    return draft, _aside({**form.begun(), **form.written()})


def _aside(values: dict[str, Any]) -> Draft:
    """A draft of its own, without files; if it goes on with what another program left, that copy is the first one's."""
    if values["mode"] == Mode.EDIT:
        values = {name: value for name, value in values.items() if name not in SOURCE}
    return Draft.objects.create(pk=uuid4(), version=1, **values)


def settle(draft: Draft) -> None:
    """A draft that was to be sent, but could not be, is on the disk when this returns."""
    draft.save(update_fields=["saved_at"])


def _begin(draft_id: UUID, form: ComposeForm) -> Draft:
    page = {"version": 1, "writer": form.cleaned_data["writer"]}
    draft = Draft(pk=draft_id, carried=form.carried(), **page, **form.begun(), **form.written())
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
