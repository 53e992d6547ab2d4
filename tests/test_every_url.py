"""Every address of the product, taken from the URL list, so that a new view is held to this without being named:
strangers get nothing, GET changes nothing, POST needs its token, HEAD is as good as GET (W7, W12).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from accounts.models import Account, AuditEntry, User
from tests.compose.letters import flags, form, place, queued, written
from tests.mailbox.letters import PIXEL
from tests.mime.specimens.writing import file, html, message, multipart, text
from tests.people import new_account
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.scripted import Peer, scripted
from tests.servers.smtp import RecordingServer
from tests.servers.web import WebServer
from webmail.bulk.models import Job
from webmail.compose.models import Draft, Outgoing, State, Upload
from webmail.mailbox.base import MessageRef
from webmail.mailbox.models import Act
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.pictures import picture_url
from webmail.popimport.models import Imported, ImportState

# Who is not signed in may see these; all else leads to the sign-in page.
PUBLIC = {"/", "/sign-in/", "/first-start/", "/language/", "/admin/login/", "/manifest.webmanifest", "/worker.js"}
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
            elif name == "section" and "/embedded/" in address.route:
                found = "2"  # the picture
            elif name == "section" and "/within/" in address.route:
                found = "3"  # the message within
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
    web: WebServer,
) -> Owned:
    enclosed = b"begin 644 secret.txt\r\n#86)C\r\n`\r\nend\r\n"
    within = b"Content-Type: message/rfc822\r\n\r\n" + message("within", html("secret"))
    parts = multipart("mixed", text(b"secret\r\n\r\n" + enclosed), file("image/png", PIXEL), within)
    list_of_news = b"List-Unsubscribe: <mailto:leave@news.test>\r\n"
    dovecot.deliver(alice_mail.address, message("private", list_of_news + parts))
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
        "original": folder,
        "uidvalidity": uidvalidity,
        "uid": uid,
        "section": "1",
        "number": 0,
        "key": _act_key(alice_account, folder, uidvalidity, uid),
        "mode": "reply",
        "token": _picture_token(alice_account, MessageRef(folder, uidvalidity, uid), web.serve("/dot.png", PIXEL)),
        "draft_id": draft.pk,
        "outgoing_id": queued(alice_account).pk,
        "job_id": _job(alice_account, folder, uidvalidity),
        "content_type_id": ContentType.objects.get_for_model(Account).pk,
    }
    return Owned(values, pop)


def _act_key(account: Account, folder: str, uidvalidity: int, uid: int) -> UUID:
    return Act.objects.create(
        key=uuid4(),
        account=account,
        account_version=account.version,
        action="unstar",
        folder=folder,
        uidvalidity=uidvalidity,
        moves=[[uid, None, None]],
    ).key


def _job(account: Account, folder: str, uidvalidity: int) -> int:
    """On a whole folder; over, so that no sweep touches it."""
    return Job.objects.create(
        account=account,
        account_version=account.version,
        act="star",
        folder=folder,
        uidvalidity=uidvalidity,
        state="done",
    ).pk


def _picture_token(account: Account, ref: MessageRef, address: str) -> str:
    return (picture_url(account, ref, address) or "").strip("/").rpartition("/")[2]


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
    client.force_login(alice, backend="accounts.backends.PersonBackend")
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
        "key": uuid4(),
        "folder": "No such folder",
        "original": "No such folder",
        "section": "99",
        "mode": "reply",
        "token": "x",
    }
    lost = Owned(nobody, Account(pk=987_654_321))

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            if address.parameters and not address.route.startswith("/admin/"):
                answer = alice_client.get(lost.url(address))
                yield answer.status_code in {404, 405}, f"{address.route}: {answer.status_code}"

    assert faults(tried()) == ""


# -- words of others


MARKUP = "<img src=x onerror=xss()>\"'&lt;script&gt;"
HOSTILE_MAIL = (
    f'From: {MARKUP.replace(chr(34), "")} <eve@evil.test>\r\nTo: "{MARKUP.replace(chr(34), "")}" <to@evil.test>\r\n'
    f"Subject: {MARKUP}\r\nMessage-ID: <{MARKUP.replace(' ', '')}@evil.test>\r\nReply-To: {MARKUP}\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    f"Content-Type: text/plain\r\n\r\n{MARKUP}\r\n--b\r\n"
    f"Content-Type: image/{MARKUP.replace(' ', '')}\r\nContent-Disposition: attachment;\r\n"
    f" filename*=utf-8''{quote(MARKUP, safe='')}\r\n\r\nx\r\n--b--\r\n"
)
ASKED = dict.fromkeys(("q", "to", "cc", "subject", "body", "next", "open", "parent", "mailto", "seen"), MARKUP)


@pytest.fixture
def hostile(alice: User, owned: Owned, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests) -> Owned:
    """Alice's things again, each word of them markup."""
    dovecot.deliver(alice_mail.address, HOSTILE_MAIL.encode())
    with open_mailbox(alice_account) as mailbox:
        folder = mailbox.create_folder(MARKUP)
        inbox = mailbox.list_messages("INBOX")
        mailbox.move("INBOX", inbox.uidvalidity, [inbox.rows[0].ref.uid], folder.name)
        ref = mailbox.list_messages(folder.name).rows[0].ref
    alice.is_superuser = True
    alice.name = alice.username = MARKUP
    alice.save()
    Account.objects.update(name=MARKUP, sender_name=MARKUP, signature=MARKUP)
    Draft.objects.update(subject=MARKUP, to=MARKUP, text=MARKUP, carried=[f"2 {MARKUP}"])
    Upload.objects.update(filename=MARKUP, content_type=MARKUP)
    refused = [{"address": MARKUP, "status": "refused", "code": 550, "text": MARKUP}]
    Outgoing.objects.update(subject=MARKUP, recipients=refused, last_reply=MARKUP, last_error=MARKUP[:40])
    Outgoing.objects.update(state=State.FAILED)
    Imported.objects.update(uidl=MARKUP, reply=MARKUP)
    ImportState.objects.update(last_error=MARKUP[:40])
    values = {**owned.values, "folder": ref.folder, "uidvalidity": ref.uidvalidity, "uid": ref.uid}
    return Owned(values, owned.pop_account)


