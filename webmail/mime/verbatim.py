"""Text shown as it stands: what can't be seen, or would turn a line round, becomes a sign that can."""

_SIGNS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)  # UAX 9, 2
_SIGNS |= dict.fromkeys((*range(0x80, 0xA0), *_TURNING, *range(0xD800, 0xE000)), 0xFFFD)


def verbatim(text: str) -> str:
    """The text with "\\n" at the ends of lines, controls as their pictures (U+2400) or U+FFFD."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_SIGNS)
