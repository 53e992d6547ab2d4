"""Compressed RTF, as Outlook stores the body of a message (MS-OXRTFCP)."""

import struct

RTF_LIMIT = 4 * 2**20  # octets given back: a small input may claim to become large

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymb"
    rb"olArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096


def decompress(octets: bytes) -> bytes:
    """The RTF; b"" if it is none. What follows damage is left out."""
    if len(octets) < 16:
        return b""
    _size, raw_size, kind, _checksum = struct.unpack_from("<II4sI", octets)
    if kind == b"MELA":
        return octets[16 : 16 + min(raw_size, RTF_LIMIT)]
    return _unpacked(octets[16:], min(raw_size, RTF_LIMIT)) if kind == b"LZFu" else b""


def _unpacked(octets: bytes, wanted: int) -> bytes:
    """Runs of eight tokens after a byte that tells which are literal and which point back into the window (2.2.1)."""
    known = bytearray(_DICTIONARY)
    position = 0
    while position < len(octets) and len(known) - len(_DICTIONARY) < wanted:
        control = octets[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                known += octets[position : position + 1]
                position += 1
                continue
            token = int.from_bytes(octets[position : position + 2], "big")
            position += 2
            if position > len(octets) or not _copy(known, token >> 4, (token & 15) + 2):
                return bytes(known[len(_DICTIONARY) :][:wanted])
    return bytes(known[len(_DICTIONARY) :][:wanted])


def _copy(known: bytearray, place: int, length: int) -> bool:
    """Appends what begins at `place` of the window, byte by byte, as it may overlap itself; False at the end mark."""
    back = (len(known) - place) % _WINDOW
    if back == 0:
        return False
    begin = len(known) - back
    if begin < 0:  # a place of the window that nothing was written to yet
        return False
    for index in range(begin, begin + length):
        known.append(known[index])
    return True
