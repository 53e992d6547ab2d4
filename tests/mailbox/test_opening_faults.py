"""Mail servers that vanish, think long or change hands, while several people use the running product."""

import threading
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from accounts.fields import Secret
from tests.compose.visitor import Visitor
from tests.mailbox.letters import plain
from tests.servers.live import Live, Person
from tests.servers.proxy import CuttingProxy, Do
from webmail.mailbox.opening import close_sessions, has_session, open_mailbox


@pytest.fixture
def line(dovecot) -> Iterator[CuttingProxy]:
    """What lies between the product and the mail server."""
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    yield proxy
    proxy.close()


def account_over(line: CuttingProxy, live: Live, person: Person, name: str) -> str:
    """The address of a further account of this person, whose server is reached over this line."""
    mail = live.dovecot.new_user(name)
    live.dovecot.deliver(mail.address, f"Subject: for {mail.address}\r\n\r\nx\r\n".encode())
    incoming = f"imap+insecure://{quote(mail.address)}@{line.host}:{line.port}"
    outgoing = f"smtp+insecure://{quote(mail.address)}@{line.host}:{line.port}"
    servers = ["--email", mail.address, "--incoming", incoming, "--outgoing", outgoing]
    live.manage("add_account", person.username, *servers, "--password-stdin", standard_input=mail.password)
    return mail.address


def inbox_of(visitor: Visitor, address: str) -> str:
    """As the folder column links it."""
    after = visitor.get("/").partition(f"<bdi>{address}</bdi>")[2]
    return "/mail/" + after.partition('href="/mail/')[2].partition('"')[0]


def status(ask: Callable[[], str]) -> int:
    try:
        ask()
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_a_server_that_vanishes_takes_nobody_else_with_it(live: Live, line: CuttingProxy) -> None:
    """It answered a moment ago; from now on every packet to it is lost."""
    unlucky, lucky = live.new_person("unlucky"), live.new_person("lucky")
    address = account_over(line, live, unlucky, "vanishing")
    theirs, others = Visitor(live, unlucky), Visitor(live, lucky)
    inbox = inbox_of(theirs, address)
    assert status(lambda: theirs.get(inbox)) == 200
    line.fall_silent(for_good=True)
    with ThreadPoolExecutor(20) as threads:
        waiting = [threads.submit(status, lambda: theirs.get(f"{inbox}?page=2")) for _ in range(20)]
        for _ in range(5):
            assert "lucky" in others.get("/")
        assert not all(each.done() for each in waiting), "others were served while they waited"
        line.forget()
        assert {each.result(60) for each in waiting} <= {200, 503}
    assert status(lambda: theirs.get(inbox)) == 200


def test_a_slow_server_serves_all_who_come_at_once(live: Live, line: CuttingProxy) -> None:
    people = [live.new_person("patient") for _ in range(2)]
    visitors = [Visitor(live, person) for person in people]
    addresses = [account_over(line, live, person, "slow") for person in people]
    inboxes = [inbox_of(visitor, address) for visitor, address in zip(visitors, addresses, strict=True)]
    line.delay = 0.2
    with ThreadPoolExecutor(6) as threads:
        asked = [
            (address, threads.submit(visitor.get, inbox))
            for visitor, inbox, address in zip(visitors * 3, inboxes * 3, addresses * 3, strict=True)
        ]
        for address, answer in asked:
            assert f"for {address}" in answer.result(60)


@pytest.mark.django_db(transaction=True)
def test_settings_that_change_while_a_session_is_lent(alice_account, line: CuttingProxy, dovecot) -> None:
    """Whoever reads on, reads the old mailbox; whoever begins, the new one; the old session serves nobody later."""
    fields = {"incoming_host": line.host, "incoming_port": line.port, "incoming_security": "none"}
    _save(alice_account, **fields)
    with open_mailbox(alice_account) as mailbox:
        mailbox.append("INBOX", plain("of the old mailbox"))
    before = type(alice_account).objects.get(pk=alice_account.pk)
    other = dovecot.new_user("other")
    line.at("STATUS", Do.HOLD)
    read: list[str] = []

    def look() -> None:
        with open_mailbox(before) as mailbox:
            read.extend(row.headers.subject for row in mailbox.list_messages("INBOX").rows)

    reader = threading.Thread(target=look)
    reader.start()
    assert line.held.wait(10)
    _save(alice_account, incoming_username=other.address, incoming_password=Secret.seal(other.password))
    line.forget()
    with open_mailbox(alice_account) as mailbox:
        assert mailbox.list_messages("INBOX").rows == ()
    reader.join(20)
    assert read == ["of the old mailbox"]
    close_sessions(alice_account.pk)
    assert not has_session(before)
    assert not has_session(alice_account)


def _save(account, **fields: object) -> None:
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()
