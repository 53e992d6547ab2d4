"""Mail on its way in Django's admin: to look at, never to change. Whose it is, how it stands and why; never a subject
or a text."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from webmail.compose.models import Outgoing


@admin.register(Outgoing)
class OutgoingAdmin(ReadOnlyAdmin):
    list_display = ["pk", "user", "account", "state", "created", "not_before", "attempts", "last_error", "size"]
    list_filter = ["state", "last_error"]
    list_select_related = ["user", "account"]
    search_fields = ["user__username", "account__address", "message_id"]
    fields = [
        "user",
        "account",
        "state",
        "message_id",
        "size",
        "created",
        "not_before",
        "lease_until",
        "attempts",
        "dot_sent_at",
        "accepted_at",
        "filed_at",
        "last_error",
        "last_reply",
    ]
