"""The header block of a message as bytes, so that the rest stays exactly as it came."""

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import formataddr, getaddresses, parseaddr

Address = tuple[str, str]
"""(display name, address), both decoded."""


# All that str.splitlines, and so the email package, takes for the end of a line.
_BREAK = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Header:
    """`raw` is the whole field, folded as it came, without its last line end."""

    name: str
    raw: bytes

    @property
    def value(self) -> str:
        """Unfolded, still with its encoded words."""
        _, _, value = self.raw.partition(b":")
        text = value.replace(b"\r\n", b"")
        try:
            return text.decode().strip()
        except UnicodeDecodeError:
            return text.decode("latin-1").strip()


def split(mime: bytes) -> tuple[list[Header], bytes]:
    """(fields, body) of a message whose lines end in CRLF; the body without the blank line."""
    block, _, body = mime.partition(b"\r\n\r\n")
    if mime.startswith(b"\r\n"):
        block, body = b"", mime[2:]
    fields: list[Header] = []
    for line in block.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            last = fields.pop()
            fields.append(Header(last.name, last.raw + b"\r\n" + line))
        elif b":" in line:
            name = line.partition(b":")[0].decode("latin-1").strip()
            fields.append(Header(name, line))
    return fields, body


def join(fields: list[Header], body: bytes) -> bytes:
    return b"".join(field.raw + b"\r\n" for field in fields) + b"\r\n" + body


def with_crlf(mime: bytes) -> bytes:
    """Clients send bare LF too; a stored message has RFC 5322's line ends."""
    return mime.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def one_line(text: str) -> str:
    """Nobody starts a header field of his own with a line break in a name."""
    return _BREAK.sub(" ", text)


def make(name: str, value: str) -> Header:
    """`value` is one line, or folded by us."""
    return Header(name, f"{name}: {value}".encode())


def address_header(name: str, addresses: list[Address]) -> Header:
    """One address a line: RFC 5322 section 2.1.1 has at most 998 characters in one."""
    return make(name, ",\r\n ".join(_mailbox(*each) for each in addresses))


def _mailbox(name: str, address: str) -> str:
    name, address = one_line(name), one_line(address)
    if address.isascii():
        return formataddr((name, address))
    # An internationalised address (RFC 6532) goes as it is, which formataddr refuses.
    return f"{formataddr((name, 'x@x')).removesuffix('<x@x>')}<{address}>" if name else address


def find(fields: list[Header], name: str) -> str:
    """The unfolded value of the first such field, or nothing."""
    return next((field.value for field in fields if field.name.lower() == name.lower()), "")


def without(fields: list[Header], *names: str) -> list[Header]:
    gone = {name.lower() for name in names}
    return [field for field in fields if field.name.lower() not in gone]


def decoded(value: str) -> str:
    """RFC 2047 words as text; what cannot be decoded stays as it is."""
    try:
        return sound(str(make_header(decode_header(value))))
    except (HeaderParseError, LookupError, ValueError):
        return value


def is_name(text: str) -> bool:
    """RFC 5322 section 3.6.8: printable ASCII but the colon."""
    return re.fullmatch(r"[!-9;-~]+", text) is not None


def sound(text: str) -> str:
    """Without halves of surrogate pairs, which some charsets can spell."""
    return text.encode("utf-8", "replace").decode()


def addresses(value: str) -> list[Address]:
    return [(decoded(name), address) for name, address in getaddresses([value]) if address]


def address(value: str) -> Address | None:
    name, found = parseaddr(value)
    return (decoded(name), found) if found else None


def author_header(fields: list[Header], author: Address) -> Header:
    """The message's own From where it already names this author, else a new one."""
    for field in fields:
        if field.name.lower() == "from" and address(field.value) == author:
            return field
    return address_header("From", [author])
