"""Text outside ASCII in header fields: encoded words (RFC 2047). Pure.

Written out instead of taken from email.header, which folds long words in ways that come
back with spaces, writes another character set than asked for Japanese, and is slow.
"""

import base64
import re

# RFC 2047 2: a word has at most 75 characters, a line with one at most 76.
_WORD = 75
_LINE = 76
# What may stand in a "Q" word anywhere, also in a display name (RFC 2047 5 (3)).
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_Q = [
    chr(octet) if octet in _PLAIN else "_" if octet == ord(" ") else f"={octet:02X}"
    for octet in range(256)
]
# Enough to try at once: the shortest form, plain ASCII in "Q", takes one octet each.
_MOST_CHARACTERS = _WORD


def looks_encoded(text: str) -> bool:
    """Whether a reader would take some of the text for an encoded word."""
    return "=?" in text


def encoded_words(text: str, charset: str, codec: str, *, column: int) -> str:
    """The text as words folded with CRLF and a space; the first line has `column` characters
    before them. The text must be encodable in the codec."""
    words: list[str] = []
    room = min(_WORD, _LINE - column)
    while text:
        word, taken = _longest_word(text, charset, codec, room)
        words.append(word)
        text, room = text[taken:], _WORD
    return "\r\n ".join(words)


def words_or_nothing(text: str) -> bool:
    """Whether text has to be encoded to come back exactly: spaces at its ends and runs of
    them are lost in folding, other characters are not allowed."""
    return bool(re.search(r"[^ -~]|^ | $|  ", text)) or looks_encoded(text)


def _longest_word(text: str, charset: str, codec: str, room: int) -> tuple[str, int]:
    """One word of at most `room` characters, and how much of the text is in it: whole
    characters, and all shifts of a stateful set undone at its end, as RFC 2047 3 wants."""
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
