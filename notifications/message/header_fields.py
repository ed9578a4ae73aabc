"""Header fields, encoded and folded as a message has them (RFC 5322, RFC 2047). Pure.

No line break in a name or a value gets through here, whatever was checked before.
"""

import re
from collections.abc import Sequence

from .addresses import Address
from .charsets import CharacterSet
from .encoded_words import encoded_words, looks_encoded, words_or_nothing
from .unsafe_characters import INVISIBLE

LONGEST_LINE = 998  # RFC 5322 2.1.1
_WANTED_LINE = 78
# An encoded word that would begin past this column begins on the next line.
_LATE = 40
_NAME = re.compile(r"[!-9;-~]{1,76}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
# The grammar of these fields has no place for an encoded word (RFC 2047 5). Names begin so.
_STRUCTURED = (
    "in-reply-to", "references", "list-", "auto-submitted", "precedence", "content-",
    "disposition-notification-to", "return-receipt-to", "message-", "errors-to", "sensitivity",
)  # fmt: skip


def is_field_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name))


def is_structured(name: str) -> bool:
    return name.lower().startswith(_STRUCTURED)


def without_line_breaks(value: str) -> str:
    """Return the value; raises ValueError for one that could begin another header."""
    if re.search(r"[\r\n\x00]", value):
        raise ValueError("a header value may not contain a line break")
    return value


def subject_field(value: str, charset: CharacterSet) -> str:
    """Write the subject so that readers get exactly this text: as it is, or else encoded."""
    plain = f"Subject: {without_line_breaks(value)}"
    if not words_or_nothing(value):
        folded = _folded(plain)
        if _longest(folded) <= _WANTED_LINE:
            return folded
    return _encoded("Subject", value, charset)


def extra_field(name: str, value: str, charset: CharacterSet) -> str:
    """Write the caller's header. ASCII stays as it is: its reader may be a program."""
    if not is_field_name(name):
        raise ValueError("not a header name")
    value = without_line_breaks(value).strip()
    if value.isascii() and (is_structured(name) or not looks_encoded(value)):
        folded = _folded(f"{name}: {value}")
        if _longest(folded) <= LONGEST_LINE:
            return folded
    if is_structured(name):
        raise ValueError(f"the header {name} can have neither long words nor other than ASCII")
    return _encoded(name, value, charset)


def message_id_field(value: str) -> str:
    if not _MESSAGE_ID.fullmatch(value) or len(value) > LONGEST_LINE - len("Message-ID: "):
        raise ValueError("not a Message-ID")
    return f"Message-ID: {value}"


def address_field(name: str, addresses: Sequence[Address], charset: CharacterSet) -> str:
    """Write one mailbox a line, so that lines stay short with many of them."""
    column = len(name) + 2
    mailboxes = [
        _mailbox(address, charset, column=1 if number else column)
        for number, address in enumerate(addresses)
    ]
    return f"{name}: " + ",\r\n ".join(mailboxes)


def _mailbox(address: Address, charset: CharacterSet, *, column: int) -> str:
    spec = without_line_breaks(address.address)
    if INVISIBLE.search(spec) or re.search(r"[\s<>,;:\"()\[\]\\]", spec):
        raise ValueError("not an address that can stand in a header")
    if not address.name:
        return spec
    name = _phrase(without_line_breaks(address.name), charset, column=column)
    end = column + len(name) if "\r\n" not in name else len(name.rpartition("\r\n")[2])
    gap = " " if end + len(spec) + 3 <= _WANTED_LINE else "\r\n "
    return f"{name}{gap}<{spec}>"


def _phrase(name: str, charset: CharacterSet, *, column: int) -> str:
    if not words_or_nothing(name) and len(name) + column < _WANTED_LINE:
        if _ATOMS.fullmatch(name):
            return name
        # Readers disagree on escapes within quotes, but not on encoded words.
        if '"' not in name and "\\" not in name:
            return f'"{name}"'
    return encoded_words(name, charset.word_name, charset.word_codec, column=column)


def _encoded(name: str, value: str, charset: CharacterSet) -> str:
    start, column = f"{name}: ", len(name) + 2
    if column > _LATE:
        start, column = f"{name}:\r\n ", 1
    words = encoded_words(value, charset.word_name, charset.word_codec, column=column)
    return start + words


def _folded(field: str) -> str:
    """Fold before spaces; unfolding then gives back the same text."""
    if len(field) <= _WANTED_LINE:
        return field
    lines = [""]
    for piece in re.findall(r"[ \t]*[^ \t]+", field):
        # Old readers are confused by a first line that has only the field's name.
        if len(lines[-1]) + len(piece) > _WANTED_LINE and ": " in lines[0]:
            lines.append("")
        lines[-1] += piece
    return "\r\n".join(lines)


def _longest(folded: str) -> int:
    return max(map(len, folded.split("\r\n")))
