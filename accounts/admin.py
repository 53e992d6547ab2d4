"""Django's own admin pages for what has no page of its own. People are not among them: see the people page.

An admin looks after accounts without ever seeing a secret or a signature; the audit log can be read, and nothing else.
"""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Account, AuditEntry, Preset, User

admin.site.unregister(Group)
admin.site.site_header = admin.site.site_title = settings.SITE_TITLE


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at, never to change, for admins too."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AuditedAdmin(admin.ModelAdmin):
    """What is changed here is also in the audit log."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, "changed" if change else "added", ", ".join(form.changed_data))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for obj in queryset:
            self._record(request, obj, "deleted")
        super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, obj: Model, act: str, detail: str = "") -> None:
        audit.record(cast(User, request.user), f"{obj._meta.model_name}_{act}", str(obj), detail)


@admin.register(Account)
class AccountAdmin(AuditedAdmin):
    """Settings to look at, and the pause switch. Servers are the person's to change: their password goes to them."""

    list_display = ("address", "user", "protocol", "incoming_host", "outgoing_host", "incoming_error", "outgoing_error")
    list_filter = ("protocol", "incoming_security", "outgoing_security", "paused")
    search_fields = ("address", "user__username", "user__name", "incoming_host", "outgoing_host")
    list_select_related = ("user",)
    fieldsets = (
        (None, {"fields": ("user", "address", "name", "paused", "created")}),
        (
            _("Receiving"),
            {
                "fields": (
                    "protocol",
                    "incoming_host",
                    "incoming_port",
                    "incoming_security",
                    "incoming_username",
                    "incoming_error",
                    "pop_policy",
                    "pop_days",
                    "pop_minutes",
                )
            },
        ),
        (
            _("Sending"),
            {
                "fields": (
                    "outgoing_host",
                    "outgoing_port",
                    "outgoing_security",
                    "outgoing_login",
                    "outgoing_username",
                    "outgoing_error",
                )
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        # Not the whole row: its person may have typed another password since this page was asked for.
        obj.save(update_fields=form.changed_data)
        self._record(request, obj, "changed", ", ".join(form.changed_data))

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> list[str]:
        return [name for name in flatten_fieldsets(self.fieldsets) if name != "paused"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False


@admin.register(Preset)
class PresetAdmin(AuditedAdmin):
    list_display = ("domain", "protocol", "incoming_host", "outgoing_host", "full_address_login")
    search_fields = ("domain", "incoming_host", "outgoing_host")
    fieldsets = (
        (None, {"fields": ("domain", "full_address_login")}),
        (_("Receiving"), {"fields": ("protocol", "incoming_host", "incoming_port", "incoming_security")}),
        (_("Sending"), {"fields": ("outgoing_host", "outgoing_port", "outgoing_security")}),
    )


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor_name", "action", "subject", "detail")
    list_filter = ("action",)
    search_fields = ("actor_name", "subject", "detail")
    date_hierarchy = "at"
