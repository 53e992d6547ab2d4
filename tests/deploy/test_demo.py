"""The demo's mail: enough of it, every kind of it, readable by the standard library, the same every time."""

import email
import io
import re
import subprocess
import sys
import time
import wave
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path

import pytest

from deploy import demo_pictures
from deploy.demo import PEOPLE, Person, Placed, attachments, charsets, letters, oddities, wire
from deploy.demo.people import CAMILLE, JONAS, PIA, STUDIO, YUKI

NOW = datetime(2025, 10, 14, 12, 2, tzinfo=UTC)
LARGEST = 5_500_000
ROLES = {"INBOX", "Drafts", "Sent", "Archive", "Junk", "Trash"}
FLAGS = {"\\Seen", "\\Flagged", "\\Answered", "\\Draft", "$Forwarded", "$Junk"}
BINARY_TYPES = {"application/pdf", "application/zip", "image/png", "image/jpeg", "image/tiff", "audio/wav"}
OPEN_TYPES = {"text/csv", "text/plain", "text/vcard", "text/calendar"}


def parsed(placed: Placed) -> EmailMessage:
    message = email.message_from_bytes(placed.raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@cache
def box(person: Person) -> list[Placed]:
    return letters(person, NOW)


@cache
def messages(person: Person) -> list[EmailMessage]:
    return [parsed(placed) for placed in box(person)]


def with_type(person: Person, media_type: str) -> list[EmailMessage]:
    return [part for message in messages(person) for part in message.walk() if part.get_content_type() == media_type]


def by_subject(person: Person, subject: str) -> EmailMessage:
    return next(message for message in messages(person) if message["Subject"] == subject)


def readable_files() -> Iterator[EmailMessage]:
    for person in PEOPLE:
        for message in messages(person):
            yield from (part for part in message.walk() if part.get_filename())


class TestBoxes:
    @pytest.mark.parametrize("person", STUDIO, ids=lambda person: person.login)
    def test_main_people_have_eighty_letters_over_eight_folders(self, person):
        folders = Counter(placed.folder for placed in box(person))
        assert len(box(person)) >= 80
        assert len(folders) >= 8
        assert folders.keys() > ROLES
        assert folders["INBOX"] >= 40
        assert folders["Junk"] >= 5

    def test_own_folders_have_names_that_need_care(self):
        assert {"Clients/Livret d’automne", "Papier & fournisseurs"} <= {placed.folder for placed in box(CAMILLE)}
        assert "Reisen" in {placed.folder for placed in box(JONAS)}
        assert "和紙" in {placed.folder for placed in box(YUKI)}

    def test_pop3_person_has_mail_waiting_in_the_inbox_only(self):
        assert PIA.protocol == "pop3"
        assert {placed.folder for placed in box(PIA)} == {"INBOX"}
        assert 20 <= len(box(PIA)) <= 30

    def test_one_admin_and_addresses_of_the_demo(self):
        assert [person.login for person in PEOPLE if person.admin] == ["camille"]
        assert all(person.address == f"{person.login}@demo.test" for person in PEOPLE)

    @pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.login)
    def test_dates_are_aware_past_and_in_order(self, person):
        received = [placed.received for placed in box(person)]
        assert all(date.tzinfo for date in received)
        assert received == sorted(received)
        assert NOW - timedelta(hours=2) < received[-1] <= NOW

    def test_some_mail_is_of_today_and_some_years_old(self):
        ages = [NOW - placed.received for placed in box(CAMILLE)]
        assert sum(age < timedelta(hours=6) for age in ages) >= 6
        assert sum(age > timedelta(days=365) for age in ages) >= 3

    @pytest.mark.parametrize("person", STUDIO, ids=lambda person: person.login)
    def test_flags(self, person):
        used = Counter(flag for placed in box(person) for flag in placed.flags)
        assert used.keys() == FLAGS
        unread = [placed for placed in box(person) if placed.folder == "INBOX" and "\\Seen" not in placed.flags]
        assert 8 <= len(unread) <= 24
        assert all(("\\Draft" in placed.flags) == (placed.folder == "Drafts") for placed in box(person))

    @pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.login)
    def test_lines_end_with_crlf_and_sizes_are_bounded(self, person):
        for placed in box(person):
            assert placed.raw.count(b"\n") == placed.raw.count(b"\r\n") == placed.raw.count(b"\r")
            assert len(placed.raw) <= LARGEST

    def test_one_letter_is_near_the_limit(self):
        assert max(len(placed.raw) for placed in box(CAMILLE)) > 5_000_000

    def test_only_reserved_domains(self):
        for message in messages(CAMILLE):
            for field in ("From", "To", "Cc"):
                for address in message[field].addresses if message[field] else ():
                    assert address.domain.endswith((".example", "demo.test")), address

    def test_deterministic(self):
        first = {person: letters(person, NOW) for person in PEOPLE}
        command = (
            "import hashlib; from datetime import *; from deploy.demo import *;"
            "now = datetime(2025, 10, 14, 12, 2, tzinfo=UTC);"
            "print(hashlib.sha256(repr([letters(p, now) for p in PEOPLE]).encode()).hexdigest())"
        )
        python = [sys.executable, "-c", command]
        runs = {
            subprocess.run(
                python, capture_output=True, text=True, check=True, cwd=Path(attachments.__file__).parents[2]
            ).stdout
            for _ in range(2)
        }
        assert len(runs) == 1
        assert first == {person: letters(person, NOW) for person in PEOPLE}

    def test_made_in_under_three_seconds(self):
        started = time.perf_counter()
        for person in PEOPLE:
            letters(person, NOW + timedelta(days=1))
        assert time.perf_counter() - started < 3

    def test_one_moment_serves_all_boxes_when_none_is_given(self):
        newest = [max(placed.received for placed in letters(person)) for person in (CAMILLE, CAMILLE)]
        assert newest[0] == newest[1] <= datetime.now(UTC)


