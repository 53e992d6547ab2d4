"""Formatted text: what is kept and sent of it, what an answer quotes, and the way to plain text and back."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.compose.letters import form, place, stored, url
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.compose import formatting
from webmail.compose.models import Draft, Outgoing
from webmail.compose.tasks import deliver
from webmail.mime.text import html_to_text

HOSTILE = (
    '<div>Hi <b onclick="x()">Bob</b></div><script>evil()</script><img src="x" onerror="evil()">'
    '<a href="javascript:evil()">here</a> <a href="https://example.org/">there</a><iframe src="//e.example"></iframe>'
)
HEADER = b"From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: News\r\nMIME-Version: 1.0\r\n"
PAGE = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
BOTH = HEADER + (
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nplainly\r\n"
    b"--b\r\n" + PAGE + b'<p style="color:red">in <i>colour</i></p><script>evil()</script>'
    b'<img src="https://e.example/pixel">\r\n--b--\r\n'
)


def parts(raw: bytes) -> dict[str, str]:
    """Content by type, of all parts that are text."""
    message = message_from_bytes(raw, EmailMessage, policy=policy.default)
    texts = (part for part in message.walk() if not part.is_multipart())
    return {part.get_content_type(): part.get_content().rstrip().replace("\r", "") for part in texts}


def begun(client: Client, account: Account, where: tuple[str, int, int], mode: str) -> dict[str, str]:
    return client.get(reverse("compose:reply", args=[account.pk, *where, mode])).context["form"].initial


def received(dovecot: DovecotForTests, mail: MailUser, raw: bytes) -> tuple[str, int, int]:
    dovecot.deliver(mail.address, raw)
    return place(dovecot, mail)


# -- kept and sent -------------------------------------------------------------------------------------------


def test_it_works(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    alice_client.post(url(), form(alice_account, text="stale", html="<div>How <b>are</b> you?</div>"))
    deliver(Outgoing.objects.get().pk)
    raw = smtp_server.accepted[0].raw
    assert message_from_bytes(raw).get_content_type() == "multipart/alternative"
    assert parts(raw) == {"text/plain": "How are you?", "text/html": "<div>How <b>are</b> you?</div>"}


def test_plain_text_stays_alone(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    alice_client.post(url(), form(alice_account, text="<b>How are you?</b>"))
    deliver(Outgoing.objects.get().pk)
    raw = smtp_server.accepted[0].raw
    assert message_from_bytes(raw).get_content_type() == "text/plain"
    assert parts(raw) == {"text/plain": "<b>How are you?</b>"}


def test_no_script_survives(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save", html=HOSTILE))
    (copy,) = stored(dovecot, alice_mail, "Drafts")
    alice_client.post(url(draft_id), form(alice_account, html=HOSTILE))
    kept = Draft.objects.get().html
    deliver(Outgoing.objects.get().pk)
    for html in (kept, parts(copy)["text/html"], parts(smtp_server.accepted[0].raw)["text/html"]):
        assert "<b>Bob</b>" in html
        assert 'href="https://example.org/"' in html
        for evil in ("evil", "onclick", "onerror", "script", "iframe"):
            assert evil not in html


def test_text_beside_hostile_markup_is_not_what_was_there_before(alice_client: Client, alice_account: Account) -> None:
    alice_client.post(url(), form(alice_account, "save", text="stale", html="<script>evil()</script>"))
    draft = Draft.objects.get()
    assert (draft.text, draft.html) == ("", "")


def test_a_draft_remembers_how_it_is_written(alice_client: Client, alice_account: Account) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save", html="<div><br></div>"))
    assert alice_client.get(url(draft_id)).context["form"].initial["html"] == "<div><br></div>"
    alice_client.post(url(draft_id), form(alice_account, "save", text="plain now"))
    initial = alice_client.get(url(draft_id)).context["form"].initial
    assert (initial["text"], initial["html"]) == ("plain now", "")


def test_too_long_for_formatting(alice_client: Client, alice_account: Account) -> None:
    page = alice_client.post(url(), form(alice_account, html="<div>precious</div>" + "x" * formatting.HTML_LIMIT))
    assert page.status_code == 422
    assert "too long for formatted text" in page.content.decode()
    assert "&lt;div&gt;precious" in page.content.decode()
    assert not Draft.objects.exists()


# -- what a mail begins with ---------------------------------------------------------------------------------


def test_new_mail_is_formatted(alice_client: Client, alice_account: Account) -> None:
    assert alice_client.get(reverse("compose:new")).context["form"].initial["html"] == formatting.EMPTY_LINE
    Account.objects.update(signature="Alice <a@b.example>\nAtelier")
    initial = alice_client.get(reverse("compose:new"), {"body": "<script>"}).context["form"].initial
    assert initial["html"].startswith("&lt;script&gt;<br>")
    assert initial["html"].endswith("<br>Atelier</footer>")
    assert "Alice &lt;" in initial["html"]


@pytest.mark.parametrize("mode", ["reply", "all", "forward"])
def test_formatted_mail_is_quoted_formatted(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, mode: str
) -> None:
    Account.objects.update(signature="Alice")
    initial = begun(alice_client, alice_account, received(dovecot, alice_mail, BOTH), mode)
    above, _, quote = initial["html"].partition('<blockquote type="cite">')
    assert '<p style="color:red">in <i>colour</i></p>' in quote
    assert "evil" not in quote
    assert "e.example" not in quote
    assert above.index("Alice</footer>") < above.index("Bob")
    assert "plainly" in initial["text"]


@pytest.mark.parametrize("mode", ["reply", "forward"])
def test_plain_mail_is_answered_plainly(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, mode: str
) -> None:
    initial = begun(alice_client, alice_account, received(dovecot, alice_mail, HEADER + b"\r\nWhy?\r\n"), mode)
    assert initial["html"] == ""
    assert "Why?" in initial["text"]


def test_large_mail_is_quoted_in_words(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    row = b'<tr><td bgcolor="#ffffff" width="100" align="center">cell</td></tr>\r\n'
    raw = HEADER + PAGE + b"<table>" + row * 3000 + b"</table>\r\n"
    html = begun(alice_client, alice_account, received(dovecot, alice_mail, raw), "reply")["html"]
    assert "cell" in html
    assert "<table" not in html
    assert len(html) < formatting.HTML_LIMIT


def test_a_formatted_draft_of_another_program_stays_formatted(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    with dovecot.imap(alice_mail) as client:
        client.append("Drafts", BOTH, [b"\\Draft"])
    initial = begun(alice_client, alice_account, place(dovecot, alice_mail, "Drafts"), "edit")
    assert initial["html"] == '<p style="color:red">in <i>colour</i></p><img>'
    alice_client.post(url(), form(alice_account, "save", html=initial["html"]))
    assert "<i>colour</i>" in parts(stored(dovecot, alice_mail, "Drafts")[-1])["text/html"]


# -- to plain text and back ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One\n\nTwo",
        "<b>1 < 2 & 3</b>",
        "two  spaces, three   spaces",
        "Hello\n\n-- \nAlice\nAtelier",
        "Yes.\n\n> Is it?\n>\n> > It is.\n\nGood.",
        "https://example.org/a?b=c&d=e",
    ],
)
def test_nothing_is_lost_there_and_back(text: str) -> None:
    assert html_to_text(formatting.from_text(text)) == text


def convert(client: Client, **fields: str) -> HttpResponse:
    return client.post(reverse("compose:convert"), fields)  # type: ignore[return-value]


def test_the_switch_converts(alice_client: Client) -> None:
    plain = convert(alice_client, html="<div>How <b>are</b></div><ul><li>you</li></ul><script>evil()</script>")
    assert plain.content.decode() == "How are\n\n* you"
    formatted = convert(alice_client, text="<script>\n> quoted")
    assert formatted.content.decode() == "&lt;script&gt;<blockquote>quoted</blockquote>"
    assert {plain["Content-Type"], formatted["Content-Type"]} == {"text/plain; charset=utf-8"}


def test_the_switch_refuses_what_is_too_long(alice_client: Client) -> None:
    assert convert(alice_client, text="x" * (formatting.TEXT_LIMIT + 1)).status_code == 422
    assert convert(alice_client, html="x" * (formatting.HTML_LIMIT + 1)).status_code == 422


def test_the_switch_is_for_people_and_post(client: Client, alice_client: Client) -> None:
    assert convert(client, text="x").status_code == 302
    assert alice_client.get(reverse("compose:convert")).status_code == 405
