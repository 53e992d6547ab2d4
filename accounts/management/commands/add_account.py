"""Give somebody a mail account, through the same form as the settings page."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import audit
from accounts.forms.mail_account import AccountForm
from accounts.models import Account, User
from accounts.provisioning import read_passwords, refusal
from accounts.servers import INCOMING_SCHEMES, OUTGOING_SCHEMES, ServerUrl, parse_url

EXISTS = 3
EPILOG = """\
schemes: imaps, imap (STARTTLS), imap+insecure, pop3s, pop3 (STLS), pop3+insecure,
         smtps, smtp (STARTTLS), smtp+insecure.
USER is percent-encoded where it has @ : / or %; PORT may be left out.
No USER in the outgoing URL: the server wants no login.
standard input: the password for receiving, and on a second line that for sending where it has its own.
exit status: 0 added, 1 refused (the message says why), 3 the person has an account with this address already."""


class Command(BaseCommand):
    help = "Give somebody a mail account. The servers are not contacted: the settings page tests them."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options.update(epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USER", help="whose account it is")
        parser.add_argument("--email", required=True, metavar="A", help="the account's mail address")
        parser.add_argument("--incoming", required=True, metavar="URL", help="imaps://USER@HOST:PORT")
        parser.add_argument("--outgoing", required=True, metavar="URL", help="smtps://USER@HOST:PORT")
        parser.add_argument(
            "--password-stdin", action="store_true", required=True, help="read passwords from standard input"
        )
        parser.add_argument("--name", default="", metavar="N", help="the person's name, as recipients see it")
        parser.add_argument(
            "--ca-file", type=Path, metavar="PEM", help="trust this certificate authority for both servers"
        )
        parser.add_argument(
            "--fingerprint",
            default="",
            metavar="HEX",
            help="SHA-256 of the certificate to trust, on both servers if they have one host",
        )
        parser.add_argument(
            "--outgoing-fingerprint", default="", metavar="HEX", help="the same, of the sending server alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if not user:
            raise CommandError(f"Nobody is called {options['username']}: see manage.py add_user.")
        if user.accounts.filter(address__iexact=options["email"]).exists():
            raise CommandError(f"{user.username} has an account {options['email']} already.", returncode=EXISTS)
        form = AccountForm(_form_data(options), user=user)
        if not form.is_valid():
            raise refusal(form)
        with transaction.atomic():
            account = form.save()
            audit.record(None, "account_added", account.address, f"for {user.username}")
        self.stdout.write(f"{user.username} has the account {account.address} now.")


def _form_data(options: dict[str, Any]) -> dict[str, object]:
    incoming, outgoing = _parse(options["incoming"], INCOMING_SCHEMES), _parse(options["outgoing"], OUTGOING_SCHEMES)
    if not incoming.username:
        raise CommandError("--incoming has no USER: receiving always needs one.")
    return {
        "address": options["email"],
        "sender_name": options["name"],
        "protocol": incoming.protocol.value,
        # The scheme with "insecure" in its name is the confirmation.
        "unencrypted_ok": True,
        **incoming.fields("incoming"),
        **outgoing.fields("outgoing"),
        **_logins(incoming, outgoing, read_passwords(2)),
        **_trust(incoming, outgoing, options),
    }


def _parse(text: str, schemes: Any) -> ServerUrl:
    try:
        return parse_url(text, schemes)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _logins(incoming: ServerUrl, outgoing: ServerUrl, passwords: list[str]) -> dict[str, object]:
    """One password for both, unless there are two lines."""
    first, own = passwords[0], passwords[1] if len(passwords) > 1 else ""
    login = Account.OutgoingLogin.OWN
    if not outgoing.username:
        login = Account.OutgoingLogin.NONE
    elif outgoing.username == incoming.username and own in ("", first):
        login = Account.OutgoingLogin.SAME
    return {"incoming_password": first, "outgoing_password": own or first, "outgoing_login": login.value}


def _trust(incoming: ServerUrl, outgoing: ServerUrl, options: dict[str, Any]) -> dict[str, object]:
    try:
        authority = options["ca_file"].read_text() if options["ca_file"] else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--ca-file {options['ca_file']} can't be read: {error}") from None
    shared = options["fingerprint"] if incoming.host == outgoing.host else ""
    return {
        "incoming_ca_pem": authority,
        "outgoing_ca_pem": authority,
        "incoming_fingerprint": options["fingerprint"],
        "outgoing_fingerprint": options["outgoing_fingerprint"] or shared,
    }
