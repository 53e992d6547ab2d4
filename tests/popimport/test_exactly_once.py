"""Whatever cuts the line, wherever: every message ends here once, and the server is left as the policy says."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, User
from tests.popimport.conftest import plain_account
from tests.popimport.imports import check, contents, mail
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.pop3 import HANG_UP, PASSWORD, USERNAME, Script, ScriptedPop3
from tests.servers.proxy import CuttingProxy, Do
from webmail.mailbox.models import LocalMessage
from webmail.popimport.models import Imported

POLICIES = [Account.PopPolicy.KEEP, Account.PopPolicy.AFTER, Account.PopPolicy.DELETE]
NUMBERS = range(5)


def delivered(dovecot: DovecotForTests, user: MailUser) -> None:
    for number in NUMBERS:
        dovecot.deliver(user.address, mail(number, "." * 40 * number))


def on_server(dovecot: DovecotForTests, user: MailUser) -> list[bytes]:
    with dovecot.imap(user) as client:
        client.select_folder("INBOX", readonly=True)
        return sorted(answer[b"BODY[]"] for answer in client.fetch(client.search(), ["BODY.PEEK[]"]).values())


def forget(account: Account) -> None:
    """The account as it was before its first check."""
    LocalMessage.objects.filter(folder__account=account).delete()
    Imported.objects.filter(account=account).delete()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("do", [Do.CUT, Do.LOSE_ANSWER])
@pytest.mark.parametrize("verb", ["CAPA", "AUTH", "LIST", "UIDL", "RETR", "RETR 3", "RETR 5", "DELE", "DELE 5", "QUIT"])
def test_cut_at_each_command(
    proxied: Account,
    proxy: CuttingProxy,
    dovecot: DovecotForTests,
    alice_mail: MailUser,
    policy: str,
    do: Do,
    verb: str,
) -> None:
    verb, _, nth = verb.partition(" ")
    Account.objects.update(pop_policy=policy)
    delivered(dovecot, alice_mail)
    everything = on_server(dovecot, alice_mail)
    proxy.at(verb, do, nth=int(nth or 1))
    first = check(proxied)
    never_sent = verb == "DELE" and policy != Account.PopPolicy.DELETE
    assert bool(first.last_error) != never_sent
    kept = Counter(contents(proxied)) | Counter(on_server(dovecot, alice_mail))
    assert kept == Counter(everything)
    proxy.forget()
    assert check(proxied).last_error == ""
    assert contents(proxied) == everything
    assert on_server(dovecot, alice_mail) == ([] if policy == Account.PopPolicy.DELETE else everything)


@pytest.mark.parametrize("policy", POLICIES)
def test_cut_at_many_octets(
    proxied: Account, proxy: CuttingProxy, dovecot: DovecotForTests, alice_mail: MailUser, policy: str
) -> None:
    """A sweep over all the server says, one cut after the other, with the journal as the cuts before left it."""
    Account.objects.update(pop_policy=policy)
    delivered(dovecot, alice_mail)
    everything = on_server(dovecot, alice_mail)
    check(proxied)
    length = proxy.sent
    for octets in range(1, length, length // 40):
        forget(proxied)
        proxy.forget()
        for raw in on_server_missing(dovecot, alice_mail, everything):
            append(dovecot, alice_mail, raw)
        proxy.cut_after(octets)
        check(proxied)
        kept = Counter(contents(proxied)) | Counter(on_server(dovecot, alice_mail))
        assert kept == Counter(everything), octets
        proxy.forget()
        assert check(proxied).last_error == ""
        assert contents(proxied) == everything, octets
    assert on_server(dovecot, alice_mail) == ([] if policy == Account.PopPolicy.DELETE else everything)


def on_server_missing(dovecot: DovecotForTests, user: MailUser, everything: list[bytes]) -> list[bytes]:
    return list((Counter(everything) - Counter(on_server(dovecot, user))).elements())


def append(dovecot: DovecotForTests, user: MailUser, raw: bytes) -> None:
    with dovecot.imap(user) as client:
        client.append("INBOX", raw)


FAULTS = st.tuples(
    st.sampled_from(["greeting", "CAPA", "USER", "PASS", "LIST", "UIDL", "RETR", "DELE", "QUIT", "none"]),
    st.integers(1, 6),
    st.sampled_from(["hang up", "hang up after", "refuse", "garbage"]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(0, 3)),
        st.tuples(st.just("check"), FAULTS),
        st.tuples(st.just("renumber"), st.integers(0, 2)),
        st.tuples(st.just("policy"), st.sampled_from([Account.PopPolicy.KEEP, Account.PopPolicy.DELETE])),
    ),
    max_size=12,
)


class Faulty:
    """Lets one fault happen, at the nth command of its name."""

    def __init__(self, server: ScriptedPop3, verb: str, nth: int, how: str):
        self.server, self.verb, self.nth, self.how = server, verb, nth, how
        self.seen = 0

    def __call__(self, verb: str, argument: str) -> bytes | None:
        self.seen += verb == self.verb
        if verb != self.verb or self.seen != self.nth:
            return None
        if self.how == "hang up after" and verb == "QUIT":
            script = self.server.script
            marked = {int(command.split()[1]) for command in self.since_login() if command.startswith("DELE")}
            script.mails[:] = [mail for number, mail in enumerate(script.mails, 1) if number not in marked]
        return {"refuse": b"-ERR no\r\n", "garbage": b"\x00\xff\r\n"}.get(self.how, HANG_UP)

    def since_login(self) -> list[str]:
        commands = self.server.script.commands
        return commands[len(commands) - 1 - commands[::-1].index("PASS") :]


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_mail_faults_and_new_numbers(alice: User, pop3: ScriptedPop3, steps: list[tuple]) -> None:
    """A server that keeps its maildrop right numbers anew, is cut and refuses, while the person changes the policy."""
    pop3.script = Script()
    Account.objects.filter(user=alice).delete()
    account = plain_account(alice, USERNAME, PASSWORD, pop3.port)
    sent: list[bytes] = []
    for kind, value in steps:
        if kind == "arrive":
            sent.append(mail(len(sent)))
            pop3.script.add(sent[-1], uidl=f"u{len(sent)}")
        elif kind == "renumber":
            pop3.script.renumber(["n{}", "again-{}", ""][value])
        elif kind == "policy":
            Account.objects.update(pop_policy=value)
            account.save(update_fields=["address"])
        else:
            pop3.script.override = Faulty(pop3, *value)
            check(account)
            pop3.script.override = lambda verb, argument: None
            assert not Counter(contents(account)) - Counter(sent)
    Account.objects.update(version=100)
    check(account)
    state = check(account)
    assert state.last_error == ""
    assert contents(account) == sorted(sent)
