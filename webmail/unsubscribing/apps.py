from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnsubscribingConfig(AppConfig):
    name = "webmail.unsubscribing"
    label = "unsubscribing"
    verbose_name = _("unsubscribing")
    default_auto_field = "django.db.models.BigAutoField"
