"""The header of a message that was handed in, as bytes that stay as they came. Pure.

Lines end in CRLF. What another reader might take for a line end (a bare CR, a NUL) becomes a space,
so that no two readers see different fields.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import getaddresses

from notifications.message.addresses import Address, AddressError, parse_address
from notifications.message.encoded_words import decoded

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_MISREAD = re.compile(rb"\r(?!\n)|\0")
# The separator of mailbox files, which some programs leave at the top of a message.
_OF_MAILBOX_FILE = (b"From ", b">From ")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPEC = re.compile(r"[^\s<>(),;:\"\[\]\\]+@[^\s<>(),;:\"\[\]\\]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `raw` is all of it, folded as it came, without its last line end."""

    name: str
    raw: bytes

    def is_one_of(self, names: Iterable[str]) -> bool:
        return self.name.lower() in names

    @property
    def value(self) -> str:
        """The unfolded value, still with its encoded words. Bytes that are not UTF-8 are read as
        Windows-1252, which old devices write."""
        data = self.raw.partition(b":")[2].replace(b"\r\n", b"").strip()
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")


def split_header(data: bytes) -> tuple[list[Field], int]:
    """Return the fields at the beginning of a message or of a part, and where its body begins. A
    line that is no field ends the header as an empty line does."""
    fields: list[list[bytes]] = []
    at = 0
    while at < len(data):
        end = data.find(b"\r\n", at)
        line, after = (data[at:end], end + 2) if end >= 0 else (data[at:], len(data))
        if not line:
            return _fields(fields), after
        if line[:1] in b" \t" and fields:
            fields[-1].append(line)
        elif _FIELD.match(line):
            fields.append([line])
        elif at or not line.startswith(_OF_MAILBOX_FILE):
            return _fields(fields), at
        at = after
    return _fields(fields), at


def _fields(found: list[list[bytes]]) -> list[Field]:
    return [_field(_MISREAD.sub(b" ", b"\r\n".join(lines))) for lines in found]


def _field(raw: bytes) -> Field:
    match = _FIELD.match(raw)
    return Field(match[1].decode("ascii") if match else "", raw)


def first(fields: Iterable[Field], name: str) -> str:
    """Return the value of the first field of that name that has one, or ""."""
    values = (each.value for each in fields if each.name.lower() == name.lower())
    return next(filter(None, values), "")


def comparable(address: str) -> str:
    """Return an address in the form in which two of the same mailbox are equal."""
    try:
        return parse_address(address).address.casefold()
    except AddressError:
        return address.strip().casefold()


def mailboxes(value: str) -> list[Address]:
    """Return the addresses of a field's value that mail can be sent to."""
    found = []
    for name, spec in getaddresses([value]):
        try:
            address = parse_address(spec).address
        except AddressError:
            continue
        found.append(Address(address, _clean(decoded(name))))
    return found


def named(value: str) -> set[str]:
    """Return everybody whom some reader might find in an address field, comparable. It looks in two
    ways, because readers differ on broken fields."""
    by_grammar = {spec for _name, spec in getaddresses([value]) if spec}
    by_form = set(_SPEC.findall(_QUOTED.sub(" ", value)))
    return set(map(comparable, by_grammar | by_form))


def _clean(name: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", name).split())[
        :256
    ]
