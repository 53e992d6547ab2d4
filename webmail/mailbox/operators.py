"""The names of search operators, and of their values that are words: as people of each language type them.

A new language is a new column of _TRANSLATED. Whatever the language of the interface, all names are understood: a
search that somebody was sent, or remembers from another program, works as it stands.
"""

NAMES = (
    *("from", "to", "cc", "subject", "body", "has", "is", "filename", "before", "after"),
    *("older_than", "newer_than", "larger", "smaller", "in", "sort"),
)
_TRANSLATED: dict[str, dict[str, str]] = {
    "fr": {
        "from": "de",
        "to": "à",
        "subject": "objet",
        "body": "corps",
        "has": "avec",
        "is": "est",
        "filename": "fichier",
        "before": "avant",
        "after": "après",
        "older_than": "plus_vieux",
        "newer_than": "plus_récent",
        "larger": "plus_grand",
        "smaller": "plus_petit",
        "in": "dans",
        "sort": "tri",
        "is:unread": "est:non-lu",
        "is:read": "est:lu",
        "is:starred": "est:suivi",
        "is:unstarred": "est:non-suivi",
        "is:answered": "est:répondu",
        "is:unanswered": "est:sans-réponse",
        "has:attachment": "avec:fichier",
        "in:here": "dans:ici",
        "in:all": "dans:tout",
        "in:anywhere": "dans:partout",
        "sort:newest": "tri:récent",
        "sort:oldest": "tri:ancien",
        "sort:from": "tri:de",
        "sort:subject": "tri:objet",
        "sort:size": "tri:taille",
    }
}
_OTHER_NAMES = {"since": "after", "depuis": "after", "sujet": "subject", "older": "older_than", "newer": "newer_than"}
_OTHER_NAMES |= {"apres": "after", "plus_recent": "newer_than", "plus_ancien": "older_than"}
_OTHER_VALUES = {"attachments": "attachment", "file": "attachment", "files": "attachment", "replied": "answered"}
_OTHER_VALUES |= {"pièce": "attachment", "pièce-jointe": "attachment", "piece-jointe": "attachment"}
_OTHER_VALUES |= {"flagged": "starred", "nonlu": "unread", "non_lu": "unread", "repondu": "answered"}
_OTHER_VALUES |= {"aujourd’hui": "today", "aujourd'hui": "today", "hier": "yesterday"}

# What is typed, in small letters → its English name.
ENGLISH: dict[str, str] = {name: name for name in NAMES} | _OTHER_NAMES
VALUES: dict[str, str] = dict(_OTHER_VALUES)
for _words in _TRANSLATED.values():
    ENGLISH |= {typed: name for name, typed in _words.items() if ":" not in name}
    VALUES |= {typed.partition(":")[2]: name.partition(":")[2] for name, typed in _words.items() if ":" in name}


def spelled(name: str, language: str) -> str:
    """An operator ("from") or a whole term ("is:unread") as people of this language type it."""
    return _TRANSLATED.get(language.partition("-")[0], {}).get(name, name)
