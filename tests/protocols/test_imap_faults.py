"""ImapSession against servers that do wrong: each fault ends in time, in a named error, and never in a wrong row."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.protocols.conftest import LOGIN, open_quickly
from tests.servers.scripted import Peer, Script, anywhere, scripted
from webmail.protocols.endpoint import BearerToken, Security
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected, Unreachable
from webmail.protocols.imap import ImapSession, open_session
from webmail.protocols.imap_types import Glance

SELECT = ["* 3 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNEXT 10] ok"]
GREETING = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello"
HEADER = 'BODY[HEADER.FIELDS (FROM)]<0> "From: a"'


def server(**answers: str | list[str]) -> Script:
    """Logs anybody in, opens any folder of three messages, and answers as told."""

    def play(peer: Peer) -> None:
        peer.say(GREETING)
        peer.answer_imap(**{"CAPABILITY": ["* CAPABILITY IMAP4rev1"], "SELECT": SELECT, **answers})

    return play


def then(last: Callable[[Peer, str], None], verb: str = "UID") -> Script:
    """As `server`, until `verb`: then `last` plays, with the command's tag."""

    def play(peer: Peer) -> None:
        peer.say(GREETING)
        while True:
            tag, spoken = peer.hear().decode().split(" ")[:2]
            if spoken == verb:
                last(peer, tag)
                return
            lines = {"CAPABILITY": ["* CAPABILITY IMAP4rev1"], "SELECT": SELECT}.get(spoken, [])
            peer.say(*lines, f"{tag} OK done")

    return play


@pytest.fixture
def opened() -> Iterator[Callable[[Script], ImapSession]]:
    """Sessions against scripts, with a folder open."""
    contexts = []

    def open_with(script: Script) -> ImapSession:
        context = scripted(script)
        contexts.append(context)
        session = open_quickly(context.__enter__().endpoint(Security.NONE))
        session.select("INBOX")
        return session

    yield open_with
    for context in contexts:
        context.__exit__(None, None, None)


Opened = Callable[[Script], ImapSession]

# -- login


def refused_login(script: Script, **options: object) -> MailServerError:
    with scripted(script) as listening, pytest.raises(MailServerError) as caught:
        open_quickly(listening.endpoint(Security.NONE), **options)  # type: ignore[arg-type]
    assert LOGIN.secret not in f"{caught.value!r}{caught.value.reply}{caught.value.details}"
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ("NO [AUTHENTICATIONFAILED] no", LoginRefused, "credentials"),
        ("NO wrong", LoginRefused, "credentials"),
        ("NO [AUTHENTICATIONFAILED] too many failures", LoginRefused, "credentials"),
        ("NO [ALERT] Application-specific password required", LoginRefused, "app_password"),
        ("NO [WEBALERT https://accounts.test] Web login required.", LoginRefused, "app_password"),
        ("NO [PRIVACYREQUIRED] no", LoginRefused, "needs_tls"),
        ("BAD what", LoginRefused, "disabled"),
        ("NO [UNAVAILABLE] down", Unreachable, "busy"),
        ("NO [LIMIT] enough", Unreachable, "busy"),
        ("NO [INUSE] wait", Unreachable, "busy"),
        ("NO Too many simultaneous connections", Unreachable, "busy"),
    ],
)
def test_what_a_refused_login_means(answer: str, kind: type, reason: str) -> None:
    error = refused_login(server(AUTHENTICATE=answer))
    assert (type(error), error.reason) == (kind, reason)
    assert error.reply


def test_login_where_only_login_is_known() -> None:
    def play(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1] hello")
        peer.answer_imap(CAPABILITY=["* CAPABILITY IMAP4rev1"])

    with scripted(play) as listening:
        open_quickly(listening.endpoint(Security.NONE)).close()
        assert f'LOGIN "{LOGIN.username}" "{LOGIN.secret}"'.encode() in listening.clear


