"""One LIST answer → folders with roles, in the order of the folder column. Pure.

Roles come from SPECIAL-USE attributes (RFC 6154) where the server gives any, else from the names that mail programs
give these folders in the languages they speak; each role goes to one folder at most.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from webmail.mailbox.base import Folder, Role


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of LIST (RFC 9051, 7.3.1): decoded name, delimiter, attributes in any case."""

    name: str
    delimiter: str | None
    flags: frozenset[str]


SPECIAL_USE = {
    "\\drafts": Role.DRAFTS,
    "\\sent": Role.SENT,
    "\\archive": Role.ARCHIVE,
    "\\junk": Role.JUNK,
    "\\trash": Role.TRASH,
}
ROLE_ORDER = (Role.INBOX, Role.DRAFTS, Role.SENT, Role.ARCHIVE, Role.JUNK, Role.TRASH)

# What servers and mail programs call them: English, French, German, Spanish, Italian, Portuguese, Dutch, Polish,
# Swedish, Russian.
NAMES = {
    Role.DRAFTS: (
        "drafts|draft|brouillons|brouillon|entwürfe|entwurf|borradores|borrador|bozze|rascunhos|concepten|"
        "wersje robocze|utkast|черновики"
    ),
    Role.SENT: (
        "sent|sent items|sent messages|sent mail|envoyés|messages envoyés|éléments envoyés|courrier envoyé|envoyé|"
        "gesendet|gesendete objekte|gesendete elemente|enviados|elementos enviados|inviati|posta inviata|"
        "itens enviados|verzonden|verzonden items|wysłane|skickat|отправленные"
    ),
    Role.ARCHIVE: "archive|archives|archiv|archivo|archivio|arquivo|archief|archiwum|arkiv|архив|all mail",
    Role.JUNK: (
        "junk|junk e-mail|junk email|junk mail|spam|bulk mail|indésirables|courrier indésirable|pourriel|pourriels|"
        "unerwünscht|werbung|correo no deseado|posta indesiderata|lixo eletrônico|ongewenste e-mail|skräppost|спам"
    ),
    Role.TRASH: (
        "trash|deleted|deleted items|deleted messages|bin|corbeille|éléments supprimés|messages supprimés|"
        "papierkorb|gelöscht|gelöschte objekte|gelöschte elemente|papelera|elementos eliminados|cestino|"
        "posta eliminata|lixeira|itens excluídos|prullenbak|verwijderde items|kosz|papperskorgen|корзина|удаленные"
    ),
}
ROLE_OF_NAME = {name: role for role, names in NAMES.items() for name in names.split("|")}


def addressable(name: str) -> bool:
    """Whether a command may carry this name: no line break, no NUL (RFC 9051, 9), no half of a surrogate pair."""
    return bool(name) and not re.search(r"[\0\r\n\ud800-\udfff]", name)


def arrange(listed: Iterable[Listed]) -> list[Folder]:
    """Inbox, drafts, sent, archive, junk, trash, then own folders by name; children directly after their parent."""
    entries = _without_doubles(listed)
    roles = _roles(entries)
    folders = [_folder(entry, roles.get(entry.name, Role.NONE)) for entry in entries]
    return _in_order(folders)


def _without_doubles(listed: Iterable[Listed]) -> list[Listed]:
    entries: dict[str, Listed] = {}
    for entry in listed:
        flags = frozenset(flag.lower() for flag in entry.flags)
        name = "INBOX" if entry.name.upper() == "INBOX" else entry.name
        if name and "\\nonexistent" not in flags:
            entries.setdefault(name, Listed(name, entry.delimiter, flags))
    return list(entries.values())


def _roles(entries: Collection[Listed]) -> dict[str, Role]:
    """SPECIAL-USE first; a role it leaves open goes to the shallowest folder with a fitting name."""
    roles: dict[str, Role] = {"INBOX": Role.INBOX}
    for entry in entries:
        for attribute, role in SPECIAL_USE.items():
            if attribute in entry.flags and role not in roles.values() and entry.name not in roles:
                roles[entry.name] = role
    for entry in sorted(entries, key=lambda entry: (_depth(entry), entry.name)):
        guess = ROLE_OF_NAME.get(_label(entry).lower())
        if guess and guess not in roles.values() and entry.name not in roles and _may_have_role(entry):
            roles[entry.name] = guess
    return roles


def _may_have_role(entry: Listed) -> bool:
    """By name alone only at the top, or right below INBOX, where Courier and Cyrus keep all folders."""
    parents = _segments(entry)[:-1]
    return "\\noselect" not in entry.flags and (not parents or parents in (["INBOX"], ["[Gmail]"], ["[Google Mail]"]))


def _segments(entry: Listed) -> list[str]:
    return entry.name.split(entry.delimiter) if entry.delimiter else [entry.name]


def _label(entry: Listed) -> str:
    return _segments(entry)[-1] or entry.name


def _depth(entry: Listed) -> int:
    return len(_segments(entry)) - 1


def _folder(entry: Listed, role: Role) -> Folder:
    selectable = "\\noselect" not in entry.flags and addressable(entry.name)
    return Folder(entry.name, _label(entry), role, entry.delimiter, 0, selectable)


def _in_order(folders: Collection[Folder]) -> list[Folder]:
    by_name = {folder.name: folder for folder in folders}
    children: dict[str | None, list[Folder]] = {}
    for folder in folders:
        children.setdefault(_listed_parent(folder, by_name), []).append(folder)
    ordered: list[Folder] = []
    waiting = [(folder, 0) for folder in sorted(children.get(None, ()), key=_rank, reverse=True)]
    while waiting:  # no recursion: a server may nest as deep as it likes
        folder, depth = waiting.pop()
        ordered.append(replace(folder, depth=depth))
        waiting += [(child, depth + 1) for child in sorted(children.get(folder.name, ()), key=_rank, reverse=True)]
    return ordered


def _listed_parent(folder: Folder, by_name: dict[str, Folder]) -> str | None:
    """The nearest folder above that the server listed. Folders with a role stand at the top wherever they live;
    INBOX is nobody's parent, because on many servers everything is below it."""
    if folder.role != Role.NONE or not folder.delimiter:
        return None
    name = folder.name
    while folder.delimiter in name:
        name = name.rpartition(folder.delimiter)[0]
        if name in by_name and name != "INBOX":
            return name
    return None


def _rank(folder: Folder) -> tuple[int, str, str]:
    place = ROLE_ORDER.index(folder.role) if folder.role in ROLE_ORDER else len(ROLE_ORDER)
    return place, folder.label.casefold(), folder.name
