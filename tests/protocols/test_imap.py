"""ImapSession on a real Dovecot: it works first, then what is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.protocols.conftest import open_quickly
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.scripted import anywhere
from webmail.protocols.endpoint import BearerToken, Credentials, Endpoint, Password, Security
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected
from webmail.protocols.imap import ImapSession, open_session

LETTER = b"From: Ann <ann@demo.test>\r\nSubject: Letter %d\r\nMessage-ID: <%d@demo.test>\r\n\r\nHello %d\r\n"
RECEIVED = datetime(2026, 3, 5, 12, 30, 15, tzinfo=timezone(timedelta(hours=2)))


def fill(session: ImapSession, number: int, folder: str = "INBOX") -> list[int]:
    """Letters 1 to `number`; their uids."""
    return [session.append(folder, LETTER % (i, i, i))[1] for i in range(1, number + 1)]  # type: ignore[index]


# -- opening


@pytest.mark.parametrize(
    ("security", "port"), [(Security.TLS, "imaps"), (Security.STARTTLS, "imap"), (Security.NONE, "imap")]
)
def test_open_with_each_security(dovecot: DovecotForTests, user: MailUser, security: Security, port: str) -> None:
    endpoint = Endpoint(dovecot.host, dovecot.ports[port], security, ca_pem=dovecot.ca_pem)
    session = open_session(endpoint, Password(user.address, user.password), guard=anywhere)
    assert {"IMAP4REV1", "UIDPLUS", "MOVE"} <= session.capabilities
    assert session.select("INBOX").exists == 0
    session.logout()
    assert session.broken


def test_cold_opening_costs_one_round_trip(session: ImapSession) -> None:
    """The login: capabilities come with it and with the greeting."""
    assert session.round_trips == 1


@pytest.mark.parametrize("secret", ["wrong", "", "pässwörd", "密码", 'with space and "quotes" \\ {5}'])
def test_wrong_password(imap_endpoint: Endpoint, user: MailUser, secret: str) -> None:
    with pytest.raises(LoginRefused) as caught:
        open_session(imap_endpoint, Password(user.address, secret), guard=anywhere)
    assert caught.value.reason == "credentials"
    assert not secret or secret not in f"{caught.value!r} {caught.value.reply} {caught.value.details}"


def test_password_in_any_script(dovecot: DovecotForTests, imap_endpoint: Endpoint) -> None:
    dovecot.add_user("anders@demo.test", "pässwörd-密码 (5)")
    session = open_session(imap_endpoint, Password("anders@demo.test", "pässwörd-密码 (5)"), guard=anywhere)
    assert session.select("INBOX").exists == 0
    session.close()


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "a\0b"])
@pytest.mark.parametrize("place", ["username", "password", "token"])
def test_no_control_character_in_a_login(imap_endpoint: Endpoint, text: str, place: str) -> None:
    logins: dict[str, Credentials] = {
        "username": Password(text, "secret"),
        "password": Password("ann", text),
        "token": BearerToken("ann", text),
    }
    with pytest.raises(ValueError, match="control"):
        open_quickly(imap_endpoint, logins[place])


def test_token_where_the_server_takes_none(imap_endpoint: Endpoint) -> None:
    with pytest.raises(LoginRefused) as caught:
        open_quickly(imap_endpoint, BearerToken("ann@demo.test", "token"))
    assert caught.value.reason == "disabled"


# -- folders


def test_folders_with_their_uses(session: ImapSession) -> None:
    before = session.round_trips
    folders = {entry.name: entry for entry in session.list_folders()}
    assert session.round_trips == before + 1
    assert set(folders) == {"INBOX", "Drafts", "Sent", "Archive", "Junk", "Trash"}
    assert all(f"\\{name}" in entry.flags for name, entry in folders.items() if name != "INBOX")
    assert "\\Subscribed" in folders["Sent"].flags
    assert {entry.delimiter for entry in folders.values()} == {"/"}


ODD_NAMES = [
    "a&b",
    "Entwürfe",
    "日本語",
    'quo"ted',
    "back\\slash",
    "per%cent*",
    "{5}",
    "x" * 200,
    "a?b#c",
    ".hidden",
    "[Gmail]",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_folder_of_any_name(session: ImapSession, name: str) -> None:
    session.create(name)
    assert name in {entry.name for entry in session.list_folders() if "\\Noselect" not in entry.flags}
    fill(session, 1, name)
    assert session.select(name).exists == 1
    assert session.status(name).messages == 1
    session.select("INBOX")
    session.rename(name, f"{name}2")
    session.subscribe(f"{name}2")
    assert "\\Subscribed" in {entry.name: entry for entry in session.list_folders()}[f"{name}2"].flags
    session.unsubscribe(f"{name}2")
    session.delete(f"{name}2")
    assert f"{name}2" not in {entry.name for entry in session.list_folders()}


def test_counts_of_all_folders_at_once(session: ImapSession) -> None:
    uids = fill(session, 3)
    session.select("INBOX")
    session.store(uids[:1], add=["\\Seen"])
    before = session.round_trips
    counted = {entry.name: status for entry, status in session.list_status(["MESSAGES", "UNSEEN"]) or []}
    assert session.round_trips == before + 1
    assert (counted["INBOX"].messages, counted["INBOX"].unseen) == (3, 2)  # type: ignore[union-attr]
    assert counted["Sent"].messages == 0  # type: ignore[union-attr]
    status = session.status("INBOX")
    assert (status.messages, status.unseen, status.uidnext) == (3, 2, uids[-1] + 1)
    assert status.uidvalidity == session.select("INBOX").uidvalidity


def test_counts_of_the_open_folder_are_those_of_now(
    session: ImapSession, dovecot: DovecotForTests, user: MailUser
) -> None:
    uids = fill(session, 1)
    session.select("INBOX")

    def counted() -> tuple[int, int]:
        found = {entry.name: status for entry, status in session.list_status(["MESSAGES", "UNSEEN"]) or []}
        assert found["INBOX"]
        return found["INBOX"].messages, found["INBOX"].unseen

    assert counted() == (1, 1)
    with dovecot.imap(user) as other:
        other.append("INBOX", b"Subject: another\r\n\r\nText")
        assert counted() == (2, 2)
        other.select_folder("INBOX")
        other.add_flags(uids, "\\Seen")
    assert counted() == (2, 1)


def test_refusals_of_folders_carry_their_code(session: ImapSession) -> None:
    def code(call: Callable[..., object], *arguments: object) -> object:
        with pytest.raises(Rejected) as caught:
            call(*arguments)
        assert caught.value.permanent
        assert caught.value.reply
        return caught.value.code

    assert code(session.select, "Nowhere") == "NONEXISTENT"
    session.create("Here")
    assert code(session.create, "Here") == "ALREADYEXISTS"
    assert code(session.delete, "Nowhere") == "NONEXISTENT"
    assert code(session.rename, "Nowhere", "Else") == "NONEXISTENT"
    assert code(session.append, "Nowhere", b"Subject: x\r\n\r\n") == "TRYCREATE"
    session.select("INBOX")
    fill(session, 1)
    assert code(session.copy, [1], "Nowhere") == "TRYCREATE"
    assert code(session.move, [1], "Nowhere") == "TRYCREATE"
    assert not session.broken


def test_a_refused_select_closes_the_folder(session: ImapSession) -> None:
    session.select("INBOX")
    with pytest.raises(Rejected):
        session.select("Nowhere")
    assert session.selected is None
    with pytest.raises(ValueError, match="no folder"):
        session.glance(newest)


def test_select_if_needed(session: ImapSession) -> None:
    selected = session.select("INBOX")
    before = session.round_trips
    assert session.select_if_needed("INBOX", selected.uidvalidity) is selected
    assert session.select_if_needed("INBOX") is selected
    assert session.round_trips == before
    assert session.select_if_needed("INBOX", selected.uidvalidity + 1).uidvalidity == selected.uidvalidity
    assert session.select_if_needed("Sent").folder == "Sent"
    assert session.round_trips == before + 2


# -- messages


def test_rows(session: ImapSession) -> None:
    uids = fill(session, 12)
    session.select("INBOX")
    session.store(uids[4:5], add=["\\Flagged", "$Forwarded"])
    before = session.round_trips
    rows = session.rows(reversed(uids[4:8]))
    assert session.round_trips == before + 1
    assert [row.uid for row in rows] == uids[4:8]
    assert {"\\Flagged", "$Forwarded"} <= rows[0].flags
    assert b"Subject: Letter 5\r\n" in rows[0].header
    assert b"Hello" not in rows[0].header
    assert rows[0].size == len(LETTER % (5, 5, 5))
    assert rows[0].bodystructure is not None
    assert rows[0].bodystructure[0:2] == (b"text", b"plain")
    assert datetime.now(UTC) - rows[0].internaldate < timedelta(minutes=5)
    assert "\\Seen" not in session.fetch_flags(uids)[uids[4]], "reading a list marks nothing"


def newest(exists: int) -> tuple[int, int]:
    """The window of the last three."""
    return max(1, exists - 2) if exists else 0, exists


def test_a_glance_is_one_round_trip(session: ImapSession) -> None:
    uids = fill(session, 5)
    selected = session.select("INBOX")
    session.store(uids[3:4], add=["\\Seen", "$Forwarded"])
    before = session.round_trips
    seen = session.glance(newest)
    assert session.round_trips == before + 1
    assert list(seen.flags) == uids[2:]
    assert seen.flags[uids[3]] >= {"\\Seen", "$Forwarded"}
    assert (seen.exists, seen.status.unseen, seen.status.uidvalidity) == (5, 4, selected.uidvalidity)  # type: ignore[union-attr]


def test_a_glance_with_rows_is_one_round_trip(session: ImapSession) -> None:
    uids = fill(session, 5)
    session.select("INBOX")
    session.store(uids[3:4], add=["\\Seen"])
    before = session.round_trips
    seen = session.glance(newest, with_rows=True)
    assert session.round_trips == before + 1
    assert seen.rows == session.rows(uids[2:])
    assert {row.uid: row.flags for row in seen.rows} == seen.flags == session.glance(newest).flags
    assert session.glance(newest).rows is None


def test_a_glance_at_an_empty_folder(session: ImapSession) -> None:
    session.select("INBOX")
    seen = session.glance(newest)
    assert (seen.exists, seen.flags, seen.status.unseen) == (0, {}, 0)  # type: ignore[union-attr]


@pytest.mark.parametrize("with_rows", [False, True])
def test_a_glance_sees_what_others_have_just_done(
    session: ImapSession, dovecot: DovecotForTests, user: MailUser, with_rows: bool
) -> None:
    uids = fill(session, 5)
    session.select("INBOX")
    session.glance(newest)
    with dovecot.imap(user) as other:
        other.select_folder("INBOX")
        other.add_flags(uids[4:], ["\\Seen", "new-word"])
        seen = session.glance(newest, with_rows=with_rows)
        assert list(seen.flags) == uids[2:]
        assert seen.flags[uids[4]] >= {"\\Seen", "new-word"}
        assert seen.status.unseen == 4  # type: ignore[union-attr]
        other.add_flags(uids[1:3], ["\\Deleted"])
        other.uid_expunge(uids[1:3])
        seen = session.glance(newest, with_rows=with_rows)
        assert (seen.exists, list(seen.flags), seen.status.unseen) == (3, [uids[0], *uids[3:]], 2)  # type: ignore[union-attr]
        other.append("INBOX", LETTER % (6, 6, 6))
        seen = session.glance(newest, with_rows=with_rows)
        assert (seen.exists, list(seen.flags), seen.status.unseen) == (4, [*uids[3:], uids[4] + 1], 3)  # type: ignore[union-attr]
        other.delete_messages([*uids, uids[4] + 1])
        other.expunge()
        assert session.glance(newest, with_rows=with_rows).flags == {}


def test_a_search_of_now_is_one_round_trip(session: ImapSession, dovecot: DovecotForTests, user: MailUser) -> None:
    uids = fill(session, 2)
    session.select("INBOX")
    with dovecot.imap(user) as other:
        other.select_folder("INBOX")
        for work, expected, trips in (
            (lambda: None, uids, 1),
            (lambda: other.append("INBOX", LETTER % (3, 3, 3)), [*uids, uids[-1] + 1], 2),
            (lambda: other.add_flags(uids[:1], ["\\Answered"]), [uids[1], uids[-1] + 1], 2),
            (lambda: None, [uids[1], uids[-1] + 1], 1),
        ):
            work()
            before = session.round_trips
            assert session.search(["UNANSWERED"], anew=True) == expected
            assert session.round_trips == before + trips
        other.append("INBOX", LETTER % (4, 4, 4))
        assert session.search(["OR", ["BODY", "zoë"], "ALL"], anew=True) == [*uids, uids[-1] + 1, uids[-1] + 2]


def test_rows_and_flags_in_one_round_trip(session: ImapSession) -> None:
    one, two, three = fill(session, 3)
    session.select("INBOX")
    session.store([one], add=["\\Flagged"])
    before = session.round_trips
    rows, flags = session.rows_and_flags([three, two, 77], [one, 78])
    assert session.round_trips == before + 1
    assert rows == session.rows([two, three])
    assert flags == session.fetch_flags([one])
    assert session.rows_and_flags([], [two]) == ([], session.fetch_flags([two]))
    assert session.rows_and_flags([two], []) == (session.rows([two]), {})


@pytest.mark.parametrize("window", [(0, 5), (-3, 2), (5, 4), (1, 1001)])
def test_a_window_that_is_none(session: ImapSession, window: tuple[int, int]) -> None:
    session.select("INBOX")
    with pytest.raises(ValueError, match="window"):
        session.glance(lambda _exists: window)
    assert not session.broken


def test_flags_and_structure_are_those_of_now(session: ImapSession, dovecot: DovecotForTests, user: MailUser) -> None:
    """Though the folder was opened before."""
    [uid] = fill(session, 1)
    session.select("INBOX")
    with dovecot.imap(user) as other:
        other.select_folder("INBOX")
        other.append("INBOX", LETTER % (2, 2, 2))
        before = session.round_trips
        assert session.fetch_structure(uid + 1) is not None
        other.add_flags([uid], ["\\Flagged"])
        assert "\\Flagged" in session.fetch_flags([uid])[uid]
        other.remove_flags([uid], ["\\Flagged"])
        assert "\\Flagged" not in session.fetch_structure(uid).flags  # type: ignore[union-attr]
        assert session.round_trips == before + 4  # one more for the message that came
        other.add_flags([uid], ["\\Deleted"])
        other.expunge()
        assert session.fetch_structure(uid) is None
        other.delete_messages([uid + 1])
        other.expunge()
        assert session.fetch_flags([uid, uid + 1]) == {}


def test_rows_leave_out_what_is_gone(session: ImapSession) -> None:
    uids = fill(session, 5)
    session.select("INBOX")
    session.expunge(uids[1:2])
    assert [row.uid for row in session.rows([*uids, 4_000_000_000])] == [uids[0], *uids[2:]]
    assert session.rows([]) == []


def test_giant_header_is_cut_not_fatal(session: ImapSession) -> None:
    session.append("INBOX", b"Subject: giant\r\nTo: " + b"a@demo.test,\r\n " * 40_000 + b"b@demo.test\r\n\r\nx\r\n")
    fill(session, 1)
    session.select("INBOX")
    rows = session.rows([1, 2])
    assert [len(row.header) <= 65_536 for row in rows] == [True, True]
    assert b"Letter 1" in rows[1].header


def test_opened_message(session: ImapSession) -> None:
    raw = b"Received: from x\r\nFrom: ann@demo.test\r\nSubject: s\r\nX-Own: yes\r\n\r\nbody\r\n"
    place = session.append("INBOX", raw, ["\\Seen", "$Label1"], RECEIVED)
    selected = session.select("INBOX")
    assert place == (selected.uidvalidity, selected.uidnext - 1)
    opened = session.fetch_structure(place[1])
    assert opened is not None
    assert opened.header == raw[: raw.index(b"body")]
    assert {"\\Seen", "$Label1"} <= opened.flags
    assert (opened.internaldate, opened.size) == (RECEIVED, len(raw))
    assert session.fetch_structure(place[1] + 1) is None


def test_parts_in_pieces(session: ImapSession) -> None:
    body = bytes(range(32, 127)) * 5000
    raw = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\n" + body + b"\r\n--x--\r\n"
    uid = session.append("INBOX", raw)[1]  # type: ignore[index]
    session.select("INBOX")
    assert session.fetch_part(uid, "1", 0, 100) == b"one"
    pieces = [session.fetch_part(uid, "2", offset, 65_536) for offset in range(0, len(body) + 65_536, 65_536)]
    assert b"".join(pieces) == body
    assert pieces[-1] == b""
    assert session.fetch_part(uid, "", 0, 10_000_000) == raw
    assert session.fetch_part(uid, "HEADER", 0, 1000) == raw[: raw.index(b"--x")]
    assert session.fetch_part(uid, "9.9", 0, 10) == b""
    assert "\\Seen" not in session.fetch_flags([uid])[uid]
    with pytest.raises(Rejected) as caught:
        session.fetch_part(uid + 1, "1", 0, 10)
    assert caught.value.code == "NONEXISTENT"


@pytest.mark.parametrize("section", ["1]", "1\r\n", "TEXT BODY[2", "0", "1..2", "1.", "a", "1 2", "1.FOO", "１"])
def test_a_section_is_numbers(session: ImapSession, section: str) -> None:
    session.select("INBOX")
    with pytest.raises(ValueError, match="section"):
        session.fetch_part(1, section, 0, 10)


@pytest.mark.parametrize("uid", [0, -1, 2**32, "1", "1:*", None, 1.5])
def test_a_uid_is_a_number(session: ImapSession, uid: object) -> None:
    session.select("INBOX")
    for call in (session.rows, session.fetch_flags, lambda uids: session.store(uids, add=["\\Seen"])):
        with pytest.raises((ValueError, TypeError)):
            call([uid])  # type: ignore[list-item]


def test_search(session: ImapSession) -> None:
    fill(session, 3)
    session.append("INBOX", 'From: Zoë <z@demo.test>\r\nSubject: Müller & Söhne \\ "q"\r\n\r\nголос {5}\r\n'.encode())
    session.select("INBOX")
    session.store([2], add=["\\Seen"])
    assert session.search(["ALL"]) == [1, 2, 3, 4]
    assert session.search(["SUBJECT", "Letter", "UNSEEN"]) == [1, 3]
    assert session.search(["OR", ["SUBJECT", "Letter 1"], ["SUBJECT", "Letter 3"], "NOT", "SEEN"]) == [1, 3]
    assert session.search(["HEADER", "Message-ID", "<2@demo.test>"]) == [2]
    assert session.search(["SINCE", date(2020, 1, 1), "SMALLER", 100_000, "UID", "2:3"]) == [2, 3]
    assert session.search(["SUBJECT", "müller"]) == [4]
    assert session.search(["OR", ["FROM", "Zoë"], ["TEXT", "голос {5}"]]) == [4]
    assert session.search(["SUBJECT", '\\ "q"']) == [4]
    assert session.search(["BEFORE", date(2020, 1, 1)]) == []


@pytest.mark.parametrize(
    "text", ["{5}", "{5+}", "* OK", '"', "\\", "(", ")", "%", "ALL", "1:*", "x" * 10_000, "é" * 10_000, "NIL"]
)
def test_a_search_text_is_only_text(session: ImapSession, text: str) -> None:
    """One command, understood as a text, after which the session goes on (M15)."""
    fill(session, 1)
    session.select("INBOX")
    before = session.round_trips
    assert session.search(["TEXT", text]) == []
    assert session.round_trips - before <= 2
    assert session.search(["ALL"]) == [1]


def test_store_and_flags(session: ImapSession) -> None:
    uids = fill(session, 3)
    session.select("INBOX")
    session.store(uids[:2], add=["\\Seen", "$Forwarded"])
    session.store([uids[0], 999], add=["\\Flagged"], remove=["\\Seen"])
    flags = {uid: found - {"\\Recent"} for uid, found in session.fetch_flags([*uids, 999]).items()}
    assert flags == {uids[0]: {"$Forwarded", "\\Flagged"}, uids[1]: {"\\Seen", "$Forwarded"}, uids[2]: frozenset()}


def test_thousands_of_uids_in_lines_a_server_takes(session: ImapSession) -> None:
    fill(session, 2)
    session.select("INBOX")
    scattered = range(1, 40_001, 2)
    assert set(session.fetch_flags(scattered)) == {1}
    session.store(scattered, add=["\\Seen"])
    assert set(session.move(scattered, "Archive")) == {1}


# -- moving and removing; with everything Dovecot can, and as on servers that can less


ABILITIES = [set(), {"MOVE"}, {"MOVE", "UIDPLUS"}]


@pytest.mark.parametrize("without", ABILITIES, ids=["all", "no-move", "no-uidplus"])
class TestMoving:
    @pytest.fixture(autouse=True)
    def _filled(self, session: ImapSession, without: set[str]) -> None:
        session.capabilities -= without
        self.uids = fill(session, 4)
        session.select("INBOX")

    def test_move(self, session: ImapSession) -> None:
        moved = session.move([*self.uids[:2], 999], "Archive")
        assert session.selected
        assert session.selected.exists == 2
        assert session.search(["ALL"]) == self.uids[2:]
        archive = session.select("Archive")
        assert archive.exists == 2
        assert {uid: place for uid, place in moved.items() if uid != 999} == {
            self.uids[0]: (archive.uidvalidity, 1),
            self.uids[1]: (archive.uidvalidity, 2),
        }

    def test_nothing_to_move(self, session: ImapSession) -> None:
        session.move([], "Archive")
        session.move([999], "Archive")
        assert session.status("Archive").messages == 0
        assert session.search(["ALL"]) == self.uids

    def test_expunge_takes_exactly_these(self, session: ImapSession) -> None:
        session.expunge([self.uids[1], 999])
        assert session.search(["ALL"]) == [self.uids[0], *self.uids[2:]]

    def test_what_others_marked_stays(self, session: ImapSession, without: set[str]) -> None:
        """A plain EXPUNGE would remove another client's marked mail too (I4)."""
        session.store(self.uids[3:], add=["\\Deleted"])
        if "UIDPLUS" not in without:
            session.move(self.uids[:1], "Archive")
            assert session.search(["ALL"]) == self.uids[1:]
            return
        with pytest.raises(Rejected) as caught:
            session.move(self.uids[:1], "Archive")
        assert caught.value.reason == "left_marked"
        assert set(caught.value.details["moved"]) == {self.uids[0]}  # type: ignore[call-overload]
        assert session.search(["ALL"]) == self.uids
        assert session.search(["DELETED"]) == [self.uids[0], self.uids[3]]
        assert session.status("Archive").messages == 1