def test_login_that_is_disabled_here() -> None:
    def play(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello")
        peer.answer_imap()

    assert refused_login(play).reason == "needs_tls"


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
def test_token_refused_with_a_report(mechanism: str) -> None:
    def play(peer: Peer) -> None:
        peer.say(f"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH={mechanism}] hello")
        tag = peer.hear().split(b" ")[0]
        peer.say("+ eyJzdGF0dXMiOiI0MDAifQ==")
        peer.hear()
        peer.say(tag + b" NO [AUTHENTICATIONFAILED] expired")

    assert refused_login(play, credentials=BearerToken("ann@demo.test", "t0ken")).reason == "credentials"


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        ("* BYE [UNAVAILABLE] Maximum number of connections exceeded", "busy"),
        ("* BYE go away", "busy"),
        ("* 5 EXISTS", "wrong_protocol"),
    ],
)
def test_greetings_that_are_none(greeting: str, reason: str) -> None:
    assert refused_login(lambda peer: peer.say(greeting)).reason == reason


def test_server_that_leaves_at_login() -> None:
    assert refused_login(then(lambda peer, tag: None, "AUTHENTICATE")).reason == "lost"
    assert refused_login(then(lambda peer, tag: peer.say("* BYE [UNAVAILABLE] later"), "AUTHENTICATE")).reason == "busy"


# -- the line


def starts_a_literal(peer: Peer, tag: str) -> None:
    peer.say("* 1 FETCH (UID 5 BODY[1]<0> {100}", "only this")


def claims_a_giant(peer: Peer, tag: str) -> None:
    peer.say("* 1 FETCH (UID 5 BODY[1]<0> {4000000000}")
    peer.hang()


def floods(peer: Peer, tag: str) -> None:
    while True:
        peer.send(b"* OK still here and still talking\r\n" * 1000)


def drips(peer: Peer, tag: str) -> None:
    while True:
        peer.drip(b"* OK x\r\n", pause=0.2)


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (lambda peer, tag: None, "lost"),
        (lambda peer, tag: peer.hang(), "timeout"),
        (starts_a_literal, "lost"),
        (claims_a_giant, "lost"),
        (floods, "lost or timeout"),
        (drips, "timeout"),
        (lambda peer, tag: peer.send(b"* 1 FETCH (UID"), "lost"),
        (lambda peer, tag: peer.say("what is this"), "lost"),
        (lambda peer, tag: peer.say("A999 OK another's"), "lost"),
        (lambda peer, tag: peer.say("* BYE bye"), "lost"),
    ],
    ids=[
        "leaves",
        "hangs",
        "cut-literal",
        "giant-literal",
        "floods",
        "drips",
        "cut-line",
        "garbage",
        "wrong-tag",
        "bye",
    ],
)
def test_a_line_that_breaks_ends_the_session_in_time(
    opened: Opened, last: Callable[[Peer, str], None], reason: str
) -> None:
    session = opened(then(last))
    started = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        session.fetch_part(5, "1", 0, 1000)
    assert caught.value.reason in reason
    assert time.monotonic() - started < 5
    assert session.broken
    with pytest.raises(Unreachable):
        session.noop()
    session.logout()
    session.close()


def test_whoever_can_t_wait_is_told_by_then_and_the_session_ends() -> None:
    with scripted(then(lambda peer, _tag: peer.hang())) as silent:
        session = open_session(silent.endpoint(Security.NONE), LOGIN, guard=anywhere)
        session.select("INBOX")
        begun = time.monotonic()
        session.answer_by(begun + 0.2)
        with pytest.raises(Unreachable) as told:
            session.rows([1])
    assert told.value.reason == "timeout"
    assert time.monotonic() - begun < 10  # of the 30 seconds that the timeouts would allow
    assert session.broken, "its answer may still come"


def test_a_limit_that_is_lifted_holds_nobody_back(opened: Opened) -> None:
    session = opened(server())
    session.answer_by(time.monotonic() - 1)
    session.answer_by(None)
    assert session.noop()


def test_logout_of_a_server_that_hangs(opened: Opened) -> None:
    session = opened(then(lambda peer, tag: peer.hang(), "LOGOUT"))
    started = time.monotonic()
    session.logout()
    assert time.monotonic() - started < 4


def test_a_closed_line_is_noticed_without_asking(opened: Opened) -> None:
    assert opened(then(lambda peer, tag: peer.hang(), "NEVER")).is_usable()

    def leaves(peer: Peer, tag: str) -> None:
        peer.say(f"{tag} OK", "* BYE idle for too long")
        peer.hang()

    session = opened(then(leaves, "NOOP"))
    session.noop()
    deadline = time.monotonic() + 2
    while session.is_usable() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert session.broken


