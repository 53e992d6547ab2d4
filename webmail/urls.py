"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from webmail.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("webmail.mailbox.urls")),
    path("", include("webmail.compose.urls")),
    path("", include("webmail.popimport.urls")),
    path("", include("webmail.unsubscribing.urls")),
    path("", include("webmail.bulk.urls")),
    path("", include("webmail.installable.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

handler400 = "webmail.error_pages.bad_request"
handler403 = "webmail.error_pages.forbidden"
handler404 = "webmail.error_pages.not_found"
handler500 = "webmail.error_pages.server_error"
