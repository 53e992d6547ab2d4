"""All files of a message as one zip, written while it is read: nothing lies on disk, and memory holds one chunk.

view → zipped(entries) → for each: the local header with the first chunk, its chunks, a data descriptor (APPNOTE 4.3.9,
as sizes and sums are not known before); at the end the directory. Stored, not deflated: what is large in mail is packed
already. A reader finds the directory last of all, so a zip that breaks off is no zip, and the browser is told too: what
goes wrong in a chunk ends the answer without its last piece. Names: see one_of_a_kind().
"""

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from webmail.mime.parameters import safe_filename

OCTETS_LIMIT = 240  # of a name; file systems bear 255, and a number may be added
FIRST, LAST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)  # what MS-DOS can say (APPNOTE 4.4.6)
# Windows takes these for devices, with any ending (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be. `size`: about its octets, no fewer; `chunks` are asked for when its turn comes."""

    name: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


class _Pipe:
    """What zipfile has written and nobody has taken yet. It tells no position, so zipfile never goes back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, octets: bytes | bytearray | memoryview) -> int:
        self._written.append(bytes(octets))
        return len(octets)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken, self._written = b"".join(self._written), []
        return taken


def zipped(entries: Iterable[Entry], moment: datetime) -> Iterator[bytes]:
    """The zip's octets. `moment`: of all files within. What an entry's chunks raise passes through."""
    pipe, taken = _Pipe(), dict[str, int]()
    when = max(FIRST, min(moment.timetuple()[:6], LAST))
    # On an error both close and write on into the pipe, whose octets nobody takes then.
    with zipfile.ZipFile(pipe, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(one_of_a_kind(entry.name, taken), when)
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=entry.size > zipfile.ZIP64_LIMIT) as member:
                for chunk in entry.chunks():
                    member.write(chunk)
                    yield pipe.take()
    yield pipe.take()


def one_of_a_kind(name: str, taken: dict[str, int]) -> str:
    """A name for a file beside those of `taken` (each with the number its last namesake got), to which it is added: no
    path, no device, no longer than a file system bears, different from all others also where case and the way of
    writing an accent make no difference."""
    name = safe_filename(unicodedata.normalize("NFC", name)) or "_"
    stem, ending = _split(f"_{name}" if DEVICES.fullmatch(name) else name)
    stem = stem.encode()[: OCTETS_LIMIT - len(ending.encode())].decode(errors="ignore")
    name, first = stem + ending, _folded(stem + ending)
    while (key := _folded(name)) in taken:
        taken[first] += 1
        name = f"{stem} ({taken[first]}){ending}"
    taken[key] = 1
    return name


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= 20 else (name, "")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