def test_words_of_others_are_text_on_every_page(alice_client: Client, hostile: Owned) -> None:
    """R4. In subjects, names, folder and file names, servers' replies, and in what the address itself says."""
    shown: set[str] = set()

    def tried() -> Iterator[tuple[bool, str]]:
        for address in addresses():
            answer = alice_client.get(hostile.url(address), ASKED)
            if answer["Content-Type"].startswith("text/html"):
                page = answer.content.decode()
                shown.update([address.route] if "&lt;img src=x" in page else [])
                yield "<img src=x" not in page, f"{address.route} is injected"
            else:
                kind = answer["Content-Type"]
                yield "Content-Disposition" not in answer or "\n" not in answer["Content-Disposition"], kind

    assert faults(tried()) == ""
    assert len(shown) > 20, "the words did reach the pages"
    message = "/mail/<int:account_id>/<folder:folder>/<int:uidvalidity>/<int:uid>/"
    assert {message, "/outbox/", "/outbox/<int:outgoing_id>/", "/compose/<uuid:draft_id>/", "/people/"} <= shown


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true", "HX-Target": "list"}])
@pytest.mark.parametrize("verb", ["SELECT", "LIST", "AUTHENTICATE"])
def test_words_of_a_server_are_text(
    alice_client: Client, alice_account: Account, htmx: dict[str, str], verb: str
) -> None:
    answers: dict[str, str | list[str]] = {"CAPABILITY": ["* CAPABILITY IMAP4rev1"], "LIST": ['* LIST () "/" INBOX']}
    answers[verb] = f"NO {MARKUP}"

    def refuses(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello")
        peer.answer_imap(**answers)

    with scripted(refuses) as server:
        values = {"incoming_host": server.host, "incoming_port": server.port, "incoming_security": "none"}
        Account.objects.filter(pk=alice_account.pk).update(**values)
        url = reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
        answer = alice_client.get(url, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code >= 500
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page or verb == "AUTHENTICATE"
