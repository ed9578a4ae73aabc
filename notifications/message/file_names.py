"""Attachment names, made safe and written as parameters of a header (RFC 2231). Pure."""

import re
from pathlib import PureWindowsPath
from urllib.parse import quote

from .encoded_words import encoded_words, looks_encoded
from .unsafe_characters import UNSAFE

# These are attribute-char of RFC 2231 7 that `quote` would otherwise escape.
_ATTRIBUTE = "!#$&+^`{}|"
_ROOM = 57


def safe_file_name(name: str) -> str:
    """Return the last part of a path, POSIX or Windows, without unsafe characters; never ""."""
    bare = UNSAFE.sub("", name)
    # The rest of a path may look like a drive (x/A:), so this goes on until nothing changes.
    while (last := PureWindowsPath(bare).name.strip().rstrip(". ")) != bare:
        bare = last
    return bare or "attachment"


def disposition_name(name: str) -> str:
    """Return the parameter `filename`, folded."""
    if _is_plain(name):
        return f'\r\n filename="{name}"'
    pieces, piece = [], ""
    for character in name:
        escaped = quote(character, safe=_ATTRIBUTE)
        if len(piece) + len(escaped) > _ROOM:
            pieces.append(piece)
            piece = ""
        piece += escaped
    pieces.append(piece)
    if len(pieces) == 1:
        return f"\r\n filename*=utf-8''{piece}"
    pieces[0] = f"utf-8''{pieces[0]}"
    return ";".join(f"\r\n filename*{number}*={each}" for number, each in enumerate(pieces))


def content_type_name(name: str) -> str:
    """Return the parameter `name`, folded. It has encoded words for old Outlooks, which know no RFC
    2231, although RFC 2047 does not allow them there."""
    value = name if _is_plain(name) else encoded_words(name, "utf-8", "utf-8", column=8)
    return f'\r\n name="{value}"'


def _is_plain(name: str) -> bool:
    # Readers disagree on escapes of quotes and backslashes, and some cut at a quoted semicolon.
    printable = bool(re.fullmatch(r"[ !#-:<-\[\]-~]{1,60}", name))
    return printable and not looks_encoded(name) and "  " not in name
