from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "webmail.bulk"
    label = "bulk"
    verbose_name = _("whole folders")
    default_auto_field = "django.db.models.BigAutoField"
