"""Secrets at rest: a value that hides itself, and the model field that stores it encrypted.

form → Secret.seal (MultiFernet, newest key first) → TextField of ciphertext → Secret → .reveal() where a connection
is opened. A wrong key raises WrongKey at reveal, never at load, so that pages which only list accounts still show;
rotate_secrets re-seals all.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class WrongKey(Exception):
    """None of MAIL_SECRET_KEYS opens this secret: the key is missing, or the value was damaged."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current_box() -> MultiFernet:
    return _box(tuple(settings.MAIL_SECRET_KEYS))


class Secret:
    """A sealed text. Its str and repr never show it; it is false when nothing is stored."""

    __slots__ = ("token",)

    def __init__(self, token: str = ""):
        self.token = token

    @classmethod
    def seal(cls, text: str) -> "Secret":
        return cls(_current_box().encrypt(text.encode()).decode() if text else "")

    def reveal(self) -> str:
        """The text in clear; raises WrongKey."""
        if not self.token:
            return ""
        try:
            return _current_box().decrypt(self.token.encode()).decode()
        except InvalidToken:
            raise WrongKey("A stored password can't be opened with the keys in MAIL_SECRET_KEYS.") from None

    def rotated(self) -> "Secret":
        """The same text under the newest key; raises WrongKey."""
        return Secret.seal(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.token == other.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return "<Secret>" if self.token else "<no secret>"

    __str__ = __repr__


if TYPE_CHECKING:
    _TextField = models.TextField[Secret, Secret]
else:
    _TextField = models.TextField


class SecretField(_TextField):
    """Stores a Secret. Takes nothing else, so that no text is ever stored in clear by mistake."""

    def __init__(self, *args: Any, **options: Any):
        options.setdefault("blank", True)
        options.setdefault("default", Secret)
        options["editable"] = False
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for derived in ("blank", "default", "editable"):
            options.pop(derived, None)
        return name, path, args, options

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Secret:
        return Secret(value or "")

    def to_python(self, value: Any) -> Secret:
        return value if isinstance(value, Secret) else Secret(value or "")

    def get_prep_value(self, value: Any) -> str:
        if not isinstance(value, Secret):
            raise TypeError(f"{self.name} takes a Secret, not {type(value).__name__}")
        return value.token

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
