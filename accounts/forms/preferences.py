"""One page of a person's settings as a form; each field also by itself, as it is saved with JavaScript."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.saving import OwnColumnsMixin
from accounts.forms.styling import StyledFormMixin
from accounts.models import User
from accounts.sections import Section

SIDE_BY_SIDE = {"theme", "quote_place"}  # few and short choices


def time_zone_choices() -> list[tuple[str, object]]:
    """Continents as groups: [("", "…"), ("Europe", [("Europe/Paris", "Paris"), …]), …], without the legacy names
    outside of them.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones()):
        area, slash, city = zone.partition("/")
        if slash and area not in {"Etc", "posix", "right", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico"}:
            groups.setdefault(area, []).append((zone, city.replace("_", " ").replace("/", ", ")))
    return [("", _("Like the site")), ("UTC", "UTC"), *groups.items()]


class PreferencesForm(StyledFormMixin, OwnColumnsMixin, forms.ModelForm):
    """Subclasses are made by form_of()."""

    def __init__(self, *args: object, **options: object):
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, forms.BooleanField):
                field.widget.attrs["role"] = "switch"


def form_of(section: Section, only: str = "") -> type[PreferencesForm]:
    """The form of a section's settings, or of the one named `only`; in the order of the table."""
    shown = [setting for setting in section.settings if only in ("", setting.name)]
    names = [setting.name for setting in shown]
    made = forms.modelform_factory(
        User,
        form=PreferencesForm,
        fields=names,
        widgets={name: forms.RadioSelect for name in names if name in SIDE_BY_SIDE},
        labels={setting.name: cast(str, setting.label) for setting in shown},
        help_texts={setting.name: cast(str, setting.hint) for setting in shown},
        formfield_callback=_field,
    )
    return cast(type[PreferencesForm], made)


def _field(column: Any, **options: Any) -> forms.Field | None:
    """Choices whose empty value has words of its own, or that are too many for a column."""
    words = {name: options[name] for name in ("label", "help_text") if name in options}
    if column.name == "time_zone":
        return forms.ChoiceField(required=False, choices=time_zone_choices, **words)
    if column.name == "language":
        return forms.ChoiceField(required=False, choices=[("", _("Like the browser")), *settings.LANGUAGES], **words)
    found: forms.Field | None = column.formfield(**options)
    return found
