"""Who lives in the demo: the people one can sign in as, and those who write to them. All invented, domains reserved."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Correspondent:
    """Somebody who sends or receives mail. `language` chooses how their client introduces a quotation."""

    name: str
    address: str
    language: str = "en"
    time_zone: str = "Europe/Paris"
    signature: str = ""
    rich: bool = False
    """Their client sends an HTML alternative beside the text."""


@dataclass(frozen=True, kw_only=True)
class Person(Correspondent):
    """A demo user: somebody with a login and a mailbox on the demo server."""

    login: str
    protocol: Literal["imap", "pop3"] = "imap"
    admin: bool = False


CAMILLE = Person(
    login="camille",
    name="Camille Roux",
    address="camille@demo.test",
    language="fr",
    time_zone="Europe/Paris",
    admin=True,
    signature="Camille Roux\nAtelier Lune, reliure et papiers\n14, montée des Tilleuls, Lyon",
)
JONAS = Person(
    login="jonas",
    name="Jonas Weber",
    address="jonas@demo.test",
    time_zone="Europe/Berlin",
    signature="Jonas Weber\nHandpresse Weber, Hinterhof links, Berlin",
)
YUKI = Person(
    login="yuki",
    name="Yuki Sato",
    address="yuki@demo.test",
    time_zone="Asia/Tokyo",
    signature="Yuki Sato\nSato Washi, Tokyo",
    rich=True,
)
PIA = Person(
    login="pia",
    name="Pia Lindqvist",
    address="pia@demo.test",
    time_zone="Europe/Stockholm",
    protocol="pop3",
    signature="Pia Lindqvist\nletters, proofs, semicolons",
)

PEOPLE: tuple[Person, ...] = (CAMILLE, JONAS, YUKI, PIA)
STUDIO: tuple[Person, ...] = (CAMILLE, JONAS, YUKI)
"""The three who make the booklet together; the richest mailboxes."""

ELODIE = Correspondent(
    "Élodie Marchand",
    "elodie@marchand-graphisme.example",
    "fr",
    rich=True,
    signature="Élodie Marchand, graphiste\n06 00 00 00 14",
)
INES = Correspondent(
    "Inês Carvalho",
    "ines.carvalho@casa-das-folhas.example",
    "en",
    "Europe/Lisbon",
    rich=True,
    signature="Inês Carvalho, curator\nCasa das Folhas, Porto",
)
PAPA = Correspondent("Henri Roux", "henri.roux@famille-roux.example", "fr")
LEFEVRE = Correspondent(
    "Maître Lefèvre", "etude@lefevre-notaire.example", "fr", signature="Étude Lefèvre\n3, place des Arcades"
)
THEO = Correspondent("Théo Garnier", "theo@garnier-menuiserie.example", "fr", signature="Théo\ncopeaux et compagnie")
MAYA = Correspondent("Maya Holm", "maya@fieldnotes-press.example", "en", "Europe/Copenhagen")
OLGA = Correspondent("Olga Kowalczyk", "olga@marmurki.example", "en", "Europe/Warsaw")
AMARA = Correspondent("Dr. Amara Okafor", "rdv@cabinet-okafor.example", "fr")
HUONG = Correspondent("Nguyễn Thị Hương", "huong@lua-hoi-an.example", "en", "Asia/Ho_Chi_Minh")
SOFIA = Correspondent("Σοφία Παπαδοπούλου", "sofia@vivliodesia.example", "en", "Europe/Athens")
DANA = Correspondent("דנה לוי", "dana@mahberet.example", "en", "Asia/Jerusalem")
BRIGITTE = Correspondent(
    "Brigitte Köhler",
    "koehler@buchhandlung-am-ufer.example",
    "de",
    "Europe/Berlin",
    signature="Brigitte Köhler\nBuchhandlung am Ufer, Potsdam",
)
GUENTER = Correspondent(
    "Günter Weiß",
    "weiss@schriftguss-weiss.example",
    "de",
    "Europe/Berlin",
    signature="Günter Weiß, Schriftgießermeister i. R.",
)
LENA = Correspondent("Lena Weber", "lena@weberwelle.example", "de", "Europe/Berlin")
MURAT = Correspondent(
    "Murat Aydın",
    "murat@leinenkontor.example",
    "de",
    "Europe/Berlin",
    rich=True,
    signature="Murat Aydın\nLeinenkontor, Verkauf",
)
KEIKO = Correspondent("神谷 恵子", "keiko@kamiya-shigyo.example", "ja", "Asia/Tokyo", signature="神谷紙業　神谷 恵子")
HARUTO = Correspondent("佐藤 陽翔", "haruto@sato-ke.example", "ja", "Asia/Tokyo")
ALMA = Correspondent(
    "Alma Reyes",
    "alma@tinta-y-papel.example",
    "en",
    "America/Mexico_City",
    rich=True,
    signature="Alma Reyes\nTinta y Papel, Oaxaca",
)
OWEN = Correspondent(
    "Owen Pryce",
    "owen@pryce-papermill.example",
    "en",
    "Europe/London",
    signature="Owen Pryce\nPryce & Daughters, papermakers",
)