def test_copy(session: ImapSession) -> None:
    uids = fill(session, 3)
    session.select("INBOX")
    copied = session.copy(uids[1:], "Archive")
    archive = session.select("Archive")
    assert copied == {uids[1]: (archive.uidvalidity, 1), uids[2]: (archive.uidvalidity, 2)}


def test_append_keeps_every_octet_that_imap_allows(session: ImapSession) -> None:
    raw = b"Subject: x\r\n\r\n" + bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n.\r\n..dots\r\n"
    for size in (0, 10_000):
        place = session.append("Drafts", raw + b"y" * size, ["\\Draft"])
        session.select("Drafts")
        assert session.fetch_part(place[1], "", 0, 100_000) == raw + b"y" * size  # type: ignore[index]


def test_append_makes_line_ends_of_imap(session: ImapSession) -> None:
    place = session.append("Drafts", b"Subject: x\n\none\rtwo\r\nthree\n")
    session.select("Drafts")
    assert session.fetch_part(place[1], "", 0, 1000) == b"Subject: x\r\n\r\none\r\ntwo\r\nthree\r\n"  # type: ignore[index]


def test_append_wants_a_time_zone(session: ImapSession) -> None:
    with pytest.raises(ValueError, match="zone"):
        session.append("Drafts", b"x", internaldate=datetime(2026, 1, 1))  # noqa: DTZ001


