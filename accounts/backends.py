"""Who a request is from: Django's own backend, its person read by a prepared query."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.prepared import Prepared

_of_number = Prepared(User, "id")


class PersonBackend(ModelBackend):
    """settings.AUTHENTICATION_BACKENDS."""

    def get_user(self, user_id: int) -> User | None:
        return next(filter(self.user_can_authenticate, _of_number(user_id)), None)
