"""Every address of the product, taken from the URL list, so that a new view is held to this without being named:
strangers get nothing, GET changes nothing, POST needs its token, HEAD is as good as GET (W7, W12).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from accounts.models import Account, AuditEntry, User
from tests.compose.letters import flags, form, place, queued, written
from tests.people import new_account
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.mailbox.opening import open_mailbox
from webmail.popimport.models import Imported, ImportState

# Who is not signed in may see these; all else leads to the sign-in page.
PUBLIC = {"/", "/sign-in/", "/first-start/", "/language/", "/admin/login/"}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the URL list: `route` as Django writes it, with <converter:name> where an object is named."""

    route: str
    parameters: dict[str, Any]  # converters by name


def addresses(
    resolver: URLResolver | None = None, before: str = "/", above: dict[str, Any] | None = None
) -> Iterator[Address]:
    for entry in (resolver or get_resolver()).url_patterns:
        route, converters = before + str(entry.pattern), {**(above or {}), **entry.pattern.converters}
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route, converters)
        elif isinstance(entry, URLPattern) and not isinstance(entry.pattern, RegexPattern):  # those are Django's own
            yield Address(route, converters)


@dataclass(frozen=True, slots=True)
class Owned:
    """What alice has, one of each kind that an address can name."""

    values: dict[str, object]
    pop_account: Account

    def url(self, address: Address) -> str:
        """The address of alice's thing of this kind. KeyError for a kind nobody has made here: add one."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name == "object_id":
                found: object = self._row_of(address.route)
            elif address.route.startswith("/import/"):
                found = self.pop_account.pk
            else:
                found = self.values[name]
            return str(address.parameters[name].to_url(found))

        return PARAMETER.sub(value, address.route)

    def _row_of(self, route: str) -> object:
        """A row of the model that a page of Django's admin is about."""
        if "view_on_site" in route or route.startswith("/admin/r/"):
            return self.values["account_id"]
        _empty, _admin, app, model, *_rest = route.split("/")
        return apps.get_model(app, model)._default_manager.values_list("pk", flat=True)[0]


