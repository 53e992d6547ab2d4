"""Create somebody who may sign in: manage.py add_user NAME --email A [--admin] --password-stdin"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import people
from accounts.forms.people import NewPersonForm
from accounts.models import User
from accounts.provisioning import read_passwords, refusal

EXISTS = 3


class Command(BaseCommand):
    help = (
        "Create somebody who may sign in. Exit status: 0 created, 1 refused (the message says why), 3 exists already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="NAME", help="the name to sign in with")
        parser.add_argument("--email", required=True, metavar="A", help="the person's e-mail address")
        parser.add_argument("--admin", action="store_true", help="may manage people and the server")
        parser.add_argument("--name", default="", metavar="N", help='the name to show, as in "Camille Roux"')
        parser.add_argument("--password-stdin", action="store_true", required=True, help="first line of standard input")

    def handle(self, username: str, email: str, admin: bool, name: str, **options: Any) -> None:
        if User.objects.filter(username=username).exists():
            raise CommandError(f"{username} exists already.", returncode=EXISTS)
        password = read_passwords(1)[0]
        typed = {"username": username, "email": email, "is_superuser": admin, "name": name}
        form = NewPersonForm({**typed, "password1": password, "password2": password})
        if not form.is_valid():
            raise refusal(form)
        people.create(None, form.save(commit=False))
        self.stdout.write(f"{username} may sign in now{' and is an admin' if admin else ''}.")