# -- odd answers


def test_tagged_answer_without_text(opened: Opened) -> None:
    """Trap: imaplib gives up on "A1 OK" without a text."""
    session = opened(server(NOOP="OK"))
    assert session.noop()
    assert not session.broken


MIXED = [
    f"* 1 FETCH (UID 5 FLAGS () {HEADER})",
    "* 4 EXISTS",
    f"* 2 FETCH (UID 5 FLAGS () {HEADER})",
    f"* 3 FETCH (FLAGS (\\Seen) {HEADER} UID 8)",
    f"* 9 FETCH (UID 9 FLAGS () {HEADER})",
]


def test_rows_of_a_server_that_mixes_things_up(opened: Opened) -> None:
    session = opened(server(UID_FETCH=[*MIXED, "* 3 FETCH (UID 8 FLAGS (\\Flagged))"]))
    rows = session.rows([5, 6, 8])
    assert [(row.uid, row.flags) for row in rows] == [(5, set()), (8, {"\\Flagged"})]
    assert session.selected.exists == 4  # type: ignore[union-attr]


def test_marks_of_a_server_that_mixes_things_up(opened: Opened) -> None:
    """A uid that two messages claim is nobody's."""
    session = opened(server(FETCH=[*MIXED, "* 3 FETCH (FLAGS (\\Flagged))"], STATUS=["* STATUS INBOX (UNSEEN x"]))
    assert session.glance(lambda _exists: (1, 3)) == Glance(4, {8: frozenset({"\\Flagged"})}, None)


@pytest.mark.parametrize("refused", ["NO [NOPERM] not the open one", "BAD what"])
def test_a_server_that_does_not_count_the_open_folder(opened: Opened, refused: str) -> None:
    session = opened(server(FETCH=["* 1 FETCH (UID 5 FLAGS ())"], STATUS=refused))
    assert session.glance(lambda _exists: (1, 3)) == Glance(3, {5: frozenset()}, None)
    assert session.noop()


def test_a_glance_that_is_refused(opened: Opened) -> None:
    session = opened(server(FETCH="NO [SERVERBUG] oops"))
    with pytest.raises(Rejected):
        session.glance(lambda _exists: (1, 3))
    assert session.noop()


def test_a_glance_at_numbers_that_are_gone(opened: Opened) -> None:
    """Some servers refuse numbers that others have expunged (RFC 2180, 4.1) and renumber with the next command."""

    def play(peer: Peer) -> None:
        peer.say(GREETING)
        renumbered = False
        while True:
            tag, verb, *rest = peer.hear().decode().split(" ")
            if verb == "FETCH":
                peer.say(*(["* 1 FETCH (UID 7 FLAGS ())", f"{tag} OK"] if renumbered else [f"{tag} NO gone"]))
                assert rest[0] == ("1:1" if renumbered else "1:3")
            elif verb == "NOOP":
                peer.say("* 1 EXPUNGE", "* 1 EXPUNGE", f"{tag} OK")
                renumbered = True
            else:
                peer.say(*{"SELECT": SELECT, "CAPABILITY": ["* CAPABILITY X"]}.get(verb, []), f"{tag} OK done")

    session = opened(play)
    assert session.glance(lambda exists: (1, exists)) == Glance(1, {7: frozenset()}, None)


def test_a_glance_while_messages_go_again_and_again(opened: Opened) -> None:
    """Flags that change after a message has gone are told by its successors' new numbers."""
    uids = [5, 6, 7]

    def play(peer: Peer) -> None:
        peer.say(GREETING)
        while True:
            tag, verb, *_rest = peer.hear().decode().split(" ")
            if verb == "FETCH":
                peer.say(*(f"* {number} FETCH (UID {uid} FLAGS ())" for number, uid in enumerate(uids, 1)), f"{tag} OK")
            elif verb == "STATUS" and len(uids) > 1:
                uids.pop(0)
                peer.say("* 1 EXPUNGE", "* 1 FETCH (FLAGS (\\Seen))", f"{tag} OK")
            else:
                peer.say(*{"SELECT": SELECT, "CAPABILITY": ["* CAPABILITY X"]}.get(verb, []), f"{tag} OK done")

    session = opened(play)
    assert session.glance(lambda exists: (1, exists)) == Glance(1, {7: frozenset()}, None)