class TestConversations:
    def test_answers_name_the_last_of_their_references(self):
        for person in STUDIO:
            answers = [message for message in messages(person) if message["In-Reply-To"]]
            assert len(answers) >= 40
            assert all(str(message["References"]).split()[-1] == message["In-Reply-To"] for message in answers)

    def test_long_thread_is_whole_in_every_box(self):
        ids = []
        for person in STUDIO:
            thread = [message for message in messages(person) if str(message["Subject"]).endswith("Livret d’automne")]
            ids.append([message["Message-ID"] for message in thread])
            for index, message in enumerate(thread[1:], 1):
                assert str(message["References"]).split() == ids[-1][:index]
        assert len(ids[0]) >= 24
        assert ids[0] == ids[1] == ids[2]

    def test_sender_and_reader_hold_the_same_letter(self):
        sent = {m["Message-ID"]: (m["Subject"], m["Date"]) for m in messages(JONAS) if _from(m) == JONAS.address}
        got = {m["Message-ID"]: (m["Subject"], m["Date"]) for m in messages(CAMILLE) if _from(m) == JONAS.address}
        shared = sent.keys() & got.keys()
        assert len(shared) >= 15
        assert all(sent[one] == got[one] for one in shared)
        assert shared == got.keys()

    def test_message_ids_are_unique_in_a_box(self):
        for person in PEOPLE:
            ids = [message["Message-ID"] for message in messages(person) if message["Message-ID"]]
            assert len(ids) == len(set(ids))

    def test_answered_mail_has_its_answer_in_sent(self):
        sent = {m["In-Reply-To"] for m, p in zip(messages(YUKI), box(YUKI), strict=True) if p.folder == "Sent"}
        colophon = by_subject(YUKI, "楮の入荷について")
        assert colophon["Message-ID"] in sent


def _from(message: EmailMessage) -> str:
    if not message["From"] or not message["From"].addresses:
        return ""
    first = message["From"].addresses[0]
    assert isinstance(first, Address)
    return first.addr_spec


