"""Answers that no server gives by mistake: each ends in a named error or is passed over, at a bounded cost."""

from collections.abc import Callable, Iterator

import pytest

from tests.protocols.conftest import LOGIN
from tests.servers.scripted import Peer, anywhere, scripted
from webmail.protocols.endpoint import Security
from webmail.protocols.errors import Unreachable
from webmail.protocols.imap import ImapSession, open_session
from webmail.protocols.sockets import Timeouts
from webmail.protocols.wire import ANSWER_LINES

Ask = Callable[[ImapSession], object]
DIGITS = "9" * 5000  # more than Python turns into a number
SELECT = ["* 3 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNEXT 10] ok"]


@pytest.fixture
def opened() -> Iterator[Callable[..., ImapSession]]:
    """A session with a folder open, on a server that answers one command (UID_FETCH) as told."""
    contexts = []

    def open_with(verb: str, told: list[str], tagged: str = "") -> ImapSession:
        def play(peer: Peer) -> None:
            peer.say("* OK [CAPABILITY IMAP4rev1 UIDPLUS AUTH=PLAIN SASL-IR] hello")
            while True:
                tag, *words = peer.hear().decode().split(" ")
                spoken = "UID_" + words[1] if words[0] == "UID" else words[0]
                if words[-1].startswith("{"):
                    peer.say("+ go on")
                    peer.hear()
                    peer.hear()
                answers = {"SELECT": SELECT, verb: told}.get(spoken, [])
                peer.say(*answers, f"{tag} OK {tagged if spoken == verb else ''} done")

        context = scripted(play)
        contexts.append(context)
        endpoint = context.__enter__().endpoint(Security.NONE)
        session = open_session(endpoint, LOGIN, guard=anywhere, timeouts=Timeouts(read=5))
        session.select("INBOX")
        return session

    yield open_with
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("verb", "told", "ask", "answer"),
    [
        ("LIST", ["* OK [EXISTS] x", '* LIST () "/" a'], lambda session: len(session.list_folders()), 1),
        ("NOOP", ["* 5 EXISTS {1}", "a", "* EXISTS {1}", "a"], lambda session: session.noop().exists, 3),
        ("UID_SEARCH", ["* SEARCH {3}", "1 2", "* SEARCH 2"], lambda session: session.search(["ALL"]), [2]),
        ("UID_COPY", ["* COPYUID {3}", "abc"], lambda session: session.copy([1], "a"), {}),
        ("STATUS", [f"* STATUS a (MESSAGES {DIGITS})"], lambda session: session.status("a").messages > 0, True),
        ("UID_FETCH", [f"* 1 FETCH (UID {DIGITS} FLAGS ())"], lambda session: session.fetch_flags([1]), {}),
    ],
)
def test_what_can_not_be_is_passed_over(
    opened: Callable[..., ImapSession], verb: str, told: list[str], ask: Ask, answer: object
) -> None:
    session = opened(verb, told)
    assert ask(session) == answer
    assert not session.broken


def test_a_place_that_can_not_be_is_none(opened: Callable[..., ImapSession]) -> None:
    assert opened("APPEND", [], f"[APPENDUID 1 {DIGITS}]").append("a", b"From: a\r\n") is None
    assert opened("APPEND", [], "[APPENDUID 1 2]").append("a", b"From: a\r\n") == (1, 2)


def test_a_literal_beyond_all_numbers(opened: Callable[..., ImapSession]) -> None:
    with pytest.raises(Unreachable):
        opened("LIST", [f'* LIST () "/" {{{DIGITS}}}']).list_folders()


@pytest.mark.parametrize("depth", [400, 900, 100_000])
def test_a_structure_without_end_told_twice(opened: Callable[..., ImapSession], depth: int) -> None:
    row = f'* 1 FETCH (UID 5 BODYSTRUCTURE {"(" * depth}{")" * depth} BODY[HEADER]<0> "From: a")'
    session = opened("UID_FETCH", [row, row])
    assert session.fetch_structure(5) is None
    assert not session.broken


@pytest.mark.parametrize(
    ("verb", "line", "ask"),
    [
        ("LIST", "* OK x", lambda session: session.list_folders()),
        ("UID_FETCH", "* 1 FETCH (UID 99 A 1)", lambda session: session.rows(range(1, 1000))),
    ],
)
def test_a_flood_of_short_lines_is_cut_off(opened: Callable[..., ImapSession], verb: str, line: str, ask: Ask) -> None:
    session = opened(verb, [line] * (ANSWER_LINES + 1))
    with pytest.raises(Unreachable, match="more than it was asked"):
        ask(session)
