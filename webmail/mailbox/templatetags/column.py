"""{% folder_column %}: the column of every page. A page of the mailbox has open_account, open_folders and folder in its
context; on others all folders are loaded once the page is shown."""

from django.template import Library
from django.template.context import Context
from django.utils.safestring import SafeString

from webmail.mailbox import column

register = Library()


@register.simple_tag(takes_context=True)
def folder_column(context: Context) -> SafeString:
    request, account, folder = context["request"], context.get("open_account"), context.get("folder")
    if account is None:
        return column.html(request)
    return column.html(request, account, context["open_folders"], folder.name if folder else "")
