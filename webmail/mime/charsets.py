"""Bytes to text, whatever the sender declared.

The declared charset counts if it is one that text is written in: a codec name of Python ("base64", "rot13", "idna") is
not one, and an unknown name is no error. A label that its own octets contradict does not count: UTF-8 says itself what
it is, and no western text is mostly accents. Then UTF-8, then a guess, then Windows-1252, which gives every byte a
meaning.
"""

import codecs
import encodings.aliases
import re

import chardet
from chardet.models import get_enc_index, get_language_norms, get_rowmax, load_models

GUESS_UP_TO = 4000  # octets looked at: guessing costs a millisecond
FOREIGN_SHARE = 0.3  # of the octets of a text beyond ASCII: more than a language of Latin letters has

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
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_NO_CHARSET = frozenset(
    ("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec", "mbcs", "ascii")
)
_CODECS = {
    **{
        _NOT_IN_NAMES.sub("", name): codec
        for alias, codec in encodings.aliases.aliases.items()
        for name in (alias, codec)
        if codec not in _NO_CHARSET
    },
    **_SAME_NAME,
    **_SUPERSET,
    **{name.replace("windows", "cp"): codec for name, codec in _SAME_NAME.items() if name.startswith("windows")},
    **{name.replace("ibm", "cp"): codec for name, codec in _SAME_NAME.items() if name.startswith("ibm")},
}
# What unlabelled mail is written in, in the detector's names. Rarer ones would only take the place of these.
_GUESSABLE = (
    "utf-8", "utf-16", "utf-16-be", "utf-16-le", "big5hkscs", "cp932", "cp949", "euc_jis_2004", "gb18030",
    "iso2022_jp_2", "iso2022_kr", "cp866", "cp874", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "koi8-r", "koi8-u", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    "iso8859-15",
)  # fmt: skip
_LATIN = ("utf-8", "cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859-2", "iso8859-15")
# A text in one of these that is UTF-8 too is UTF-8. Not Thai, whose words may look like it, nor any multi-byte charset.
_ONE_BYTE = re.compile(r"cp125\d|iso8859-(?!11)\d+|koi8-[ru]|cp866|mac-roman")
_WESTERN = frozenset({"", "cp1252", "iso8859-15"})
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def codec_of(charset: str) -> str:
    """Python's name for a charset of mail; "" for US-ASCII, which says nothing about other bytes, and for what mail
    does not use."""
    name = _NOT_IN_NAMES.sub("", charset[:60].lower())
    return _CODECS.get(name) or _CODECS.get(name.removeprefix("x"), "")


def decode_text(data: bytes, charset: str = "") -> str:
    """`data` as text without NULs, lone surrogates or byte order mark. Never raises; a last character cut in half is
    left out."""
    codec = codec_of(charset)
    if data.isascii() and codec in ("", "utf-8", "cp1252") and b"\x1b$" not in data:
        text = data.decode("ascii")
    else:
        declared = None if _is_mislabelled(data, codec) else _declared(data, codec)
        text = _undeclared(data) if declared is None else declared
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "").removeprefix("\ufeff")


def _is_mislabelled(data: bytes, codec: str) -> bool:
    """A charset that gives every octet a meaning raises no error where it is wrong."""
    if not _ONE_BYTE.fullmatch(codec):
        return False
    return _strictly(data, "utf-8") is not None or (codec in _WESTERN and _foreign_share(data) > FOREIGN_SHARE)


def _foreign_share(data: bytes) -> float:
    sample = data[:GUESS_UP_TO]
    return sum(map(len, _NOT_ASCII.findall(sample))) / max(len(sample), 1)


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
    if text is None or b"\x1b$" in data:
        text = data.decode(_guess(data[:GUESS_UP_TO]), "replace")
    return text


def _guess(sample: bytes) -> str:
    """A codec. Few and single accents between Latin letters are no word of another alphabet, which the detector might
    see in them; a lone one is mostly of the west."""
    accents = _NOT_ASCII.findall(sample)
    is_latin = _foreign_share(sample) < FOREIGN_SHARE and max(map(len, accents), default=3) <= 2
    if is_latin and sum(map(len, accents)) == 1:
        return "cp1252"
    charsets = _LATIN if is_latin else _GUESSABLE
    return chardet.detect(sample, include_encodings=charsets, compat_names=False)["encoding"] or "cp1252"


def load_tables() -> None:
    """What a guess looks things up in, before a process is forked: 23 MB, of which 14 are for charsets that no guess
    may answer here. Those are let go. The two tables of norms come first: they are read in the order of all."""
    get_rowmax(), get_language_norms()
    index, models = get_enc_index(), load_models()
    for charset in index.keys() - set(_GUESSABLE):
        for _language, _table, key in index.pop(charset):
            models.pop(key, None)