@pytest.mark.parametrize("farewell", ["* BYE shutting down", "* FETCH", "+ what", "A1 OK who"])
def test_a_line_that_ends_between_two_answers(opened: Opened, farewell: str) -> None:
    def leave(peer: Peer, tag: str) -> None:
        peer.say("* 1 FETCH (UID 5 FLAGS ())", f"{tag} OK done", farewell)
        peer.sock.close()

    session = opened(then(leave, "FETCH"))
    with pytest.raises(Unreachable):
        session.glance(lambda _exists: (1, 3))
    assert session.broken


def test_garbled_structure_costs_only_the_structure(opened: Opened) -> None:
    plain = [f"* {number} FETCH (UID {number + 4} FLAGS () {HEADER})" for number in (1, 2, 3)]
    garbled = [plain[0], plain[1].replace("FLAGS", 'BODYSTRUCTURE ((("a" FLAGS'), plain[2]]

    def play(peer: Peer) -> None:
        peer.say(GREETING)
        while True:
            line = peer.hear().decode()
            tag, verb = line.split(" ")[:2]
            answers = {
                "SELECT": SELECT,
                "CAPABILITY": ["* CAPABILITY X"],
                "UID": garbled if "BODYSTRUCTURE" in line else plain,
                "FETCH": garbled if "BODYSTRUCTURE" in line else plain,
            }
            peer.say(*answers.get(verb, []), f"{tag} OK done")

    session = opened(play)
    rows = session.rows([5, 6, 7])
    assert [row.uid for row in rows] == [5, 6, 7]
    assert all(row.header for row in rows)
    seen = session.glance(lambda _exists: (1, 3), with_rows=True)
    assert (list(seen.flags), seen.rows) == ([5, 6, 7], None)


def test_a_glance_whose_rows_are_refused(opened: Opened) -> None:
    def play(peer: Peer) -> None:
        peer.say(GREETING)
        while True:
            line = peer.hear().decode()
            tag, verb = line.split(" ")[:2]
            if "BODYSTRUCTURE" in line:
                peer.say(f"{tag} NO [SERVERBUG] oops")
                continue
            marks = [f"* {number} FETCH (UID {number + 4} FLAGS ())" for number in (1, 2, 3)]
            answers = {"SELECT": SELECT, "CAPABILITY": ["* CAPABILITY X"], "FETCH": marks}
            peer.say(*answers.get(verb, []), f"{tag} OK done")

    seen = opened(play).glance(lambda _exists: (1, 3), with_rows=True)
    assert (list(seen.flags), seen.rows) == ([5, 6, 7], None)


def test_a_message_the_server_can_not_read_hides_no_other(opened: Opened) -> None:
    """Some servers answer NO to a whole batch for one damaged message."""

    def play(peer: Peer) -> None:
        peer.say(GREETING)
        while True:
            tag, verb, *rest = peer.hear().decode().split(" ")
            if verb == "UID":
                first, _, last = rest[1].partition(":")
                uids = range(int(first), int(last or first) + 1)
                rows = [f"* {uid - 4} FETCH (UID {uid} FLAGS () {HEADER})" for uid in uids]
                peer.say(*([f"{tag} NO [SERVERBUG] oops"] if 6 in uids else [*rows, f"{tag} OK done"]))
            else:
                peer.say(*{"SELECT": SELECT, "CAPABILITY": ["* CAPABILITY X"]}.get(verb, []), f"{tag} OK done")

    session = opened(play)
    assert [row.uid for row in session.rows([5, 6, 7])] == [5, 7]
    rows, flags = session.rows_and_flags([6, 7], [5])
    assert ([row.uid for row in rows], flags) == ([7], {5: frozenset()})
    assert not session.broken


def test_a_server_that_refuses_every_row_is_believed(opened: Opened) -> None:
    session = opened(server(UID_FETCH="NO nothing"))
    with pytest.raises(Rejected):
        session.rows(range(1, 1001))
    assert session.round_trips < 100