# -- news from others


def test_size_follows_what_others_do(session: ImapSession, dovecot: DovecotForTests, user: MailUser) -> None:
    fill(session, 3)
    assert session.select("INBOX").exists == 3
    dovecot.deliver(user.address, b"Subject: new\r\n\r\nnew\r\n")
    assert session.noop().exists == 4  # type: ignore[union-attr]
    with dovecot.imap(user) as other:
        other.select_folder("INBOX")
        other.add_flags([1, 2], ["\\Deleted"])
        other.uid_expunge([1, 2])
    session.noop()
    assert session.selected.exists == 2  # type: ignore[union-attr]
    assert list(session.glance(newest).flags) == [3, 4]


def test_a_folder_that_vanished_under_us(session: ImapSession, dovecot: DovecotForTests, user: MailUser) -> None:
    session.create("Short-lived")
    session.select("Short-lived")
    with dovecot.imap(user) as other:
        other.delete_folder("Short-lived")
    with pytest.raises(MailServerError):
        session.append("Short-lived", b"Subject: x\r\n\r\n")
    with pytest.raises(MailServerError):
        session.select("Short-lived")


# -- no argument ever ends a command line (M15): one test for each method that takes text

INJECTIONS = ["a\r\nA1 CREATE evil", "a\nb", "a\rb", "a\0b"]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize(
    "call",
    [
        lambda session, text: session.select(text),
        lambda session, text: session.select_if_needed(text),
        lambda session, text: session.status(text),
        lambda session, text: session.list_status([text]),
        lambda session, text: session.create(text),
        lambda session, text: session.rename(text, "b"),
        lambda session, text: session.rename("Sent", text),
        lambda session, text: session.delete(text),
        lambda session, text: session.subscribe(text),
        lambda session, text: session.unsubscribe(text),
        lambda session, text: session.append(text, b"x"),
        lambda session, text: session.append("Sent", b"x", [text]),
        lambda session, text: session.copy([1], text),
        lambda session, text: session.move([1], text),
        lambda session, text: session.store([1], add=[text]),
        lambda session, text: session.store([1], remove=[text]),
        lambda session, text: session.search(["TEXT", text]),
        lambda session, text: session.search([text]),
        lambda session, text: session.search(["HEADER", text, "x"]),
        lambda session, text: session.search(["OR", ["FROM", text], "ALL"]),
        lambda session, text: session.search(["KEYWORD", text]),
        lambda session, text: session.fetch_part(1, text, 0, 10),
    ],
)
def test_no_argument_ends_a_command(
    session: ImapSession, call: Callable[[ImapSession, str], object], text: str
) -> None:
    session.select("INBOX")
    before = session.round_trips
    with pytest.raises(ValueError, match=r".+"):
        call(session, text)
    assert session.round_trips == before
    assert not session.broken


@pytest.mark.parametrize("flag", ["", "a b", "(x)", "{5}", '"x"', "\\", "\\\\Seen", "*", "é", "\\Se]en"])
def test_a_flag_is_an_atom(session: ImapSession, flag: str) -> None:
    session.select("INBOX")
    with pytest.raises(ValueError, match="flag"):
        session.store([1], add=[flag])


@pytest.mark.parametrize(
    "criteria", [[], ["FROM"], ["HEADER", "x"], ["from ann"], [b"ALL"], [None], [[]], ["ALL)"], ["{5}"]]
)
def test_criteria_that_are_none(session: ImapSession, criteria: list) -> None:
    session.select("INBOX")
    with pytest.raises(ValueError, match=r".+"):
        session.search(criteria)
