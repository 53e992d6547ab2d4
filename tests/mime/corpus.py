"""The mails of tests/corpus, and hostile ones that are too large to keep."""

from pathlib import Path

CORPUS = Path(__file__).parent.parent / "corpus"


def mail(name: str) -> bytes:
    """`name` without ".eml", as in "valid/plain"."""
    return (CORPUS / f"{name}.eml").read_bytes()


def names(kind: str = "*") -> list[str]:
    """All mails of a kind (valid, malformed, hostile), as mail() wants them."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in CORPUS.glob(f"{kind}/*.eml"))
