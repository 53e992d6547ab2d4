"""What every Mailbox does, whatever lies behind it. Subclasses give the fixture `mailbox`."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.mailbox.letters import PLAIN, html_with_picture, plain, with_file
from webmail.mailbox.base import (
    PAGE_SIZE,
    FolderExists,
    FolderRefused,
    Mailbox,
    MessageRef,
    NoSuchFolder,
    NoSuchMessage,
    Role,
    StaleReference,
)
from webmail.mailbox.query import parse
from webmail.mime.text import decode_transfer

ODD_NAMES = [
    "Rechnungen & Belege",
    "100 % fertig?",
    "été à la mer",
    "日本語のフォルダ",
    "emoji 🎉 party",
    "a~b#c[d]",
    'with "quotes"',
    "star * and",
    "Ame\u0301lie",
]


class MailboxContract:
    def add(
        self, mailbox: Mailbox, *raws: bytes, folder: str = "INBOX", flags: tuple[str, ...] = ()
    ) -> list[MessageRef]:
        """Put messages into a folder; their places, in that order."""
        for raw in raws:
            mailbox.append(folder, raw, flags=flags)
        rows = mailbox.list_messages(folder).rows
        return [row.ref for row in reversed(rows[: len(raws)])]

    # -- folders

    def test_standard_folders_come_first(self, mailbox: Mailbox):
        roles = [folder.role for folder in mailbox.folders()]
        assert roles[:6] == [Role.INBOX, Role.DRAFTS, Role.SENT, Role.ARCHIVE, Role.JUNK, Role.TRASH]

    def test_own_folders_after_them_children_below_their_parent(self, mailbox: Mailbox):
        for name in ("Zebra", "Clients", "Clients/Exhibition", "Clients/Archive", "archive of old"):
            mailbox.create_folder(name)
        own = [(folder.name, folder.depth) for folder in mailbox.folders()[6:]]
        assert own == [
            ("archive of old", 0),
            ("Clients", 0),
            ("Clients/Archive", 1),
            ("Clients/Exhibition", 1),
            ("Zebra", 0),
        ]

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_folder_with_an_odd_name(self, mailbox: Mailbox, name: str):
        assert mailbox.create_folder(name).name == name
        [ref] = self.add(mailbox, PLAIN, folder=name)
        assert ref.folder == name
        assert mailbox.get_message(ref).headers.subject == "Tea at four"
        mailbox.move(name, ref.uidvalidity, [ref.uid], "Trash")
        mailbox.delete_folder(name)
        assert name not in [folder.name for folder in mailbox.folders()]

    def test_folder_that_is_there_already(self, mailbox: Mailbox):
        mailbox.create_folder("Work")
        with pytest.raises(FolderExists):
            mailbox.create_folder("Work")
        with pytest.raises(FolderExists):
            mailbox.create_folder("inbox")

    @pytest.mark.parametrize("name", ["", "  ", "a//b", "/a", "a/", "line\r\nbreak", "nul\0", "x" * 401])
    def test_folder_name_that_is_none(self, mailbox: Mailbox, name: str):
        with pytest.raises(FolderRefused):
            mailbox.create_folder(name)

    def test_rename_takes_mail_and_children_along(self, mailbox: Mailbox):
        mailbox.create_folder("Old")
        mailbox.create_folder("Old/Below")
        self.add(mailbox, PLAIN, folder="Old")
        assert mailbox.rename_folder("Old", "New & better").name == "New & better"
        assert mailbox.list_messages("New & better").total == 1
        names = [folder.name for folder in mailbox.folders()]
        assert "New & better/Below" in names
        assert "Old" not in names

    def test_rename_onto_another(self, mailbox: Mailbox):
        mailbox.create_folder("One")
        mailbox.create_folder("Two")
        with pytest.raises(FolderExists):
            mailbox.rename_folder("One", "Two")

    def test_rename_into_itself(self, mailbox: Mailbox):
        mailbox.create_folder("One")
        with pytest.raises(FolderRefused):
            mailbox.rename_folder("One", "One/Inner")

    @pytest.mark.parametrize("name", ["INBOX", "Trash", "Sent"])
    def test_folder_with_a_role_stays(self, mailbox: Mailbox, name: str):
        with pytest.raises(FolderRefused):
            mailbox.delete_folder(name)
        with pytest.raises(FolderRefused):
            mailbox.rename_folder(name, "Other")

    def test_folder_with_mail_or_children_stays(self, mailbox: Mailbox):
        mailbox.create_folder("Full")
        self.add(mailbox, PLAIN, folder="Full")
        mailbox.create_folder("Parent/Child")
        mailbox.create_folder("Parent2")
        mailbox.create_folder("Parent2/Child")
        for name in ("Full", "Parent2"):
            with pytest.raises(FolderRefused):
                mailbox.delete_folder(name)

    def test_folder_that_is_not_there(self, mailbox: Mailbox):
        with pytest.raises(NoSuchFolder):
            mailbox.list_messages("Nowhere")
        with pytest.raises(NoSuchFolder):
            mailbox.get_message(MessageRef("Nowhere", 1, 1))
        with pytest.raises(NoSuchFolder):
            mailbox.append("Nowhere", PLAIN)
        with pytest.raises(NoSuchFolder):
            mailbox.delete_folder("Nowhere")
        with pytest.raises(NoSuchFolder):
            mailbox.folder("Nowhere")

    def test_move_into_a_folder_that_is_not_there_loses_nothing(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, PLAIN)
        with pytest.raises(NoSuchFolder):
            mailbox.move("INBOX", ref.uidvalidity, [ref.uid], "Nowhere")
        assert mailbox.list_messages("INBOX").total == 1

    def test_counts(self, mailbox: Mailbox):
        self.add(mailbox, PLAIN, plain())
        self.add(mailbox, PLAIN, folder="Archive", flags=("\\Seen",))
        counts = mailbox.counts()
        assert (counts["INBOX"].total, counts["INBOX"].unread) == (2, 2)
        assert (counts["Archive"].total, counts["Archive"].unread) == (1, 0)
        assert set(counts) <= {folder.name for folder in mailbox.folders()}

    # -- lists

    def test_empty_folder(self, mailbox: Mailbox):
        page = mailbox.list_messages("INBOX")
        assert (page.total, page.number, page.last_number, page.rows, page.unread) == (0, 1, 1, (), 0)

    def test_newest_first(self, mailbox: Mailbox):
        self.add(mailbox, plain("one"), plain("two"), plain("three"))
        page = mailbox.list_messages("INBOX")
        assert [row.headers.subject for row in page.rows] == ["three", "two", "one"]
        assert (page.total, page.unread, page.folder.role) == (3, 3, Role.INBOX)

    def test_row_says_what_a_list_shows(self, mailbox: Mailbox):
        received = datetime(2025, 10, 14, 12, 0, tzinfo=UTC)
        mailbox.append("INBOX", PLAIN, flags=("\\Flagged", "\\Answered"), received=received)
        mailbox.append("INBOX", with_file())
        file_row, row = mailbox.list_messages("INBOX").rows
        assert (row.headers.sender[0].name, row.headers.sender[0].address) == ("Ann Lee", "ann@example.org")
        assert mailbox.get_message(row.ref).headers.message_id == "<tea@example.org>"
        assert (row.flagged, row.answered, row.seen, row.has_attachments) == (True, True, False, False)
        assert (row.received, row.size) == (received, len(PLAIN))
        assert row.date == datetime(2025, 10, 14, 11, 58, tzinfo=UTC)
        assert file_row.has_attachments

    def test_pages(self, mailbox: Mailbox):
        for number in range(PAGE_SIZE + 3):
            mailbox.append("INBOX", plain(f"n{number}"))
        first, second = mailbox.list_messages("INBOX"), mailbox.list_messages("INBOX", 2)
        assert (len(first.rows), first.has_next, first.last_number) == (PAGE_SIZE, True, 2)
        assert [row.headers.subject for row in second.rows] == ["n2", "n1", "n0"]
        assert (second.first_index, second.last_index, second.has_next) == (PAGE_SIZE + 1, PAGE_SIZE + 3, False)
        assert mailbox.list_messages("INBOX", 99).number == 2
        found = mailbox.list_messages("INBOX", 2, parse("subject:n"))
        assert ([row.headers.subject for row in found.rows], found.total) == (["n2", "n1", "n0"], PAGE_SIZE + 3)

    @pytest.mark.parametrize(
        ("typed", "subjects"),
        [
            ("from:ann", ["Café", "Tea at four"]),
            ("to:alice", ["Café", "With a file", "Tea at four"]),
            ("subject:tea", ["Tea at four"]),
            ("subject:café", ["Café"]),
            ("cups", ["Tea at four"]),
            ('"blue cups"', ["Tea at four"]),
            ('"cups blue"', []),
            ("is:unread", ["Café", "Tea at four"]),
            ("is:read", ["With a file"]),
            ("is:starred", ["With a file"]),
            ("has:attachment", ["With a file"]),
            ("before:2025-10-14", []),
            ("before:2025-10-15 after:2025-10-14", ["Tea at four"]),
            ("from:ann is:starred", []),
            ("-from:ann", ["With a file"]),
            ("-is:unread", ["With a file"]),
            ("is:starred OR subject:tea", ["With a file", "Tea at four"]),
            ("tea OR -from:ann", ["With a file", "Tea at four"]),
            ("is:answered", []),
            ("body:cups", ["Tea at four"]),
            ("body:ann@example.org", []),
            ("larger:1k", []),
            ("smaller:1M", ["Café", "With a file", "Tea at four"]),
            ("newer_than:1w", []),
            ("older_than:1w subject:tea", ["Tea at four"]),
            ("de:ann objet:tea", ["Tea at four"]),
            ("nothing-like-this", []),
            ("sort:oldest", ["Tea at four", "With a file", "Café"]),
            ("sort:oldest from:ann", ["Tea at four", "Café"]),
            ("sort:subject", ["Café", "Tea at four", "With a file"]),
            ("sort:from", ["Café", "Tea at four", "With a file"]),
            ("sort:size", ["With a file", "Café", "Tea at four"]),
        ],
    )
    def test_search(self, mailbox: Mailbox, typed: str, subjects: list[str]):
        came = datetime(2025, 12, 1, 10, tzinfo=UTC)
        mailbox.append("INBOX", PLAIN, received=came)
        dated = "Date: Mon, 01 Dec 2025 10:00:00 +0000\r\n"
        filed = with_file().replace(b"Subject", dated.encode() + b"Subject")
        mailbox.append("INBOX", filed, flags=("\\Seen", "\\Flagged"), received=came + timedelta(hours=1))
        mailbox.append("INBOX", plain("=?utf-8?q?Caf=C3=A9?=", more=dated), received=came + timedelta(hours=2))
        page = mailbox.list_messages("INBOX", query=parse(typed))
        assert [row.headers.subject for row in page.rows] == subjects
        assert page.total == len(subjects)
        assert not page.coverage.unordered

    def test_search_in_all_folders(self, mailbox: Mailbox):
        for hour, folder in enumerate(("INBOX", "Archive", "Junk", "Trash", "INBOX")):
            came = datetime(2025, 10, 14, hour, tzinfo=UTC)
            mailbox.append(folder, plain(f"Cups {hour}"), received=came)
        found = mailbox.list_messages("INBOX", query=parse("in:all subject:cups"))
        assert [row.headers.subject for row in found.rows] == ["Cups 4", "Cups 1", "Cups 0"]
        assert [row.ref.folder for row in found.rows] == ["INBOX", "Archive", "INBOX"]
        assert [folder.role for folder in found.coverage.left_out] == [Role.JUNK, Role.TRASH]
        assert (found.total, found.unread, found.coverage.wide) == (3, None, True)
        anywhere = mailbox.list_messages("Archive", query=parse("in:anywhere subject:cups sort:oldest"))
        assert [row.headers.subject for row in anywhere.rows] == [f"Cups {hour}" for hour in range(5)]
        assert anywhere.coverage.left_out == ()

    def test_pages_of_a_search_in_all_folders(self, mailbox: Mailbox):
        for number in range(PAGE_SIZE + 3):
            came = datetime(2025, 10, 14, 12, number, tzinfo=UTC)
            mailbox.append("INBOX" if number % 2 else "Archive", plain(f"Cups {number}"), received=came)
        pages = [mailbox.list_messages("INBOX", page, parse("in:all cups")) for page in (1, 2)]
        assert [len(page.rows) for page in pages] == [PAGE_SIZE, 3]
        subjects = [row.headers.subject for page in pages for row in page.rows]
        assert subjects == [f"Cups {number}" for number in reversed(range(PAGE_SIZE + 3))]

    def test_search_carries_no_command(self, mailbox: Mailbox):
        mailbox.append("INBOX", PLAIN)
        assert mailbox.list_messages("INBOX", query=parse('x"\r\nA1 CREATE evil\r\n')).rows == ()
        assert "evil" not in [folder.name for folder in mailbox.folders()]

    # -- one message

    def test_message_and_its_text(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, PLAIN)
        message = mailbox.get_message(ref)
        assert message.ref == ref
        assert message.sender.address == "ann@example.org"
        assert message.body.text is not None
        assert mailbox.read_part(ref, message.body.text) == b"Bring the blue cups.\r\n"
        assert mailbox.read_part(ref, message.body.text, 5) == b"Bring"
        assert not mailbox.get_message(ref).summary.seen

    def test_attachment_streams_decoded(self, mailbox: Mailbox):
        content = bytes(range(256)) * 6000  # 1.5 MB: several chunks, cut anywhere in the base64
        [ref] = self.add(mailbox, with_file(content=content))
        [part] = mailbox.get_message(ref).body.attachments
        assert (part.filename, part.section) == ("plan.pdf", "2")
        assert b"".join(mailbox.stream_part(ref, part)) == content
        assert decode_transfer(mailbox.read_part(ref, part), part.encoding) == content

    def test_a_piece_of_an_attachment(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, with_file(content=bytes(range(256)) * 6000))
        [part] = mailbox.get_message(ref).body.attachments
        whole = mailbox.read_part(ref, part)
        for start, stop in ((0, None), (0, 0), (5, 6), (1000, 1_200_000), (len(whole) - 3, None), (len(whole), None)):
            assert b"".join(mailbox.stream_encoded(ref, part, start, stop)) == whole[start:stop]
        assert b"".join(mailbox.stream_encoded(ref, part, len(whole) - 3, len(whole) + 9)) == whole[-3:]

    def test_inline_picture(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, html_with_picture('<p>Hi <img src="cid:dot"></p>'))
        body = mailbox.get_message(ref).body
        assert body.html is not None
        assert [part.content_id for part in body.inline] == ["dot"]

    def test_raw_is_what_was_stored(self, mailbox: Mailbox):
        raw = with_file(content=b"x" * 900_000)
        [ref] = self.add(mailbox, raw)
        assert b"".join(mailbox.stream_raw(ref)) == raw

    def test_message_that_is_gone(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, PLAIN)
        for uid in (ref.uid + 1, 2**32, 0):
            with pytest.raises(NoSuchMessage):
                mailbox.get_message(MessageRef("INBOX", ref.uidvalidity, uid))
        part = mailbox.get_message(ref).structure
        mailbox.move("INBOX", ref.uidvalidity, [ref.uid], "Trash")
        with pytest.raises(NoSuchMessage):
            mailbox.get_message(ref)
        with pytest.raises(NoSuchMessage):
            mailbox.read_part(ref, part)
        with pytest.raises(NoSuchMessage):
            list(mailbox.stream_raw(ref))

    def test_stale_reference_does_nothing(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, PLAIN)
        old = ref.uidvalidity + 1
        with pytest.raises(StaleReference):
            mailbox.get_message(MessageRef("INBOX", old, ref.uid))
        with pytest.raises(StaleReference):
            mailbox.set_flags("INBOX", old, [ref.uid], add=["\\Seen"])
        with pytest.raises(StaleReference):
            mailbox.move("INBOX", old, [ref.uid], "Trash")
        with pytest.raises(StaleReference):
            mailbox.delete("INBOX", old, [ref.uid])
        [row] = mailbox.list_messages("INBOX").rows
        assert not row.seen

    def test_folder_made_anew_makes_references_stale(self, mailbox: Mailbox):
        mailbox.create_folder("Again")
        [ref] = self.add(mailbox, PLAIN, folder="Again")
        mailbox.move("Again", ref.uidvalidity, [ref.uid], "Trash")
        mailbox.delete_folder("Again")
        time.sleep(self.uidvalidity_tick)
        mailbox.create_folder("Again")
        self.add(mailbox, plain("another"), folder="Again")
        with pytest.raises(StaleReference):
            mailbox.get_message(ref)

    uidvalidity_tick = 0.0  # seconds until the mailbox gives a new folder another UIDVALIDITY

    # -- changes

    def test_flags(self, mailbox: Mailbox):
        one, two = self.add(mailbox, plain("one"), plain("two"))
        mailbox.set_flags("INBOX", one.uidvalidity, [one.uid, 4711], add=["\\Seen", "\\Flagged", "$Forwarded", "kept"])
        by_uid = {row.ref.uid: row for row in mailbox.list_messages("INBOX").rows}
        row = by_uid[one.uid]
        assert (row.seen, row.flagged, row.forwarded, "kept" in row.flags) == (True, True, True, True)
        assert not by_uid[two.uid].seen
        changed = mailbox.set_flags("INBOX", one.uidvalidity, [two.uid, one.uid, 2**32, 0], remove=["\\Seen", "kept"])
        assert [(row.headers.subject, row.seen, row.flagged) for row in changed] == [
            ("one", False, True),
            ("two", False, False),
        ]
        row = mailbox.get_message(one).summary
        assert (row.seen, row.flagged, "kept" in row.flags) == (False, True, False)

    def test_move_says_where_to(self, mailbox: Mailbox):
        one, two, three = self.add(mailbox, plain("one"), plain("two"), plain("three"))
        places = mailbox.move("INBOX", one.uidvalidity, [one.uid, three.uid, 4711], "Archive")
        assert set(places) == {one.uid, three.uid}
        place = places[three.uid]
        assert place is not None
        assert mailbox.get_message(place).headers.subject == "three"
        assert [row.ref for row in mailbox.list_messages("INBOX").rows] == [two]

    def test_move_keeps_flags_and_date(self, mailbox: Mailbox):
        received = datetime(2024, 2, 29, 8, 30, tzinfo=UTC)
        mailbox.append("INBOX", PLAIN, flags=("\\Seen", "\\Flagged"), received=received)
        [row] = mailbox.list_messages("INBOX").rows
        mailbox.move("INBOX", row.ref.uidvalidity, [row.ref.uid], "Archive")
        [moved] = mailbox.list_messages("Archive").rows
        assert (moved.seen, moved.flagged, moved.received) == (True, True, received)

    def test_move_within_the_folder_does_nothing(self, mailbox: Mailbox):
        [ref] = self.add(mailbox, PLAIN)
        assert mailbox.move("INBOX", ref.uidvalidity, [ref.uid], "INBOX") == {}
        assert mailbox.list_messages("INBOX").total == 1

    def test_delete_takes_these_only(self, mailbox: Mailbox):
        one, two, three = self.add(mailbox, plain("one"), plain("two"), plain("three"))
        mailbox.set_flags("INBOX", one.uidvalidity, [three.uid], add=["\\Deleted"])
        mailbox.delete("INBOX", one.uidvalidity, [one.uid])
        assert {row.ref for row in mailbox.list_messages("INBOX").rows} == {two, three}

    def test_append_says_where(self, mailbox: Mailbox):
        ref = mailbox.append("Drafts", PLAIN, flags=("\\Draft", "\\Seen"))
        assert ref is not None
        summary = mailbox.get_message(ref).summary
        assert (summary.draft, summary.seen) == (True, True)

    def test_find_message_id(self, mailbox: Mailbox):
        self.add(mailbox, PLAIN, plain("other"), folder="Sent")
        newest = mailbox.append("Sent", PLAIN)
        assert mailbox.find_message_id("Sent", "<tea@example.org>") == newest
        assert mailbox.find_message_id("Sent", "<coffee@example.org>") is None
        assert mailbox.find_message_id("Sent", "") is None
        assert mailbox.find_message_id("INBOX", "<tea@example.org>") is None
