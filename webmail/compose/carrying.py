"""Files that a draft takes over from the message it began from: a forwarded mail, or a draft of another program.

The page only lists them, as GET changes nothing; the first POST stores the draft with their sections (Draft.carried),
and fetch() turns these into Uploads, one after the other. A crash or a server that does not answer leaves the rest in
the list, and nothing that was written is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.fields import WrongKey
from accounts.models import Account
from accounts.wording import Explanation, explain
from webmail.compose import uploading
from webmail.compose.letters import too_large, total_size
from webmail.compose.models import Draft
from webmail.mailbox.base import Mailbox, Message, MessageRef, NoSuchFolder, NoSuchMessage, StaleReference
from webmail.mailbox.files import file_name
from webmail.mailbox.opening import open_mailbox
from webmail.mime.types import Part
from webmail.protocols.errors import MailServerError


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file that can be taken over. `size` in octets, about; 0 when not known."""

    section: str
    name: str
    size: int = 0

    @property
    def value(self) -> str:
        """As forms and Draft.carried hold it."""
        return f"{self.section} {self.name}"


def files_of(message: Message) -> list[CarriedFile]:
    """What a forwarded or edited mail brings along. Pictures within its HTML go with that: only text is taken over."""
    parts = message.body.attachments
    return [CarriedFile(part.section, file_name(part), _decoded_size(part)) for part in parts]


def pending(draft: Draft) -> list[CarriedFile]:
    """Files that are still to be fetched, without asking the server what they are called."""
    return [CarriedFile(section, name) for section, _space, name in (value.partition(" ") for value in draft.carried)]


def fetch(draft: Draft) -> Explanation | None:
    """Make Uploads of all that is still to be fetched; why that was not possible, or None."""
    if not draft.carried:
        return None
    if draft.source_account is None or draft.source is None:
        _forget(draft, [file.section for file in pending(draft)])
        return None
    try:
        return _fetch(draft, draft.source_account, draft.source)
    except (MailServerError, WrongKey) as error:
        return explain(error)
    except (NoSuchFolder, NoSuchMessage, StaleReference):
        return Explanation(_("The original mail is no longer where it was"), _("Its files can’t be taken over."))


def _fetch(draft: Draft, account: Account, source: MessageRef) -> Explanation | None:
    with open_mailbox(account) as mailbox:
        message = mailbox.get_message(source)
        for section, part in _wanted(draft, message):
            if part and total_size(draft) + _decoded_size(part) > settings.UPLOAD_LIMIT:
                return Explanation(too_large(), "")
            if part:
                _store(draft, mailbox, source, part)
            _forget(draft, [section])
    return None


def _wanted(draft: Draft, message: Message) -> Iterator[tuple[str, Part | None]]:
    for file in pending(draft):
        yield file.section, message.structure.find(file.section)


def _store(draft: Draft, mailbox: Mailbox, source: MessageRef, part: Part) -> None:
    chunks = mailbox.stream_part(source, part)
    uploading.store(draft, file_name(part), part.content_type, chunks)


def _forget(draft: Draft, sections: list[str]) -> None:
    draft.carried = [file.value for file in pending(draft) if file.section not in sections]
    Draft.objects.filter(pk=draft.pk).update(carried=draft.carried)


def _decoded_size(part: Part) -> int:
    return part.size * 3 // 4 if part.encoding == "base64" else part.size
