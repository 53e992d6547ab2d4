"""What the worker does for people's sign-ins: once a day, rows that nobody needs any more go."""

from datetime import timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.utils import timezone

from webmail.celery import app

SIGN_INS_KEPT = timedelta(days=90)


@app.task(ignore_result=True)
def prune() -> None:
    """Expired sessions, and the records of sign-ins after SIGN_INS_KEPT; a failed one slows down guessers for minutes
    only. AuditEntry rows stay."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    before = timezone.now() - SIGN_INS_KEPT
    AccessLog.objects.filter(attempt_time__lt=before).delete()
    AccessAttempt.objects.filter(attempt_time__lt=before).delete()
