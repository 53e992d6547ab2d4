"""Web sessions in the database, as Django's own; read by a prepared query, because every request begins with it."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.prepared import Prepared

_of_key = Prepared(Session, "session_key")


class SessionStore(DatabaseSessionStore):
    """settings.SESSION_ENGINE."""

    def load(self) -> dict[str, Any]:
        for found in _of_key(self.session_key or ""):
            if found.expire_date > timezone.now():
                return self.decode(found.session_data)
        return super().load()  # Django's way with a session that is not there
