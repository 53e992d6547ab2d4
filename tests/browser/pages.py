"""Every page of the product. Walked by test_every_page.py and its like, and pictured by tests/screenshots.

A page that is missing here fails tests/test_every_url.py.
"""

from collections.abc import Iterator
from typing import NamedTuple

from playwright.sync_api import Page


class Seen(NamedTuple):
    """`view`: the URL's name; `name`: what a picture of it is called."""

    view: str
    name: str
    address: str


# {inbox}, {account}: of the first account; {person}: the first of all people. {message}, {bare}: a message of the list,
# with the list's page and without; {answer}: where it is answered.
OF_A_MESSAGE = (
    Seen("mailbox:message", "message", "{message}"),
    Seen("compose:reply", "reply", "{answer}reply/"),
    Seen("mailbox:source", "message-source", "{bare}source/"),
    Seen("mailbox:printed", "message-printed", "{bare}print/"),
)
OF_THE_FIRST_MESSAGE = (
    Seen("mailbox:preview", "file-preview", "{bare}part/2/preview/"),
    Seen("compose:reply", "reply-to-all", "{answer}all/"),
    Seen("compose:reply", "forward", "{answer}forward/"),
)
OF_AN_ACCOUNT = (
    Seen("mailbox:folder", "list", "{inbox}"),
    *(
        Seen("mailbox:folder", f"list-{folder.lower()}", f"/mail/{{account}}/{folder}/")
        for folder in ("Sent", "Drafts", "Trash", "Junk", "Archive")
    ),
    Seen("mailbox:folder", "list-unread", "{inbox}?q=is:unread"),
    Seen("mailbox:folder", "list-nothing-found", "{inbox}?q=nothing+like+this"),
    Seen("mailbox:search", "search-fields", "{inbox}search/"),
    Seen("mailbox:folder", "list-of-an-own-folder", "/mail/{account}/{own}/"),
    Seen("mailbox:folder_list", "folders", "/folders/{account}/"),
    Seen("mailbox:folder_create", "folder-create", "/folders/{account}/new/"),
    Seen("mailbox:folder_rename", "folder-rename", "/folders/{account}/{own}/rename/"),
    Seen("mailbox:folder_move", "folder-move", "/folders/{account}/{own}/move/"),
    Seen("mailbox:folder_delete", "folder-delete", "/folders/{account}/{own}/delete/"),
    Seen("mailbox:folder_empty", "folder-empty", "/folders/{account}/Trash/empty/"),
    Seen("compose:new", "compose", "/compose/"),
    Seen("compose:outbox", "outbox", "/outbox/"),
    Seen("bulk:jobs", "jobs", "/jobs/"),
)
SETTINGS = (
    Seen("accounts:profile", "settings-you", "/settings/"),
    Seen("accounts:appearance", "settings-appearance", "/settings/appearance/"),
    Seen("accounts:reading", "settings-reading", "/settings/reading/"),
    Seen("accounts:writing", "settings-writing", "/settings/writing/"),
    Seen("mailbox:keyboard", "settings-keyboard", "/settings/keyboard/"),
    Seen("mailbox:pictures", "settings-privacy", "/settings/pictures/"),
    Seen("accounts:security", "settings-security", "/settings/security/"),
    Seen("accounts:password", "settings-password", "/settings/password/"),
    Seen("accounts:settings_search", "settings-search", "/settings/search/?q=s"),
    Seen("accounts:account_list", "settings-accounts", "/settings/accounts/"),
    Seen("accounts:account_change", "settings-account", "/settings/accounts/{account}/"),
    Seen("accounts:account_remove", "settings-account-remove", "/settings/accounts/{account}/remove/"),
    Seen("accounts:account_add", "settings-account-add", "/settings/accounts/add/"),
    Seen("accounts:account_add", "settings-account-found", "/settings/accounts/add/?address=somebody@example.org"),
)
OF_ADMINS = (
    Seen("accounts:people", "people", "/people/"),
    Seen("accounts:person_add", "person-add", "/people/add/"),
    Seen("accounts:person_change", "person", "{person}"),
    Seen("accounts:person_delete", "person-delete", "{person}delete/"),
)
ALL = (*OF_AN_ACCOUNT, *OF_A_MESSAGE, *OF_THE_FIRST_MESSAGE, *SETTINGS, *OF_ADMINS)
# Pages that are there only after something was done; walked by the tests that do it.
ELSEWHERE = {
    "compose:draft": "tests/compose",
    "compose:outgoing": "tests/compose",
    "mailbox:within": "tests/browser/test_within.py",
    "accounts:sign_in": "who is signed in is led on",
}


def pages(page: Page, home: str, messages: int = 3, own: str = "Projects") -> Iterator[Seen]:
    """What `page` can go to from the inbox it shows, as an admin; `home` is the site's address. The first `messages` of
    the list are opened; a folder named `own` must be there, and a file in the first message."""
    inbox = page.url.removeprefix(home)
    values = {"inbox": inbox, "account": inbox.split("/")[2], "own": own}
    rows = [link.get_attribute("href") or "" for link in page.locator("#rows .row-link").all()[:messages]]
    yield from _filled((*OF_AN_ACCOUNT, *SETTINGS), values)
    for number, message in enumerate(rows):
        names = {
            "message": message,
            "bare": message.partition("?")[0],
            "answer": message.replace("/mail/", "/compose/"),
        }
        wanted = (*OF_A_MESSAGE, *(OF_THE_FIRST_MESSAGE if number == 0 else ()))
        yield from _filled(wanted, names, f"-{number + 1}" if number else "")
    page.goto(f"{home}/people/")
    person = page.locator("table.people a.icon-btn").first.get_attribute("href") or ""
    yield from _filled(OF_ADMINS, {"person": person})


def _filled(wanted: tuple[Seen, ...], values: dict[str, str], suffix: str = "") -> Iterator[Seen]:
    for seen in wanted:
        yield Seen(seen.view, seen.name + suffix, seen.address.format(**values))
