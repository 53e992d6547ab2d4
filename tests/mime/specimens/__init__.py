"""Mails written by the tests, each with what a reader must see of it. The octets of others lie in tests/corpus."""

from tests.mime.specimens import charsets, files, structures, words
from tests.mime.specimens.writing import Specimen

SPECIMENS: dict[str, Specimen] = {
    specimen.name: specimen
    for specimen in (*words.SPECIMENS, *charsets.SPECIMENS, *files.SPECIMENS, *structures.SPECIMENS)
}
