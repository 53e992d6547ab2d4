from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "webmail.mailbox"
    label = "mailbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from webmail.mailbox import findable, signals  # noqa: F401 (they register; models must be loaded first)
