"""The servers the other tests stand on do what they promise."""

import smtplib
import ssl

import pytest
import redis

from deploy.dovecot import deliver
from tests.servers.dovecot import DovecotForTests
from tests.servers.smtp import RecordingServer

MESSAGE = b"Subject: hello\r\n\r\n.dots and \xc3\xa9\r\n"


def client(server: RecordingServer, listener: str = "plain") -> smtplib.SMTP:
    context = ssl.create_default_context(cadata=server.ca_pem)
    if listener == "submissions":
        return smtplib.SMTP_SSL(server.host, server.ports[listener], context=context, timeout=10)
    connection = smtplib.SMTP(server.host, server.ports[listener], timeout=10)
    if listener == "submission":
        connection.starttls(context=context)
    return connection


def test_two_users_of_dovecot_have_fresh_mailboxes(dovecot: DovecotForTests) -> None:
    first, second = dovecot.new_user(), dovecot.new_user()
    dovecot.deliver(first.address, MESSAGE)
    with dovecot.imap(first) as session:
        assert session.select_folder("INBOX")[b"EXISTS"] == 1
        assert {name for _, _, name in session.list_folders()} == {
            "INBOX",
            "Drafts",
            "Sent",
            "Archive",
            "Junk",
            "Trash",
        }
    with dovecot.imap(second) as session:
        assert session.select_folder("INBOX")[b"EXISTS"] == 0


def test_dovecot_refuses_a_stranger(dovecot: DovecotForTests) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        dovecot.deliver("stranger@demo.test", MESSAGE)


@pytest.mark.parametrize("listener", ["submission", "submissions"])
def test_smtp_accepts_after_login(smtp_server: RecordingServer, listener: str) -> None:
    smtp_server.add_user("ann", "pw")
    with client(smtp_server, listener) as connection:
        connection.login("ann", "pw")
        connection.sendmail("ann@demo.test", ["bob@demo.test"], MESSAGE, mail_options=["BODY=8BITMIME"])
    assert smtp_server.accepted == [("ann@demo.test", ["bob@demo.test"], MESSAGE)]
    assert smtp_server.logins == ["ann"]


def test_smtp_wants_a_login(smtp_server: RecordingServer) -> None:
    with client(smtp_server, "submission") as connection, pytest.raises(smtplib.SMTPAuthenticationError):
        connection.login("ann", "wrong")
    with client(smtp_server, "submission") as connection, pytest.raises(smtplib.SMTPSenderRefused):
        connection.sendmail("ann@demo.test", ["bob@demo.test"], MESSAGE)


def test_smtp_refuses_one_recipient(smtp_server: RecordingServer) -> None:
    smtp_server.refuse("x@demo.test", 550, "5.1.1 nobody of that name")
    with client(smtp_server) as connection:
        refused = connection.sendmail("ann@demo.test", ["x@demo.test", "bob@demo.test"], MESSAGE)
    assert refused == {"x@demo.test": (550, b"5.1.1 nobody of that name")}
    assert smtp_server.accepted[0].recipients == ["bob@demo.test"]


@pytest.mark.parametrize("stage", ["mail", "data", "dot"])
def test_smtp_refuses_at_other_stages(smtp_server: RecordingServer, stage: str) -> None:
    smtp_server.refuse("*", 452, "later", at=stage)
    with client(smtp_server) as connection, pytest.raises(smtplib.SMTPResponseException) as refusal:
        connection.sendmail("ann@demo.test", ["bob@demo.test"], MESSAGE)
    assert refusal.value.smtp_code == 452
    assert smtp_server.accepted == []


def test_smtp_hangs_up_after_the_dot(smtp_server: RecordingServer) -> None:
    smtp_server.drop_after_dot("bob@demo.test")
    with pytest.raises(smtplib.SMTPServerDisconnected), client(smtp_server) as connection:
        connection.sendmail("ann@demo.test", ["bob@demo.test"], MESSAGE)
    assert len(smtp_server.accepted) == 1


def test_smtp_hangs_up_before_the_dot(smtp_server: RecordingServer) -> None:
    smtp_server.drop_before_dot()
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)), client(smtp_server) as connection:
        connection.sendmail("ann@demo.test", ["bob@demo.test"], b"x" * 1_000_000)
    assert smtp_server.accepted == []


def test_smtp_stalls(smtp_server: RecordingServer) -> None:
    smtp_server.stall(at="rcpt")
    connection = client(smtp_server)
    assert connection.sock
    connection.sock.settimeout(0.2)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        connection.sendmail("ann@demo.test", ["bob@demo.test"], MESSAGE)
    connection.close()


def test_smtp_goes_and_comes_back(smtp_server: RecordingServer) -> None:
    smtp_server.stop()
    with pytest.raises(ConnectionRefusedError):
        client(smtp_server)
    smtp_server.start()
    client(smtp_server).quit()


def test_smtp_delivers_into_dovecot(smtp_server: RecordingServer, dovecot: DovecotForTests) -> None:
    users = [dovecot.new_user(), dovecot.new_user()]
    smtp_server.deliver_to(dovecot)
    with client(smtp_server) as connection:
        connection.sendmail("ann@demo.test", [*(user.address for user in users), "elsewhere@example.org"], MESSAGE)
    for user in users:
        with dovecot.imap(user) as session:
            assert session.select_folder("INBOX")[b"EXISTS"] == 1


def test_delivery_names_who_was_refused(dovecot: DovecotForTests) -> None:
    addresses = ["stranger@demo.test", dovecot.new_user().address, "nobody@demo.test"]
    refused = deliver(dovecot.host, dovecot.ports["lmtp"], "ann@demo.test", addresses, MESSAGE)
    assert set(refused) == {"stranger@demo.test", "nobody@demo.test"}


def test_redis_is_empty_and_has_its_rules(redis_url: str, redis_servers: tuple[redis.Redis, redis.Redis]) -> None:
    broker, cache = redis_servers
    assert broker.dbsize() == cache.dbsize() == 0
    assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert broker.config_get("appendonly") == {"appendonly": "yes"}
    assert cache.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}
    assert cache.config_get("save") == {"save": ""}
