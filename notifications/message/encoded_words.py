"""Encoded words, which carry text outside ASCII in header fields (RFC 2047). Pure.

Python's email.header only reads them: what it writes comes back with spaces where long words were
folded, is Japanese in another character set than asked for, and is slow.
"""

import base64
import re
from email.errors import HeaderParseError
from email.header import decode_header

# A word has at most 75 characters, and a line with one at most 76 (RFC 2047 2).
_WORD = 75
_LINE = 76
# These may stand in a "Q" word anywhere, also in a display name (RFC 2047 5 (3)).
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_Q = [
    chr(octet) if octet in _PLAIN else "_" if octet == ord(" ") else f"={octet:02X}"
    for octet in range(256)
]
# A word never holds more: even plain ASCII in "Q", the shortest form, takes one octet each.
_MOST_CHARACTERS = _WORD


def looks_encoded(text: str) -> bool:
    """Tell whether a reader would take some of the text for an encoded word."""
    return "=?" in text


def decoded(text: str) -> str:
    """Return the text of a header field in which some may be encoded words."""
    if not looks_encoded(text):
        return text
    try:
        return "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "raw-unicode-escape")
            for piece, charset in decode_header(text)
        )
    except (HeaderParseError, LookupError, ValueError):  # an unknown set, or broken octets
        return text


def encoded_words(text: str, charset: str, codec: str, *, column: int) -> str:
    """Write the text as encoded words, folded with CRLF and a space; the first line already has
    `column` characters. The codec must be able to encode the text."""
    words: list[str] = []
    room = min(_WORD, _LINE - column)
    while text:
        word, taken = _longest_word(text, charset, codec, room)
        words.append(word)
        text, room = text[taken:], _WORD
    return "\r\n ".join(words)


def words_or_nothing(text: str) -> bool:
    """Tell whether only encoded words bring the text back exactly: folding loses spaces at its ends
    and runs of spaces, and other characters are not allowed."""
    return bool(re.search(r"[^ -~]|^ | $|  ", text)) or looks_encoded(text)


def _longest_word(text: str, charset: str, codec: str, room: int) -> tuple[str, int]:
    """Return a word of at most `room` characters, and how many characters of the text it holds. It
    holds whole characters, and a stateful set ends in ASCII (RFC 2047 3)."""
    space = room - len(f"=?{charset}?Q??=")
    count = min(len(text), _MOST_CHARACTERS)
    while True:
        data = text[:count].encode(codec)
        quoted = "".join(_Q[octet] for octet in data)
        base64_length = (len(data) + 2) // 3 * 4
        length = min(len(quoted), base64_length)
        if length <= space or count == 1:
            break
        count = max(1, min(count - 1, count * space // length))
    if len(quoted) <= base64_length:
        return f"=?{charset}?Q?{quoted}?=", count
    return f"=?{charset}?B?{base64.b64encode(data).decode()}?=", count
