"""What is missing of a mail that did not come whole (mime/incomplete.py), in words for the remarks above its text."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from webmail.mailbox.base import Message
from webmail.mailbox.shown import Shown
from webmail.mime.incomplete import Piece, piece_of


def missing(message: Message, shown: Shown) -> list[str]:
    """A sentence each; none for most mail."""
    return list(_sentences(message, shown))


def _sentences(message: Message, shown: Shown) -> Iterator[str]:
    match piece_of(message.structure):
        case Piece(number, total) if number and total:
            values = {"number": number, "total": total}
            yield _("This is piece %(number)s of %(total)s of a larger mail, which its sender had cut.") % values
        case Piece():
            yield _("This is a piece of a larger mail, which its sender had cut.")
    if shown.breaks_off:
        yield _("The text seems to break off: perhaps the mail did not arrive whole.")
    if shown.damaged:
        yield _("A file within the text is not whole.")
