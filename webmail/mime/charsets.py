"""Bytes to text, whatever the sender declared.

The declared charset counts if it is one that mail uses: a codec name of Python ("base64", "rot13", "idna") is not one,
and an unknown name is no error. Then UTF-8, then a guess where there is enough text to guess from, then Windows-1252,
which gives every byte a meaning.
"""

import codecs
import re

import charset_normalizer

GUESS_FROM = 200  # octets: shorter samples are guessed wrong
GUESS_UP_TO = 4000  # octets looked at: guessing costs milliseconds

_SAME_NAME = {
    "utf8": "utf-8", "utf7": "utf-7", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be",
    "utf32": "utf-32",
    "iso88592": "iso8859-2", "iso88593": "iso8859-3", "iso88594": "iso8859-4", "iso88595": "iso8859-5",
    "iso88596": "iso8859-6", "iso88597": "iso8859-7", "iso88598": "iso8859-8", "iso885910": "iso8859-10",
    "iso885913": "iso8859-13", "iso885914": "iso8859-14", "iso885915": "iso8859-15", "iso885916": "iso8859-16",
    "windows1250": "cp1250", "windows1251": "cp1251", "windows1252": "cp1252", "windows1253": "cp1253",
    "windows1254": "cp1254", "windows1255": "cp1255", "windows1256": "cp1256", "windows1257": "cp1257",
    "windows1258": "cp1258", "windows874": "cp874", "ibm437": "cp437", "ibm850": "cp850", "ibm852": "cp852",
    "ibm866": "cp866", "koi8r": "koi8-r", "koi8u": "koi8-u", "macintosh": "mac-roman", "macroman": "mac-roman",
    "maccyrillic": "mac-cyrillic", "gb18030": "gb18030", "hzgb2312": "hz", "eucjp": "euc-jp",
    "iso2022jp": "iso2022-jp-ext", "iso2022kr": "iso2022-kr", "johab": "johab",
}  # fmt: skip
# What these names mean in practice is a superset of what they say (https://encoding.spec.whatwg.org/#names-and-labels).
_SUPERSET = {
    "iso88591": "cp1252", "latin1": "cp1252", "iso88599": "cp1254", "latin5": "cp1254", "iso885911": "cp874",
    "tis620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "xgbk": "gb18030",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "cp950": "big5hkscs", "shiftjis": "cp932", "sjis": "cp932",
    "xsjis": "cp932", "windows31j": "cp932", "cp932": "cp932", "euckr": "cp949", "ksc56011987": "cp949",
    "ksc5601": "cp949", "windows949": "cp949", "cp949": "cp949", "uhc": "cp949", "iso88598i": "iso8859-8",
    "iso88598e": "iso8859-8", "iso2022jp1": "iso2022-jp-ext", "iso2022jp2": "iso2022-jp-2",
    "iso2022jp3": "iso2022-jp-3", "unicode11utf7": "utf-7", "xunicode20utf7": "utf-7", "latin2": "iso8859-2",
    "latin9": "iso8859-15",
}  # fmt: skip
_CODECS = {
    **_SAME_NAME,
    **_SUPERSET,
    **{name.replace("windows", "cp"): codec for name, codec in _SAME_NAME.items() if name.startswith("windows")},
    **{name.replace("ibm", "cp"): codec for name, codec in _SAME_NAME.items() if name.startswith("ibm")},
}
_GUESSABLE = sorted({codec.replace("-", "_") for codec in _CODECS.values()} - {"utf_7", "hz", "johab"})
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def codec_of(charset: str) -> str:
    """Python's name for a charset of mail; "" for US-ASCII, which says nothing about other bytes, and for what mail
    does not use."""
    return _CODECS.get(_NOT_IN_NAMES.sub("", charset[:60].lower()), "")


def decode_text(data: bytes, charset: str = "") -> str:
    """`data` as text without NULs, lone surrogates or byte order mark. Never raises; a last character cut in half is
    left out."""
    if data.isascii() and codec_of(charset) in ("", "utf-8", "cp1252"):
        text = data.decode("ascii")
    else:
        declared = _declared(data, codec_of(charset))
        text = _undeclared(data) if declared is None else declared
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "").removeprefix("\ufeff")


def _declared(data: bytes, codec: str) -> str | None:
    """The text if it is what it says, apart from some damage; None if the label is wrong or missing."""
    if not codec:
        return None
    text = _strictly(data, codec)
    if text is None:
        text = data.decode(codec, "replace")
        damaged = text.count("\ufffd")
        sound = sum(not character.isascii() for character in text[:GUESS_UP_TO]) - min(damaged, GUESS_UP_TO)
        return text if damaged * 4 <= sound else None
    return text


def _strictly(data: bytes, codec: str) -> str | None:
    """Without any damage; but a character cut in half at the end, where there are others, is none: a preview reads the
    first octets only."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        text = decoder.decode(data)
    except (UnicodeError, ValueError):
        return None
    return text if not text.isascii() or not _is_pending(decoder) else None


def _is_pending(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        return bool(decoder.decode(b"", final=True))
    except (UnicodeError, ValueError):
        return True


def _undeclared(data: bytes) -> str:
    text = _strictly(data, "utf-8")
    if text is None and len(data) > GUESS_FROM:
        text = _guess(data)
    return data.decode("cp1252", "replace") if text is None else text


def _guess(data: bytes) -> str | None:
    best = charset_normalizer.from_bytes(data[:GUESS_UP_TO], cp_isolation=_GUESSABLE).best()
    return data.decode(best.encoding, "replace") if best else None
