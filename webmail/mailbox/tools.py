"""What the tools around a list lead to: parts of the folder, other pages."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

FILTERS = (("", _("All")), ("is:unread", _("Unread")), ("is:starred", _("Starred")))


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to see a part of the folder; `suffix` is the query string that leads there."""

    label: str
    suffix: str
    current: bool


def filters(q: str) -> list[Filter]:
    """`q` is what is searched for now."""
    return [Filter(str(label), list_suffix(1, value), q == value) for value, label in FILTERS]


def list_suffix(page: int, q: str) -> str:
    """The query string that leads back to this page of this list."""
    asked = {name: value for name, value in (("q", q), ("page", page if page > 1 else "")) if value}
    return f"?{urlencode(asked)}" if asked else ""
