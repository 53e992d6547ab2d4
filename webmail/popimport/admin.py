"""Imports in Django's admin: to look at, never to change. What a maildrop held is its owner's business, so no subject
or text is here."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from webmail.popimport.models import Imported, ImportState


@admin.register(ImportState)
class ImportStateAdmin(ReadOnlyAdmin):
    list_display = ["account", "last_checked", "next_check", "last_error", "failures", "done", "total", "came"]
    list_filter = ["last_error"]
    list_select_related = ["account"]
    search_fields = ["account__address"]


@admin.register(Imported)
class ImportedAdmin(ReadOnlyAdmin):
    list_display = ["account", "uidl", "size", "imported_at", "deleted_remotely_at", "failed", "attempts"]
    list_filter = ["failed"]
    list_select_related = ["account"]
    search_fields = ["account__address", "uidl"]
    show_full_result_count = False