@pytest.fixture
def owned(
    alice: User,
    alice_account: Account,
    alice_mail: MailUser,
    bob_account: Account,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
) -> Owned:
    dovecot.deliver(alice_mail.address, b"Subject: private\r\nContent-Type: text/html\r\n\r\n<b>secret</b>\r\n")
    folder, uidvalidity, uid = place(dovecot, alice_mail)
    pop = new_account(alice, dovecot.new_user("pop"), dovecot, smtp_server, protocol="pop3", address="pop@example.org")
    with open_mailbox(pop) as mailbox:
        mailbox.folders()
    with open_mailbox(alice_account) as mailbox:
        mailbox.create_folder("Own")
    ImportState.objects.get_or_create(account=pop)
    Imported.objects.create(account=pop, maildrop="x", size=1)
    AuditEntry.objects.create(actor_name="alice", action="signed_in", subject="alice")
    apps.get_model("accounts", "Preset").objects.create(
        domain="example.org", incoming_host="a.test", outgoing_host="b.test"
    )
    draft = written(alice_account)
    draft.uploads.create(filename="a", content_type="text/plain", size=1, sha256="0" * 64, file="uploads/a")
    values = {
        "account_id": alice_account.pk,
        "person_id": alice.pk,
        "folder": folder,
        "uidvalidity": uidvalidity,
        "uid": uid,
        "section": "1",
        "mode": "reply",
        "draft_id": draft.pk,
        "outgoing_id": queued(alice_account).pk,
        "content_type_id": ContentType.objects.get_for_model(Account).pk,
    }
    return Owned(values, pop)


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of the database but those that a sign-in or a visit writes."""
    models = [model for model in apps.get_models() if model is not Session and model._meta.app_label != "axes"]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def bodies(owned: Owned, account: Account) -> list[dict[str, object]]:
    """What a form that does harm would post."""
    uid = owned.values["uid"]
    acts = [{"action": action, "uid": uid, "target": "Trash"} for action in ("trash", "read", "delete", "cancel")]
    return [*acts, form(account, "discard"), form(account, "save", text="mine now"), {"name": "x", "confirm": "on"}]


def faults(found: Iterable[tuple[bool, str]]) -> str:
    """What was not right, a line each."""
    return "\n".join(what for is_right, what in found if not is_right)


def test_the_list_is_whole() -> None:
    routes = {address.route for address in addresses()}
    assert len(routes) > 60
    assert {"/", "/outbox/<int:outgoing_id>/", "/people/<int:person_id>/delete/"} <= routes


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client, owned: Owned, alice_account: Account) -> None:
    before, sign_in = everything(), (reverse("accounts:sign_in"), reverse("admin:login"))

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            url = owned.url(address)
            for method in ("get", "head", "post"):
                answer = getattr(client, method)(url, **({"data": form(alice_account)} if method == "post" else {}))
                led = answer.status_code == 302 and answer["Location"].startswith(sign_in)
                nothing_here = answer.status_code == 405
                yield led or nothing_here or url in PUBLIC, f"{method} {address.route}: {answer.status_code}"

    assert faults(tried()) == ""
    assert everything() == before


def test_strangers_find_nothing(
    bob_client: Client,
    bob_account: Account,
    owned: Owned,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
) -> None:
    before = everything()

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            if not address.parameters:
                continue
            for_admins = address.route.startswith(("/admin/", "/people/"))
            right = {302, 403, 404, 405} if for_admins else {404, 405}
            url = owned.url(address)
            statuses = {bob_client.get(url).status_code, bob_client.head(url).status_code}
            statuses |= {bob_client.post(url, body).status_code for body in bodies(owned, bob_account)}
            yield statuses <= right and statuses != {405}, f"{address.route}: {statuses}"

    assert faults(tried()) == ""
    assert everything() == before
    assert flags(dovecot, alice_mail) == [set()]


def test_get_changes_nothing_and_head_is_like_it(
    alice: User, alice_client: Client, owned: Owned, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    """Asked by the owner, who is an admin too, so that every page is really shown."""
    alice.is_superuser = True
    alice.save()
    before = everything()

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            url = owned.url(address)
            shown, asked = alice_client.get(url), alice_client.head(url)
            b"".join(shown) if shown.streaming else shown.content
            right = {200, 302, 403, 404, 405} if address.route.startswith("/admin/") else {200, 302, 405}
            yield shown.status_code in right, f"{address.route}: {shown.status_code}"
            yield shown.status_code == asked.status_code, f"HEAD {address.route}: {asked.status_code}"
            now = everything()
            changed = [label for label, rows in now.items() if rows != before.get(label)]
            before.update(now)
            yield not changed, f"{address.route} writes {changed}"

    assert faults(tried()) == ""
    assert flags(dovecot, alice_mail) == [set()]


def test_post_needs_its_token(alice: User, owned: Owned, alice_account: Account) -> None:
    alice.is_superuser = True
    alice.save()
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    before = everything()

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            answer = client.post(owned.url(address), form(alice_account))
            yield answer.status_code in {403, 405}, f"{address.route}: {answer.status_code}"

    assert faults(tried()) == ""
    assert everything() == before


def test_ids_that_nobody_has(alice: User, alice_client: Client, owned: Owned) -> None:
    alice.is_superuser = True
    alice.save()
    nobody = {
        **dict.fromkeys(owned.values, 987654321),
        "draft_id": uuid4(),
        "folder": "No such folder",
        "section": "99",
        "mode": "reply",
    }
    lost = Owned(nobody, Account(pk=987_654_321))

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            if address.parameters and not address.route.startswith("/admin/"):
                answer = alice_client.get(lost.url(address))
                yield answer.status_code in {404, 405}, f"{address.route}: {answer.status_code}"

    assert faults(tried()) == ""
