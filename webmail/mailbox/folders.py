"""One LIST answer → folders with roles, in the order of the folder column. Pure.

Roles come from SPECIAL-USE attributes (RFC 6154) where the server gives any, else from the names that mail programs
give these folders in the languages they speak; each role goes to one folder at most.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from webmail.mailbox.base import Folder, FolderRefused, Role

LONGEST = 400  # characters of a full name
UNSHOWN = {"Cc", "Cs", "Zl", "Zp"}  # of Unicode's categories


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


def is_name(name: str, delimiter: str | None) -> bool:
    """Whether a folder may be given this full name here. Any script and any sign, but for controls and line breaks,
    which no list could show."""
    levels = name.split(delimiter) if delimiter else [name]
    odd = any(unicodedata.category(character) in UNSHOWN for character in name)
    return addressable(name) and not odd and len(name) <= LONGEST and all(map(str.strip, levels))


def delimiter_of(folders: Iterable[Folder]) -> str | None:
    """What stands between the levels of a name; None where the server knows no levels."""
    return next((folder.delimiter for folder in folders if folder.delimiter), None)


def top_of(folders: Sequence[Folder]) -> str:
    """What comes before the name of a folder at the top: "INBOX." on servers that keep every folder below INBOX, else
    nothing. Told by the folders that are there: NAMESPACE (RFC 2342) would be a question more."""
    delimiter = delimiter_of(folders)
    others = [folder for folder in folders if folder.role != Role.INBOX]
    named = [folder for folder in others if folder.role != Role.NONE] or others
    prefix = f"INBOX{delimiter}"
    return prefix if delimiter and named and all(folder.name.startswith(prefix) for folder in named) else ""


def full_name(folders: Sequence[Folder], parent: str, label: str) -> str:
    """Of a folder called `label` inside `parent`, "" for the top. FolderRefused where the label holds what stands
    between levels."""
    delimiter = delimiter_of(folders)
    if delimiter and delimiter in label:
        raise FolderRefused(_("A folder name can’t have “%(character)s” in it.") % {"character": delimiter})
    return f"{parent}{delimiter}{label}" if parent else top_of(folders) + label


def parent_of(folders: Sequence[Folder], folder: Folder) -> str:
    """The full name of the folder above, "" at the top."""
    above = folder.name.rpartition(folder.delimiter)[0] if folder.delimiter else ""
    if above + (folder.delimiter or "") == top_of(folders):
        return ""
    return above if any(each.name == above for each in folders) else ""


def below(folders: Iterable[Folder], folder: Folder) -> list[Folder]:
    """The folders within this one, however deep, in their order."""
    return [each for each in folders if folder.delimiter and each.name.startswith(folder.name + folder.delimiter)]


def arrange(listed: Iterable[Listed]) -> list[Folder]:
    """Inbox, drafts, sent, archive, junk, trash, then own folders by name; children directly after their parent."""
    entries = _without_doubles(listed)
    roles = _roles(entries)
    subscribed = _subscribed(entries, roles)
    folders = [_folder(entry, roles.get(entry.name, Role.NONE), entry.name in subscribed) for entry in entries]
    return _in_order(folders)


def _subscribed(entries: Collection[Listed], roles: Mapping[str, Role]) -> set[str]:
    """Where neither the inbox nor an own folder is subscribed, no program of its owner cares, and all are wanted: to
    sent mail, drafts and the like servers subscribe by themselves."""
    chosen = {entry.name for entry in entries if "\\subscribed" in entry.flags}
    meant = any(roles.get(name, Role.INBOX) == Role.INBOX for name in chosen)
    return chosen if meant else {entry.name for entry in entries}


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


def _folder(entry: Listed, role: Role, subscribed: bool) -> Folder:
    selectable = "\\noselect" not in entry.flags and addressable(entry.name)
    return Folder(entry.name, _label(entry), role, entry.delimiter, 0, selectable, subscribed or role != Role.NONE)


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
