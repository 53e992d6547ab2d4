"""The mailbox's template asks for a message's way out: that room may not import this one."""

from django import template

from accounts.models import Account
from webmail.mailbox.base import Folder, Message
from webmail.unsubscribing.presented import WayOut, way_out_of

register = template.Library()


@register.simple_tag
def way_out(account: Account, message: Message, folder: Folder) -> WayOut | None:
    """For {% include "unsubscribing/_way_out.html" %}."""
    return way_out_of(account, message, folder)