class TestCharsets:
    @pytest.mark.parametrize("answer", charsets.ANSWERS, ids=lambda answer: f"{answer.charset}-{answer.address}")
    def test_headers_and_body_are_in_that_charset_and_readable(self, answer):
        for person in STUDIO:
            message = by_subject(person, answer.subject)
            assert message["From"].addresses[0].display_name == answer.name
            plain = message.get_body(("plain",))
            assert plain is not None
            assert plain.get_content_charset() == answer.charset
            assert plain["Content-Transfer-Encoding"] == answer.transfer
            assert plain.get_content().split() == answer.text.split()

    @pytest.mark.parametrize("answer", charsets.ANSWERS, ids=lambda answer: f"{answer.charset}-{answer.address}")
    def test_raw_headers_name_that_charset(self, answer):
        head = charsets.letter(answer, NOW)
        subject = wire.encoded_words(head.subject, head.charset, head.header_encoding)
        assert subject.count(f"=?{answer.charset}?{answer.header_encoding}?") >= 1
        assert all(len(line) <= 76 for line in subject.split("\r\n"))

    def test_the_needed_ones_are_there(self):
        used = {answer.charset for answer in charsets.ANSWERS}
        assert used >= {
            *("iso-8859-1", "iso-8859-15", "windows-1252", "koi8-r", "windows-1251", "gb2312", "gb18030", "big5"),
            *("iso-2022-jp", "shift_jis", "euc-jp", "windows-1256", "iso-8859-6"),
        }

    def test_html_of_old_charsets_is_readable_too(self):
        for answer in (answer for answer in charsets.ANSWERS if answer.rich):
            rich = by_subject(CAMILLE, answer.subject).get_body(("html",))
            assert rich is not None
            assert answer.text.split("\n")[0] in rich.get_content()


