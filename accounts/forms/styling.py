"""The look of form fields: classes of static/css/components.css on Django's own widgets."""

from django import forms

_CLASSES = {
    forms.CheckboxInput: "check",
    forms.RadioSelect: "radio",
    forms.Select: "",
    forms.Textarea: "input",
    forms.widgets.Input: "input",
}


class StyledFormMixin:
    """Mix in before a form class."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: object, **options: object):
        super().__init__(*args, **options)
        for field in self.fields.values():
            _style(field.widget)
        # Django's forms of user names ask for it, also where they are not the first field.
        for field in list(self.fields.values())[1:]:
            field.widget.attrs.pop("autofocus", None)


def _style(widget: forms.Widget) -> None:
    name = next((name for kind, name in _CLASSES.items() if isinstance(widget, kind)), "")
    if name:
        widget.attrs["class"] = f"{widget.attrs.get('class', '')} {name}".strip()
