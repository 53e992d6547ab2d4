"""The one form for a mail account: the settings page, "Test" and the command line all go through it.

data → each field is put right (pasted hosts, missing ports and names) → the password rule → confirmation of "none" →
account_as_typed(), an unsaved Account that "Test" may dial → save(). Passwords go in and never come out: an empty
field means the stored one, which is only ever sent to the very server it was typed for; whoever borrows a session
must not be able to point it at a server of their own.
"""

import re
from copy import copy
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import Secret
from accounts.forms.styling import StyledFormMixin
from accounts.models import Account, User, no_control_characters
from accounts.servers import default_port, sending_host, split_pasted
from webmail.protocols.endpoint import Protocol

SIDES = ("incoming", "outgoing")
ABOUT_SERVERS = ["address", "protocol", "outgoing_login"] + [
    f"{side}_{name}" for side in SIDES for name in ("host", "port", "security", "username", "ca_pem", "fingerprint")
]
TYPE_AGAIN = _("Type the password again: the saved one is only for the server it was entered for.")
CHECK_EVERY = [
    (1, _("Every minute")),
    (5, _("Every 5 minutes")),
    (15, _("Every 15 minutes")),
    (60, _("Every hour")),
    (360, _("Every 6 hours")),
    (1440, _("Once a day")),
]


def password_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=1000,
        validators=[no_control_characters],
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )


def certificate_field() -> forms.CharField:
    widget = forms.Textarea(
        attrs={"rows": 4, "dir": "ltr", "spellcheck": "false", "placeholder": "-----BEGIN CERTIFICATE-----"}
    )
    return forms.CharField(
        label=_("Certificate authority to trust (PEM)"), required=False, max_length=65536, widget=widget
    )