class TestKinds:
    def test_newsletters_in_three_languages_and_many_designs(self):
        for person in STUDIO:
            lists = [message for message in messages(person) if message["List-Id"]]
            grounds = {_html(message).split("background-color:")[1][:7] for message in lists}
            assert len(lists) >= 8
            assert {_html(message).split('lang="')[1][:2] for message in lists} >= {"en", "fr", "de", "ja"}
            assert len(grounds) >= 5
            assert all("https://" in _html(message) and "<table" in _html(message) for message in lists)

    def test_pictures_of_newsletters_are_there_to_be_shown(self):
        there = "http://127.0.0.1:1"
        bodies = [_html(parsed(one)) for one in letters(CAMILLE, NOW, there) if b"List-Id" in one.raw]
        paths = {path for body in bodies for path in re.findall(rf'src="{there}([^"]+)"', body)}
        assert paths == set(demo_pictures.DRAWN)
        assert all((demo_pictures.picture(path) or b"").startswith(b"\xff\xd8") for path in paths)
        assert demo_pictures.picture("/etc/passwd") is None

    @pytest.mark.parametrize("person", STUDIO, ids=lambda person: person.login)
    @pytest.mark.parametrize(
        "media_type",
        [
            *("text/calendar", "multipart/signed", "application/pkcs7-signature", "application/pgp-signature"),
            *(
                "multipart/encrypted",
                "multipart/report",
                "message/delivery-status",
                "message/rfc822",
                "multipart/related",
            ),
            *sorted(BINARY_TYPES),
            *sorted(OPEN_TYPES),
        ],
    )
    def test_every_kind_is_in_every_box(self, person, media_type):
        assert with_type(person, media_type)

    def test_inline_pictures_are_found_by_their_id(self):
        message = by_subject(CAMILLE, "Samples: kozo, gampi, mitsumata")
        ids = {part["Content-ID"].strip("<>") for part in message.walk() if part["Content-ID"]}
        assert len(ids) == 2
        assert all(f"cid:{one}" in _html(message) for one in ids)

    def test_invitation(self):
        invitation = next(part for part in with_type(CAMILLE, "text/calendar") if part.get_param("method"))
        content = invitation.get_content()
        assert invitation.get_param("method") == "REQUEST"
        assert "METHOD:REQUEST" in content.splitlines()
        assert "TZID=Romance Standard Time" in content
        assert all(len(line.encode()) <= 75 for line in content.splitlines())

    def test_report_names_the_lost_mail(self):
        report = by_subject(JONAS, "Not delivered: Quote 2025-118")
        status = next(part for part in report.walk() if part.get_content_type() == "message/delivery-status")
        assert "Status: 5.1.1" in status.as_string()

    def test_smime_signature_verifies(self, tmp_path):
        raw = next(p.raw for p in box(CAMILLE) if b"application/pkcs7-signature" in p.raw)
        (tmp_path / "signed.eml").write_bytes(raw)
        command = ["openssl", "cms", "-verify", "-noverify", "-in", "signed.eml", "-out", "text"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        changed = raw.replace(b"virgule", b"Virgule")
        assert changed != raw
        (tmp_path / "signed.eml").write_bytes(changed)
        assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0

    def test_phishing_says_one_address_and_links_to_another(self):
        assert 'verify?user=you">https://mail.demo.test/' in _html(
            by_subject(CAMILLE, "Your mailbox is full, act within 24 hours")
        )

    def test_spam_is_in_junk_with_tracking_pixels(self):
        spam = [m for m, p in zip(messages(CAMILLE), box(CAMILLE), strict=True) if p.folder == "Junk"]
        assert any('width="1" height="1"' in _html(message) for message in spam)

    def test_broken_ones_are_broken(self):
        defects = {type(defect).__name__ for m in messages(CAMILLE) for part in m.walk() for defect in part.defects}
        assert "CloseBoundaryNotFoundDefect" in defects
        assert any(not message.keys() for message in messages(CAMILLE))
        assert any(message["Date"] and message["Date"].datetime is None for message in messages(CAMILLE))
        assert any(message["Subject"] == "" for message in messages(CAMILLE))
        assert any(placed.raw.split(b"\r\n\r\n")[0].isascii() is False for placed in box(CAMILLE))

    def test_forwarded_messages_are_whole(self):
        both = by_subject(YUKI, "Fwd: l’armoire, toute l’histoire")
        inner = [part for part in both.walk() if part.get_content_type() == "message/rfc822"]
        names = [part.get_content()["From"].addresses[0].display_name for part in inner]
        assert names == ["Günter Weiß", "Théo Garnier"]

    def test_oddities_are_for_the_main_people_only(self):
        assert not list(oddities.placed(PIA, NOW))


def _html(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    return body.get_content() if body is not None else ""


class TestFiles:
    def test_every_file_opens(self):
        magic = {
            "application/pdf": b"%PDF-",
            "image/png": b"\x89PNG",
            "image/jpeg": b"\xff\xd8\xff",
            "image/tiff": b"II*\0",
        }
        seen: Counter[str] = Counter()
        for part in readable_files():
            media_type = part.get_content_type()
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            if media_type in magic:
                assert data.startswith(magic[media_type])
            elif media_type == "application/zip" or "openxmlformats" in media_type:
                assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
            elif media_type == "audio/wav":
                with wave.open(io.BytesIO(data)) as sound:
                    assert sound.getnframes() > 8000
            seen[media_type] += 1
        assert seen.keys() >= BINARY_TYPES
        assert any("spreadsheetml" in one for one in seen)
        assert any("wordprocessingml" in one for one in seen)

    def test_pdf_cross_references_point_at_objects(self):
        for made in (attachments.pdf("a.pdf", "Título", "une ligne"), attachments.print_pdf("b.pdf")):
            data = made.content()
            start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
            assert data[start:].startswith(b"xref\n")
            offsets = [int(line.split()[0]) for line in data[start:].split(b"\n") if line.endswith(b" n ")]
            assert all(data[offset:].startswith(b"%d 0 obj" % number) for number, offset in enumerate(offsets, 1))

    def test_names_beyond_ascii_come_back(self):
        part = wire.file_part("été & 紙.pdf", "application/pdf", b"x")
        assert email.message_from_bytes(part, policy=default).get_filename() == "été & 紙.pdf"
