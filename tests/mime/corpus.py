"""All mails of the tests: those of tests/corpus and those that tests/mime/specimens writes."""

import tomllib
from functools import cache
from pathlib import Path

from tests.mime.specimens import SPECIMENS
from tests.mime.specimens.writing import Specimen

CORPUS = Path(__file__).parent.parent / "corpus"
MADE = "made/"


def mail(name: str) -> bytes:
    """`name` without ".eml", as in "valid/plain"."""
    if name.startswith(MADE):
        return SPECIMENS[name.removeprefix(MADE)].raw
    return (CORPUS / f"{name}.eml").read_bytes()


def names(kind: str = "*") -> list[str]:
    """All mails of a kind (valid, malformed, hostile, made), as mail() wants them."""
    kept = [f"{path.parent.name}/{path.stem}" for path in CORPUS.glob(f"{kind}/*.eml")]
    return sorted(kept + ([MADE + name for name in SPECIMENS] if kind in ("*", "made") else []))


@cache
def specimens() -> dict[str, Specimen]:
    """Each mail with what a reader must see of it (tests/corpus/expected.toml)."""
    expected = tomllib.loads((CORPUS / "expected.toml").read_text())
    kept = {
        name: Specimen(
            name, mail(name), values["subject"], values["sender"], values["text"], tuple(values.get("files", ()))
        )
        for name, values in expected.items()
    }
    return kept | {MADE + name: specimen for name, specimen in SPECIMENS.items()}