def fingerprint_field() -> forms.CharField:
    return forms.CharField(
        label=_("Fingerprint of its certificate (SHA-256)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )


class AccountForm(StyledFormMixin, forms.ModelForm):
    incoming_password = password_field(_("Password"))
    outgoing_password = password_field(_("Password"))
    incoming_ca_pem, outgoing_ca_pem = certificate_field(), certificate_field()
    incoming_fingerprint, outgoing_fingerprint = fingerprint_field(), fingerprint_field()
    pop_minutes = forms.TypedChoiceField(label=_("Check for new mail"), required=False, coerce=int, empty_value=None)
    unencrypted_ok = forms.BooleanField(
        label=_("I know that my password and my mail can be read on the way"), required=False
    )

    class Meta:
        model = Account
        fields = [
            "name",
            "sender_name",
            "address",
            "signature",
            "protocol",
            "incoming_host",
            "incoming_security",
            "incoming_port",
            "incoming_username",
            "incoming_ca_pem",
            "incoming_fingerprint",
            "pop_policy",
            "pop_days",
            "pop_minutes",
            "paused",
            "outgoing_host",
            "outgoing_security",
            "outgoing_port",
            "outgoing_login",
            "outgoing_username",
            "outgoing_ca_pem",
            "outgoing_fingerprint",
        ]
        widgets = {
            "address": forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email", "autocapitalize": "none"}),
            "sender_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "signature": forms.Textarea(attrs={"rows": 3}),
            "protocol": forms.RadioSelect,
            "pop_policy": forms.RadioSelect,
            "outgoing_login": forms.RadioSelect,
            **{
                f"{side}_{name}": widget(attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", **more})
                for side in SIDES
                for name, widget, more in (
                    ("host", forms.TextInput, {"inputmode": "url"}),
                    ("port", forms.TextInput, {"inputmode": "numeric"}),
                    ("username", forms.TextInput, {"autocomplete": "username"}),
                )
            },
        }

    def __init__(self, data: Any = None, *, user: User, instance: Account | None = None, initial: Any = None):
        instance = instance or Account(user=user)
        # As it is in the database: the form writes on the instance while it validates.
        self.stored = copy(instance)
        initial = {
            "unencrypted_ok": Account.Encryption.NONE in (instance.incoming_security, instance.outgoing_security),
            **(initial or {}),
        }
        super().__init__(data, instance=instance, initial=initial)
        for name in ("incoming_port", "incoming_username", "outgoing_port", "outgoing_login", "pop_policy", "pop_days"):
            self.fields[name].required = False
        self._offer_minutes()

    def _offer_minutes(self) -> None:
        minutes = self.stored.pop_minutes
        rare = (
            [] if minutes in dict(CHECK_EVERY) else [(minutes, _("Every %(minutes)s minutes") % {"minutes": minutes})]
        )
        self.fields["pop_minutes"].choices = [*CHECK_EVERY, *rare]  # type: ignore[attr-defined]

    # -- single fields -----------------------------------------------------------------------------------------------

    def clean_address(self) -> str:
        local, _at, domain = self.cleaned_data["address"].rpartition("@")
        address = f"{local}@{domain.lower()}"
        if self.stored.user.accounts.filter(address__iexact=address).exclude(pk=self.stored.pk).exists():
            raise forms.ValidationError(_("You have an account with this address already."))
        return address

    def clean_incoming_ca_pem(self) -> str:
        return clean_certificates(self.cleaned_data["incoming_ca_pem"])

    def clean_outgoing_ca_pem(self) -> str:
        return clean_certificates(self.cleaned_data["outgoing_ca_pem"])

    def clean_incoming_fingerprint(self) -> str:
        return clean_fingerprint(self.cleaned_data["incoming_fingerprint"])

    def clean_outgoing_fingerprint(self) -> str:
        return clean_fingerprint(self.cleaned_data["outgoing_fingerprint"])

    # -- the whole ---------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._keep_what_is_left_out()
        for side in SIDES:
            self._split_host(side)
        if not self.cleaned_data.get("outgoing_host"):
            self.cleaned_data["outgoing_host"] = sending_host(self.cleaned_data.get("incoming_host", ""))
        for side in SIDES:
            self._fill_in_port(side)
        self._fill_in_usernames()
        if not self.errors:
            self._ask_for_passwords()
            self._ask_for_confirmation()
        return self.cleaned_data

    def _keep_what_is_left_out(self) -> None:
        for name in ("outgoing_login", "pop_policy", "pop_days", "pop_minutes"):
            if name not in self.errors and self.cleaned_data.get(name) in (None, ""):
                self.cleaned_data[name] = getattr(self.stored, name)

    def _split_host(self, side: str) -> None:
        host, port = split_pasted(self.cleaned_data.get(f"{side}_host", ""))
        if f"{side}_host" in self.cleaned_data:
            self.cleaned_data[f"{side}_host"] = host
        if port is not None and f"{side}_port" not in self.errors:
            self.cleaned_data[f"{side}_port"] = port

    def _fill_in_port(self, side: str) -> None:
        protocol = Protocol.SMTP if side == "outgoing" else self.cleaned_data.get("protocol")
        security = self.cleaned_data.get(f"{side}_security")
        missing = f"{side}_port" not in self.errors and self.cleaned_data.get(f"{side}_port") is None
        if missing and protocol and security:
            self.cleaned_data[f"{side}_port"] = default_port(protocol, security)

    def _fill_in_usernames(self) -> None:
        cleaned = self.cleaned_data
        if "incoming_username" not in self.errors:
            cleaned["incoming_username"] = cleaned.get("incoming_username") or cleaned.get("address", "")
        if cleaned.get("outgoing_login") != Account.OutgoingLogin.OWN:
            cleaned["outgoing_username"] = ""
        elif "outgoing_username" not in self.errors:
            cleaned["outgoing_username"] = cleaned.get("outgoing_username") or cleaned.get("address", "")

    def _ask_for_passwords(self) -> None:
        cleaned, stored = self.cleaned_data, self.stored
        login, Login = cleaned["outgoing_login"], Account.OutgoingLogin  # noqa: N806 an enum
        sending_is_new = self._moved("outgoing") or login != stored.outgoing_login
        incoming_is_new = self._moved("incoming") or (login == Login.SAME and sending_is_new)
        self._ask_for_password("incoming", bool(stored.incoming_password) and not incoming_is_new)
        if login == Login.OWN:
            self._ask_for_password("outgoing", bool(stored.outgoing_password) and not sending_is_new)

    def _moved(self, side: str) -> bool:
        """Whether the stored password would go elsewhere, under another proof of identity, or in clear for the first
        time.
        """
        names = [f"{side}_{name}" for name in ("host", "port", "ca_pem", "fingerprint")]
        bare, before = self.cleaned_data[f"{side}_security"], getattr(self.stored, f"{side}_security")
        in_clear = bare == Account.Encryption.NONE != before
        return in_clear or any(self.cleaned_data[name] != getattr(self.stored, name) for name in names)

    def _ask_for_password(self, side: str, stored_one_will_do: bool) -> None:
        if stored_one_will_do or self.cleaned_data.get(f"{side}_password"):
            return
        self.add_error(
            f"{side}_password", TYPE_AGAIN if getattr(self.stored, f"{side}_password") else _("Enter the password.")
        )

    def _ask_for_confirmation(self) -> None:
        bare = any(self.cleaned_data.get(f"{side}_security") == Account.Encryption.NONE for side in SIDES)
        if bare and not self.cleaned_data.get("unencrypted_ok"):
            self.add_error(
                "unencrypted_ok",
                _("Without encryption, anybody on the way can read along. Confirm that you know, or choose TLS."),
            )

    # -- what comes out ----------------------------------------------------------------------------------------------

    @property
    def servers_changed(self) -> bool:
        """Whether the last verdict on the servers is out of date; after is_valid()."""
        # Not changed_data: a browser sends a certificate back with other line ends.
        typed = any(self.cleaned_data[f"{side}_password"] for side in SIDES)
        return typed or any(self.cleaned_data[name] != getattr(self.stored, name) for name in ABOUT_SERVERS)

    def account_as_typed(self) -> Account:
        """The unsaved account with its passwords sealed; after is_valid()."""
        account, typed = self.instance, self.cleaned_data
        if typed["incoming_password"]:
            account.incoming_password = Secret.seal(typed["incoming_password"])
        if account.outgoing_login != Account.OutgoingLogin.OWN:
            # Kept, it could later be sent to a server it was never typed for.
            account.outgoing_password = Secret()
        elif typed["outgoing_password"]:
            account.outgoing_password = Secret.seal(typed["outgoing_password"])
        return account

    def save(self, commit: bool = True) -> Account:
        self.account_as_typed()
        return super().save(commit)


def clean_certificates(pem: str) -> str:
    """One or more certificates in PEM, without what else was in the file; ValidationError otherwise."""
    if not pem.strip():
        return ""
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise forms.ValidationError(
            _("This is not a certificate in PEM: one starts with -----BEGIN CERTIFICATE-----.")
        ) from None
    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in certificates)


def clean_fingerprint(text: str) -> str:
    """64 lower-case hex digits of "SHA256 Fingerprint=AB:CD:…"; ValidationError otherwise."""
    digits = re.sub(r"[\s:]", "", text.rpartition("=")[2]).lower()
    if digits and not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise forms.ValidationError(_("A SHA-256 fingerprint has 64 hexadecimal digits, with or without colons."))
    return digits
