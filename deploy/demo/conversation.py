"""Conversations: who wrote what, in turn, and what each of the demo people has of it.

A Conversation is content only. `placed` writes its turns in order (each quotes the one before and refers to all
before, RFC 5322 §3.6.4), then files them: one's own turns in Sent, the others' where one keeps them. The bytes of a
turn are the same in every box but for the trace lines, so its Message-ID is too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from deploy.demo.letter import Attachment, Letter, Placed, as_html, filed, moment
from deploy.demo.people import Correspondent, Person

ATTRIBUTIONS = {
    "fr": "Le {date:%d/%m/%Y} à {date:%H:%M}, {name} a écrit :",
    "de": "Am {date:%d.%m.%Y} um {date:%H:%M} schrieb {name}:",
    "en": "On {date:%d %b %Y}, at {date:%H:%M}, {name} wrote:",
    "ja": "{date:%Y/%m/%d %H:%M}、{name} のメール:",
}


@dataclass(frozen=True, eq=False)
class Turn:
    """One mail of a conversation. `when` is read by `letter.moment`; `html` replaces what the text would give."""

    by: Correspondent
    when: str
    text: str
    files: tuple[Attachment, ...] = ()
    html: str = ""


@dataclass(frozen=True, eq=False)
class Conversation:
    """Turns between members. `folders` says by login where the others' turns are kept (else INBOX); `unread` counts the
    last turns not opened yet; `words` are flags of the last turn a person received."""

    subject: str
    members: tuple[Correspondent, ...]
    turns: tuple[Turn, ...]
    folders: Mapping[str, str] = field(default_factory=dict)
    unread: int = 0
    words: str = ""
    cc: tuple[Correspondent, ...] = ()


def note(
    sender: Correspondent,
    to: Correspondent,
    when: str,
    subject: str,
    text: str,
    folder: str = "INBOX",
    *,
    words: str = "seen",
    files: tuple[Attachment, ...] = (),
    html: str = "",
) -> Conversation:
    """A conversation of one mail. No word "seen" means it is unread."""
    extra = " ".join(word for word in words.split() if word != "seen")
    folders = {one.login: folder for one in (sender, to) if isinstance(one, Person)}
    return Conversation(
        subject,
        (sender, to),
        (Turn(sender, when, text, files, html),),
        folders,
        unread=0 if "seen" in words.split() else 1,
        words=extra,
    )


def placed(conversation: Conversation, person: Person, now: datetime) -> Iterator[Placed]:
    """What this person has of the conversation: nothing unless they take part."""
    if person not in conversation.members + conversation.cc:
        return
    letters = _letters(conversation, now)
    for index, letter in enumerate(letters):
        kept = conversation.folders.get(person.login, "INBOX")
        if letter.sender == person:
            own = kept if kept == "Drafts" else "Sent"
            yield filed(letter, person, own, "seen draft" if own == "Drafts" else "seen")
        else:
            yield filed(letter, person, kept, _words(conversation, letters, index, person))


def _words(conversation: Conversation, letters: tuple[Letter, ...], index: int, person: Person) -> str:
    later = [letter.sender for letter in letters[index + 1 :]]
    words = [] if index >= len(letters) - conversation.unread and person not in later else ["seen"]
    if later[:1] == [person]:
        words.append("answered")
    if all(sender == person for sender in later):
        words.append(conversation.words)
    return " ".join(words)


@lru_cache(maxsize=512)
def _letters(conversation: Conversation, now: datetime) -> tuple[Letter, ...]:
    letters: list[Letter] = []
    for turn in conversation.turns:
        text = _text(turn, letters[-1] if letters else None, conversation.turns[len(letters) - 1])
        rich = turn.html or (as_html(text) if turn.by.rich else "")
        letters.append(
            Letter(
                turn.by,
                tuple(member for member in conversation.members if member != turn.by),
                f"Re: {conversation.subject}" if letters else conversation.subject,
                moment(now, turn.when),
                text,
                rich,
                tuple(one for one in conversation.cc if one != turn.by),
                turn.files,
                tuple(letter.message_id for letter in letters),
                own_words=turn.text,
            )
        )
    return tuple(letters)


def _text(turn: Turn, previous: Letter | None, previous_turn: Turn) -> str:
    """The turn's own words, what it answers, the signature. Only one level is quoted, as tidy people do."""
    blocks = [turn.text.strip()]
    if turn.by.signature:
        blocks.append(f"-- \n{turn.by.signature}")
    if previous:
        date = previous.date.astimezone(ZoneInfo(turn.by.time_zone))
        blocks.append(ATTRIBUTIONS[turn.by.language].format(date=date, name=previous.sender.name))
        blocks.append("\n".join(f"> {line}".rstrip() for line in previous_turn.text.strip().split("\n")))
    return "\n\n".join(blocks) + "\n"
