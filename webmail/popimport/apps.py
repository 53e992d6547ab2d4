from django.apps import AppConfig


class PopimportConfig(AppConfig):
    name = "webmail.popimport"
    label = "popimport"
    default_auto_field = "django.db.models.BigAutoField"
