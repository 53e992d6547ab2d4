from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "webmail.mailbox"
    label = "mailbox"
    default_auto_field = "django.db.models.BigAutoField"
