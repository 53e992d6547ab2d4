"""How a form writes a person's row."""

from accounts.models import User


class OwnColumnsMixin:
    """Writes the form's own columns alone. The whole row, read before an admin disabled the person or took the admin's
    mark away, would undo that. Mix in before a ModelForm of User.
    """

    def save(self, commit: bool = True) -> User:
        person: User = super().save(commit=False)  # type: ignore[misc]
        if commit:
            person.save(update_fields=self._meta.fields)  # type: ignore[attr-defined]
        return person
