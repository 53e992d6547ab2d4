from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PopimportConfig(AppConfig):
    name = "webmail.popimport"
    label = "popimport"
    verbose_name = _("POP3 import")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from webmail.popimport import signals  # noqa: F401 (receivers; models must be loaded first)
