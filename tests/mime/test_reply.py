"""Answers and forwards: to whom, about what, in which thread."""

from dataclasses import replace

import pytest

from webmail.mime.reply import REFERENCES_LIMIT, forward, quote, reply
from webmail.mime.types import Address, Attachment, Headers

ANN, BOB = Address("Ann", "ann@example.org"), Address("Bob", "bob@example.net")
CAROL, DAVE = Address("Carol", "carol@example.com"), Address("", "dave@example.com")
OWN = {"bob@example.net", "bob@work.example"}
MAIL = Headers(
    subject="Lunch",
    sender=(ANN,),
    to=(BOB, CAROL),
    cc=(DAVE, Address("", "Bob@Work.example"), ANN),
    message_id="<2@example.org>",
    in_reply_to="<1@example.org>",
    references=("<0@example.org>", "<1@example.org>"),
)


def answer(headers: Headers, *, everyone: bool = False, text: str = "Noon?"):
    return reply(headers, text=text, own=OWN, sender=BOB, everyone=everyone, intro="Ann wrote:")


def test_an_answer_goes_to_the_sender():
    letter = answer(MAIL)
    assert (letter.sender, letter.to, letter.cc, letter.bcc) == (BOB, (ANN,), (), ())
    assert letter.subject == "Re: Lunch"
    assert letter.text == "\n\nAnn wrote:\n> Noon?"


def test_an_answer_to_all_leaves_oneself_out_and_names_nobody_twice():
    letter = answer(MAIL, everyone=True)
    assert (letter.to, letter.cc) == ((ANN,), (CAROL, DAVE))


def test_reply_to_wins():
    letter = answer(replace(MAIL, reply_to=(CAROL,)), everyone=True)
    assert (letter.to, letter.cc) == ((CAROL,), (DAVE, ANN))


def test_answering_oneself_goes_to_the_same_people():
    own = replace(MAIL, sender=(BOB,), to=(ANN,), cc=(DAVE,), reply_to=(BOB,))
    assert answer(own).to == (ANN,)
    assert answer(own, everyone=True).cc == (DAVE,)


def test_addresses_nobody_can_write_to_are_left_out():
    assert answer(replace(MAIL, sender=(Address("Nobody", ""),))).to == ()


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Lunch", "Re: Lunch"),
        ("Re: Lunch", "Re: Lunch"),
        ("RE : Lunch", "Re: Lunch"),
        ("Re[3]: Lunch", "Re: Lunch"),
        ("AW: Lunch", "Re: Lunch"),
        ("回复：午饭", "Re: 午饭"),
        ("Reform", "Re: Reform"),
        ("Ref: 123", "Re: Ref: 123"),
        ("", "Re:"),
    ],
)
def test_subjects_of_answers(subject, answered):
    assert answer(replace(MAIL, subject=subject)).subject == answered


def test_the_thread_goes_on():
    letter = answer(MAIL)
    assert letter.in_reply_to == "<2@example.org>"
    assert letter.references == ("<0@example.org>", "<1@example.org>", "<2@example.org>")
    assert answer(replace(MAIL, references=())).references == ("<1@example.org>", "<2@example.org>")
    assert answer(replace(MAIL, references=(), in_reply_to="", message_id="")).references == ()


def test_long_threads_keep_their_first_and_their_latest():
    letter = answer(replace(MAIL, references=tuple(f"<{n}@x>" for n in range(99))))
    assert len(letter.references) == REFERENCES_LIMIT
    assert (letter.references[0], letter.references[-1]) == ("<0@x>", "<2@example.org>")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\n\nb\n", "> a\n>\n> b"),
        ("> a\nb", ">> a\n> b"),
        ("a\n-- \nAnn", "> a"),
        ("a\r\nb", "> a\n> b"),
    ],
)
def test_quotes(text, quoted):
    assert quote(text) == quoted


def test_nothing_to_quote():
    assert answer(MAIL, text=" \n").text == ""


@pytest.mark.parametrize(
    ("subject", "passed_on"),
    [("Lunch", "Fwd: Lunch"), ("Fwd: Lunch", "Fwd: Lunch"), ("WG: Lunch", "WG: Lunch"), ("", "Fwd:")],
)
def test_a_forward_begins_a_thread(subject, passed_on):
    file = Attachment("a", "image/png", b"x")
    letter = forward(replace(MAIL, subject=subject), text="Noon?", sender=BOB, intro="From: Ann", attachments=(file,))
    assert (letter.subject, letter.to, letter.in_reply_to, letter.references) == (passed_on, (), "", ())
    assert letter.text == "\n\nFrom: Ann\n\nNoon?"
    assert letter.attachments == (file,)
