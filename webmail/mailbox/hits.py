"""What messages of several folders are called on one page: a uid alone would name another one in the next folder.

rows.py writes key_of() where a row of one folder has its uid; views/search.py finds the messages again by places_of().
A key names its folder by a digest, so that it is short and fits into an id, a selector and a form field as it stands.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from webmail.mailbox.acts import Selection
from webmail.mailbox.base import Folder, MessageRef
from webmail.mailbox.kept import digested

KEY = re.compile(r"(\d{1,10})-(\d{1,10})-([0-9a-f]{12})", re.ASCII)


def key_of(ref: MessageRef) -> str:
    return f"{ref.uid}-{ref.uidvalidity}-{_mark(ref.folder)}"


@lru_cache(maxsize=1024)
def _mark(folder: str) -> str:
    return digested(folder)[:12]


def selections(keys: Iterable[str], folders: Iterable[Folder]) -> list[Selection]:
    """The messages of these keys, by folder; those of a folder that is gone are left out. ValueError for what is no
    key."""
    names = {_mark(folder.name): folder.name for folder in folders}
    found: dict[tuple[str, int], list[int]] = {}
    for key in keys:
        match = KEY.fullmatch(key)
        if match is None:
            raise ValueError("not a hit")
        if match[3] in names:
            found.setdefault((names[match[3]], int(match[2])), []).append(int(match[1]))
    return [Selection(folder, uidvalidity, uids) for (folder, uidvalidity), uids in found.items()]
