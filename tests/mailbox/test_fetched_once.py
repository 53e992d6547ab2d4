"""What can't change is fetched once, and what can is asked for each time; over a real Dovecot, on a line that notes
which commands were sent."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest
import redis
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Account
from tests.mailbox.letters import PLAIN, plain, with_file
from tests.mailbox.test_kept import forget
from tests.mime.specimens.writing import message, multipart, within
from tests.mime.specimens.writing import text as words_of
from tests.protocols.conftest import open_quickly
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy
from tests.servers.scripted import Peer, scripted
from webmail.mailbox import kept
from webmail.mailbox.base import MessageRef, NoSuchFolder, NoSuchMessage, Page, StaleReference
from webmail.mailbox.imap_mailbox import ImapMailbox
from webmail.mailbox.kept import Kept
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.query import parse as parse_query
from webmail.mime.structure import choose_body, from_bodystructure, has_attachments
from webmail.protocols.endpoint import Security
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_parse import parse

GLANCE = ["FETCH", "NOOP", "STATUS"]
FLAGS = ["UID", "NOOP"]
ROWS = ["UID"]
SEARCH = ["STATUS", "UID", "NOOP"]
SEARCH_AGAIN = ["STATUS"]


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def deliver(dovecot: DovecotForTests, alice_mail: MailUser) -> Callable[..., None]:
    """Puts letters with these subjects into the inbox, past the product."""

    def put(*subjects: str) -> None:
        for subject in subjects:
            dovecot.deliver(alice_mail.address, plain(subject))

    return put


def listed(account: Account, folder: str = "INBOX", typed: str = "") -> Page:
    """As one request does it."""
    with open_mailbox(account) as mailbox:
        return mailbox.list_messages(folder, query=parse_query(typed) if typed else None)


def subjects(page: Page) -> list[str]:
    return [row.headers.subject for row in page.rows]


def commands(line: CuttingProxy, work: Callable[[], object]) -> list[str]:
    line.forget()
    work()
    return line.commands.copy()


# -- lists


@pytest.mark.parametrize("other_process", [False, True])
def test_rows_are_fetched_once(alice_account, line, deliver, other_process):
    deliver("one", "two")
    assert commands(line, lambda: listed(alice_account))[-4:] == [*GLANCE, *ROWS]
    if other_process:
        forget()
    assert commands(line, lambda: listed(alice_account)) == GLANCE
    page = listed(alice_account)
    assert subjects(page) == ["two", "one"]
    assert (page.total, page.unread) == (2, 2)


def test_rows_of_a_page_that_was_never_listed_come_with_the_first_look(alice_account, line, deliver):
    deliver("one", "two")
    listed(alice_account, "Trash")  # a session is open
    with open_mailbox(alice_account, strange=True) as mailbox:
        assert commands(line, lambda: mailbox.list_messages("INBOX"))[-3:] == GLANCE
        deliver("three")
        page = mailbox.list_messages("INBOX")
    assert (subjects(page), page.total, page.unread) == (["three", "two", "one"], 3, 3)
    forget()
    assert commands(line, lambda: listed(alice_account)) == GLANCE
    assert listed(alice_account) == page


def test_a_click_on_a_page_that_was_never_listed(alice_client: Client, alice_account, line, deliver):
    deliver("one", "two")
    address = reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
    for _turn in range(2):
        assert commands(line, lambda: alice_client.get(address))[-3:] == GLANCE
        forget()


def test_only_new_rows_are_fetched(alice_account, line, deliver):
    deliver(*(f"n{number}" for number in range(30)))
    whole = listed(alice_account).total
    first = line.sent
    deliver("fresh")
    assert commands(line, lambda: listed(alice_account)) == [*GLANCE, "FETCH", "STATUS", *ROWS]
    assert line.sent < first
    page = listed(alice_account)
    assert (page.total, subjects(page)[:2]) == (whole + 1, ["fresh", "n29"])


def test_flags_that_another_client_sets_show(alice_account, line, deliver, dovecot, alice_mail):
    deliver("one", "two")
    listed(alice_account)
    with dovecot.imap(alice_mail) as other:
        other.select_folder("INBOX")
        other.add_flags([1], ["\\Seen", "\\Flagged"])
        page = listed(alice_account)
        two, one = page.rows
        assert (one.seen, one.flagged, two.seen, page.unread) == (True, True, False, 1)
        other.remove_flags([1], ["\\Seen"])
        assert [row.seen for row in listed(alice_account, typed="is:starred").rows] == [False]
    assert commands(line, lambda: listed(alice_account)) == GLANCE


def test_what_another_client_expunges_is_gone(alice_account, line, deliver, dovecot, alice_mail):
    deliver("one", "two", "three")
    page = listed(alice_account)
    refs = [row.ref for row in reversed(page.rows)]
    with open_mailbox(alice_account) as mailbox:
        mailbox.get_message(refs[1])
    with dovecot.imap(alice_mail) as other:
        other.select_folder("INBOX")
        other.delete_messages([refs[1].uid])
        other.expunge()
    with open_mailbox(alice_account) as mailbox, pytest.raises(NoSuchMessage):
        mailbox.get_message(refs[1])
    page = listed(alice_account)
    assert (subjects(page), page.total, page.unread) == (["three", "one"], 2, 2)


def test_a_message_that_goes_before_its_row_comes(
    alice_account, line, deliver, dovecot, alice_mail, monkeypatch: pytest.MonkeyPatch
):
    deliver("one", "two", "three")
    glance = ImapSession.glance

    def glance_then_lose(session, window, **options):
        seen = glance(session, window, **options)
        with dovecot.imap(alice_mail) as other:
            other.select_folder("INBOX")
            other.delete_messages([1])
            other.expunge()
        session.noop()
        return seen

    monkeypatch.setattr(ImapSession, "glance", glance_then_lose)
    assert subjects(listed(alice_account)) == ["three", "two"]
    monkeypatch.undo()
    assert commands(line, lambda: listed(alice_account)) == GLANCE
    assert subjects(listed(alice_account)) == ["three", "two"]


def test_search_fetches_rows_once(alice_account, line, deliver):
    deliver("tea one", "coffee", "tea two")
    for _turn in range(2):
        assert subjects(listed(alice_account, typed="subject:tea")) == ["tea two", "tea one"]
    assert commands(line, lambda: listed(alice_account, typed="subject:tea")) == [*SEARCH_AGAIN, "UID"]
    assert commands(line, lambda: listed(alice_account, typed="subject:tea is:unread")) == [*SEARCH, "UID"]
    assert commands(line, lambda: listed(alice_account)) == [*GLANCE, *ROWS]
    assert subjects(listed(alice_account)) == ["tea two", "coffee", "tea one"]


def test_what_a_search_finds_beside_what_is_known_comes_in_one_breath(alice_account, line, deliver):
    deliver("tea one", "coffee", "tea two")
    listed(alice_account, typed="subject:one")
    assert commands(line, lambda: listed(alice_account, typed="subject:tea")) == [*SEARCH, *ROWS, "UID"]
    assert subjects(listed(alice_account, typed="subject:tea")) == ["tea two", "tea one"]


def test_a_search_sees_what_came_and_changed_since(alice_account, line, deliver, dovecot, alice_mail):
    deliver("tea one")
    assert len(listed(alice_account, typed="subject:tea is:unread").rows) == 1
    deliver("tea two")
    assert subjects(listed(alice_account, typed="subject:tea is:unread")) == ["tea two", "tea one"]
    with dovecot.imap(alice_mail) as other:
        other.select_folder("INBOX")
        other.add_flags([1], ["\\Seen"])
        assert subjects(listed(alice_account, typed="subject:tea is:unread")) == ["tea two"]
        other.delete_messages([2])
        other.expunge()
    assert listed(alice_account, typed="subject:tea is:unread").rows == ()


def test_a_folder_made_anew_shows_nothing_of_the_old(alice_account, line, dovecot, alice_mail):
    with open_mailbox(alice_account) as mailbox:
        mailbox.create_folder("Work")
        mailbox.append("Work", plain("old"))
        [old] = mailbox.list_messages("Work").rows
        mailbox.get_message(old.ref)
    time.sleep(1.1)  # Dovecot takes the second as UIDVALIDITY
    with dovecot.imap(alice_mail) as other:
        other.delete_folder("Work")
        other.create_folder("Work")
    # The session that had the old one open ends here. (Dovecot's mdbox would forget what had come into the new one.)
    assert listed(alice_account, "Work").rows == ()
    with dovecot.imap(alice_mail) as other:
        other.append("Work", plain("new"))
    [new] = listed(alice_account, "Work").rows
    assert (new.ref.uid, new.headers.subject) == (old.ref.uid, "new")
    with open_mailbox(alice_account) as mailbox:
        assert mailbox.get_message(new.ref).headers.subject == "new"
        with pytest.raises(StaleReference):
            mailbox.get_message(old.ref)


def test_accounts_do_not_meet(alice_account, bob_account, dovecot, alice_mail, bob_mail):
    """Their inboxes may well have the same UIDVALIDITY, and have the same uids."""
    for _turn in range(2):
        for account, mail in ((alice_account, alice_mail), (bob_account, bob_mail)):
            dovecot.deliver(mail.address, plain(f"for {mail.address}"))
            page = listed(account)
            assert set(subjects(page)) == {f"for {mail.address}"}
            with open_mailbox(account) as mailbox:
                opened = [mailbox.get_message(row.ref).headers.subject for row in page.rows]
            assert set(opened) == {f"for {mail.address}"}


# -- opened messages


@pytest.mark.parametrize("other_process", [False, True])
def test_header_and_structure_are_fetched_once(alice_account, line, dovecot, alice_mail, other_process):
    dovecot.deliver(alice_mail.address, with_file(name="x" * 200))
    ref = listed(alice_account).rows[0].ref
    line.forget()
    with open_mailbox(alice_account) as mailbox:
        first = mailbox.get_message(ref)
    assert (line.commands, line.sent > 700) == (FLAGS, True)
    if other_process:
        forget()
    line.forget()
    with open_mailbox(alice_account) as mailbox:
        assert mailbox.get_message(ref) == first
    assert (line.commands, line.sent < 200) == (FLAGS, True)


def test_an_opened_message_has_the_flags_of_now(alice_account, line, deliver, dovecot, alice_mail):
    deliver("one")
    ref = listed(alice_account).rows[0].ref
    with open_mailbox(alice_account) as mailbox, dovecot.imap(alice_mail) as other:
        assert not mailbox.get_message(ref).summary.flagged
        other.select_folder("INBOX")
        other.add_flags([ref.uid], ["\\Flagged"])
        assert mailbox.get_message(ref).summary.flagged


HTML = b"Subject: html\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>"


@pytest.mark.parametrize("raw", [HTML, PLAIN])
def test_a_page_and_its_frame_ask_once(
    alice_client: Client, alice_account, line, dovecot, alice_mail, raw, monkeypatch
):
    dovecot.deliver(alice_mail.address, raw)
    ref = listed(alice_account).rows[0].ref
    page, frame = (
        reverse(f"mailbox:{name}", args=[alice_account.pk, "INBOX", ref.uidvalidity, ref.uid])
        for name in ("message", "body")
    )
    pane = {"HX-Request": "true", "HX-Target": "message"}
    for _turn in range(2):
        assert commands(line, lambda: alice_client.get(page, headers=pane)) == FLAGS
        assert commands(line, lambda: alice_client.get(frame)) == []
    monkeypatch.setattr(kept, "LATELY", -1.0)
    assert commands(line, lambda: alice_client.get(frame)) == FLAGS
    with dovecot.imap(alice_mail) as other:
        other.select_folder("INBOX")
        other.delete_messages([ref.uid])
        other.expunge()
    assert alice_client.get(frame).status_code == 404


def test_a_text_that_was_shown_is_not_fetched_again(alice_client: Client, alice_account, line, deliver):
    """Nor by another process, as far as the cache remembers."""
    deliver("one")
    ref = listed(alice_account).rows[0].ref
    page = reverse("mailbox:message", args=[alice_account.pk, "INBOX", ref.uidvalidity, ref.uid])
    first = alice_client.get(page, headers={"HX-Request": "true", "HX-Target": "message"}).content
    forget()
    line.forget()
    again = alice_client.get(page, headers={"HX-Request": "true", "HX-Target": "message"}).content
    assert (line.commands, line.sent < 200) == (FLAGS, True)
    without_token = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
    assert without_token.sub(b"", first) == without_token.sub(b"", again)


STATUS = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; bob@x.org\r\nAction: failed\r\n"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (message("Undelivered", multipart("report", words_of("Sorry."), STATUS)), "did not reach bob@x.org"),
        (message("Forwarded", multipart("mixed", words_of("See."), within(PLAIN))), "Tea at four"),
    ],
)
def test_what_is_particular_about_a_mail_is_fetched_once(
    alice_client: Client, alice_account, line, dovecot, raw, words
):
    dovecot.deliver(alice_account.incoming_username, raw)
    ref = listed(alice_account).rows[0].ref
    page = reverse("mailbox:message", args=[alice_account.pk, "INBOX", ref.uidvalidity, ref.uid])

    def opened() -> str:
        return alice_client.get(page, headers={"HX-Request": "true", "HX-Target": "message"}).content.decode()

    assert words in opened()
    forget()
    line.forget()
    assert words in opened()
    assert line.commands == FLAGS


# -- folders


def test_folders_are_listed_once(alice_account, line, deliver):
    deliver("one")
    assert "LIST" in commands(line, lambda: listed(alice_account))
    assert commands(line, lambda: listed(alice_account)) == GLANCE
    with open_mailbox(alice_account) as mailbox:
        line.forget()
        assert len(mailbox.folders()) == 6
        assert mailbox.folder("Trash")
    assert line.commands == []


def test_own_changes_of_folders_show_at_once_everywhere(alice_account, line):
    with open_mailbox(alice_account) as here, open_mailbox(alice_account) as elsewhere:
        elsewhere.folders()
        here.create_folder("Work")
        with open_mailbox(alice_account) as later:
            assert "Work" in [folder.name for folder in later.folders()]
        here.rename_folder("Work", "Play")
        with open_mailbox(alice_account) as later:
            assert "Play" in [folder.name for folder in later.folders()]
            assert "Work" not in [folder.name for folder in later.folders()]
        here.delete_folder("Play")
        with open_mailbox(alice_account) as later:
            assert "Play" not in [folder.name for folder in later.folders()]


def test_a_folder_that_another_program_made_is_found_when_it_is_looked_for(alice_account, line, dovecot, alice_mail):
    listed(alice_account)
    with dovecot.imap(alice_mail) as other:
        other.create_folder("Work")
    assert listed(alice_account, "Work").total == 0
    with pytest.raises(NoSuchFolder):
        listed(alice_account, "Nowhere")


def test_the_column_brings_what_other_programs_did_to_folders(alice_account, line, dovecot, alice_mail):
    listed(alice_account)
    with dovecot.imap(alice_mail) as other:
        other.create_folder("Work")
    with open_mailbox(alice_account) as mailbox:
        mailbox.folders()
        assert "Work" in mailbox.counts()
        assert "Work" in [folder.name for folder in mailbox.folders()]
    with open_mailbox(alice_account) as mailbox:
        assert "Work" in [folder.name for folder in mailbox.folders()]


def test_a_folder_that_is_gone_ends_the_list_that_has_it(alice_account, line, dovecot, alice_mail):
    with open_mailbox(alice_account) as mailbox:
        mailbox.create_folder("Work")
        mailbox.list_messages("Work")
    with dovecot.imap(alice_mail) as other:
        other.delete_folder("Work")
    with pytest.raises(NoSuchFolder):
        listed(alice_account, "Work")
    with open_mailbox(alice_account) as mailbox:
        assert "Work" not in [folder.name for folder in mailbox.folders()]


# -- the cache


def test_all_works_without_the_cache(alice_account, line, deliver, settings: Settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    deliver("one")
    for _turn in range(2):
        page = listed(alice_account)
        assert subjects(page) == ["one"]
        with open_mailbox(alice_account) as mailbox:
            assert mailbox.get_message(page.rows[0].ref).headers.subject == "one"
    with open_mailbox(alice_account) as mailbox:
        mailbox.create_folder("Work")
        assert mailbox.list_messages("Work").total == 0
    listed(alice_account)
    assert commands(line, lambda: listed(alice_account)) == ["LIST", *GLANCE]


@pytest.mark.parametrize("octets", [b"", b"x\x9c", b"null", b'{"1": 5}', b'[["a"]]', b"5", b"[" * 5000])
def test_what_somebody_wrote_into_the_cache_is_passed_over(
    alice_account, line, deliver, octets, redis_servers: tuple[redis.Redis, redis.Redis]
):
    deliver("one", "two")
    ref = listed(alice_account).rows[0].ref
    with open_mailbox(alice_account) as mailbox:
        mailbox.get_message(ref)
    forget()
    for key in redis_servers[1].scan_iter():
        redis_servers[1].set(key, octets)
    assert subjects(listed(alice_account)) == ["two", "one"]
    with open_mailbox(alice_account) as mailbox:
        assert mailbox.get_message(ref).headers.subject == "two"
        assert len(mailbox.folders()) == 6


# -- a server that can't read a message for now

ROW = '* 1 FETCH (UID 5 FLAGS () {structure}BODY[HEADER.FIELDS (SUBJECT)]<0> "Subject: odd")'
MIXED = '(("text" "plain" NIL NIL NIL "7bit" 5 1)("image" "png" ("name" "a.png") NIL NIL "base64" 5) "mixed")'


def test_a_row_without_its_structure_is_fetched_again(db: None) -> None:
    structures = ["((", MIXED, MIXED]

    def play(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello")
        while True:
            tag, *words = peer.hear().decode().split(" ")
            if words[:2] == ["UID", "FETCH"]:
                structure = f"BODYSTRUCTURE {structures.pop(0)} " if "BODYSTRUCTURE" in words else ""
                peer.say(ROW.format(structure=structure), f"{tag} OK done")
                continue
            answers = {
                "CAPABILITY": ["* CAPABILITY IMAP4rev1"],
                "LIST": ['* LIST () "/" INBOX'],
                "SELECT": ["* 1 EXISTS", "* OK [UIDVALIDITY 7] ok"],
                "FETCH": ["* 1 FETCH (UID 5 FLAGS ())"],
            }
            peer.say(*answers.get(words[0], []), f"{tag} OK done")

    with scripted(play) as server:
        session = open_quickly(server.endpoint(Security.NONE))

        @contextmanager
        def lease(_folder: str | None) -> Iterator[ImapSession]:
            yield session

        told = [ImapMailbox(lease, Kept(("somebody",))).list_messages("INBOX").rows for _turn in range(3)]
    assert [[row.has_attachments for row in rows] for rows in told] == [[False], [True], [True]]
    assert structures == [MIXED], "the third time it was kept"


def test_a_message_opens_though_the_server_can_t_read_its_text(db: None) -> None:
    """Some refuse all that was asked for, where they can't tell one thing of it."""
    opened = f'* 1 FETCH (UID 5 FLAGS () BODYSTRUCTURE {MIXED} BODY[HEADER]<0> "Subject: odd")'

    def play(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello")
        while True:
            tag, *words = peer.hear().decode().split(" ")
            if any(word.startswith("BODY.PEEK[1]") for word in words):
                peer.say(f"{tag} NO can't read it")
                continue
            answers = {"SELECT": ["* 1 EXISTS", "* OK [UIDVALIDITY 7] ok"], "UID": [opened]}
            peer.say(*answers.get(words[0], []), f"{tag} OK done")

    with scripted(play) as server:
        session = open_quickly(server.endpoint(Security.NONE))
        message = ImapMailbox(lambda _folder: nullcontext(session), Kept(("somebody",))).get_message(
            MessageRef("INBOX", 7, 5)
        )
    assert (message.headers.subject, len(message.body.attachments)) == ("odd", 1)


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        ('"text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 1 NIL NIL NIL NIL', False),
        ('"TEXT" "HTML" NIL NIL NIL "8bit" 5 1 NIL NIL', False),
        ('"text" "plain" ("name" "a.txt") NIL NIL "7bit" 5 1 NIL NIL', False),
        ('"text" "plain" NIL NIL NIL "7bit" 5 1', False),
        ('"text" "plain" NIL NIL NIL "7bit" 5 1 NIL ("attachment" ("filename" "a.txt")) NIL NIL', True),
        ('"text" "calendar" NIL NIL NIL "7bit" 5 1 NIL NIL NIL NIL', True),
        ('"application" "pdf" NIL NIL NIL "base64" 5 NIL NIL NIL NIL NIL', True),
        ('"image" "png" NIL NIL NIL "base64" 5 NIL NIL NIL NIL', True),
        (MIXED[1:-1], True),
        ('("text" "plain" NIL NIL NIL "7bit" 5 1)("text" "html" NIL NIL NIL "7bit" 5 1) "alternative"', False),
    ],
)
def test_whether_there_are_files(structure: str, expected: bool) -> None:
    [value] = parse([f"({structure})".encode()])
    assert has_attachments(value) is expected
    assert bool(choose_body(from_bodystructure(value)).attachments) is expected


def test_an_appended_message_is_one_more_row(alice_account, line, deliver):
    deliver("one")
    listed(alice_account)
    with open_mailbox(alice_account) as mailbox:
        mailbox.append("INBOX", PLAIN)
    assert subjects(listed(alice_account)) == ["Tea at four", "one"]