def test_search_answer_beyond_a_megabyte(opened: Opened) -> None:
    """Trap: imaplib gives up on lines over 1,000,000 octets."""
    uids = range(1_000_000, 1_200_000)
    session = opened(server(UID_SEARCH=["* SEARCH " + " ".join(map(str, uids)), "* SEARCH 7"]))
    assert session.search(["ALL"]) == [7, *uids]


@pytest.mark.parametrize("told", [["* 1000000000 EXISTS"], ["* 99999999999999999999 EXISTS"], []])
def test_impossible_sizes(opened: Opened, told: list[str]) -> None:
    session = opened(server(SELECT=told))
    assert session.selected.exists >= 0  # type: ignore[union-attr]
    assert session.glance(lambda exists: (1, 50) if exists else (0, 0)).flags == {}


def test_twenty_thousand_folders(opened: Opened) -> None:
    listed = [f'* LIST () "/" "folder {number}"' for number in range(20_000)]
    started = time.process_time()
    assert len(opened(server(LIST=listed)).list_folders()) == 20_000
    assert time.process_time() - started < 5


def test_untagged_noise_does_not_pile_up(opened: Opened) -> None:
    session = opened(server(NOOP=["* 5 EXISTS", "* 1 EXPUNGE", "* 2 RECENT", "* 1 FETCH (FLAGS ())"] * 50))
    for _ in range(20):
        session.noop()
    kept = session._client.connection.untagged_responses
    assert sum(len(lines) for lines in kept.values()) <= 100
    assert session.selected.exists == 4  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        ("NO [OVERQUOTA] full", "OVERQUOTA", False),
        ("NO [TRYCREATE] first", "TRYCREATE", True),
        ("NO [INUSE] later", "INUSE", False),
        ("NO [NOPERM] never", "NOPERM", True),
        ("NO just no", "", True),
        ("BAD what", "BAD", True),
    ],
)
def test_refusals(opened: Opened, answer: str, code: str, permanent: bool) -> None:
    session = opened(server(CREATE=answer))
    with pytest.raises(Rejected) as caught:
        session.create("x")
    assert (caught.value.code, caught.value.permanent) == (code, permanent)
    assert not session.broken


# -- changes


def test_literal_refused_before_it_is_sent(opened: Opened) -> None:
    def refuse(peer: Peer, tag: str) -> None:
        peer.say(f"{tag} NO [OVERQUOTA] no room")
        peer.say(peer.hear().split(b" ")[0] + b" OK done")

    session = opened(then(refuse, "APPEND"))
    with pytest.raises(Rejected) as caught:
        session.append("INBOX", b"x" * 100_000)
    assert caught.value.code == "OVERQUOTA"
    assert session.noop()


@pytest.mark.parametrize("answer", ["NO over quota", "BAD what"])
def test_move_whose_copy_fails_changes_nothing(opened: Opened, answer: str) -> None:
    session = opened(server(UID_COPY=answer, UID_STORE="BAD must not come"))
    with pytest.raises(Rejected) as caught:
        session.move([5, 6], "Archive")
    assert "moved" not in caught.value.details


def test_move_whose_marking_fails_leaves_both_copies(opened: Opened) -> None:
    session = opened(server(UID_STORE="NO read-only", EXPUNGE="BAD must not come"))
    with pytest.raises(Rejected) as caught:
        session.move([5, 6], "Archive")
    assert caught.value.details["moved"] == {5: None, 6: None}


@pytest.mark.parametrize(
    "told", ["[COPYUID 9 5 1:4000000000]", "[COPYUID 9 5,6 1]", "[COPYUID x 5 1]", "[COPYUID]", "[COPYUID 9 77 1]"]
)
def test_copyuid_that_can_not_be(opened: Opened, told: str) -> None:
    session = opened(server(UID_COPY=f"OK {told} done"))
    assert all(place is None for place in session.copy([5, 6], "Archive").values())


def test_appenduid_that_can_not_be(opened: Opened) -> None:
    def play(peer: Peer, tag: str) -> None:
        peer.say("+ go on")
        peer.hear_octets(3)
        peer.say(f"{tag} OK [APPENDUID x y] done")

    assert opened(then(play, "APPEND")).append("INBOX", b"x") is None
