"""Edit the header block of a message as bytes, so that the rest stays exactly as it came."""

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import formataddr, getaddresses, parseaddr

Address = tuple[str, str]
"""An address is (display name, address), both decoded."""


# str.splitlines, and so the email package, takes all of these for the end of a line.
_BREAK = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Header:
    """Hold one field; `raw` is all of it, folded as it came, without its last line end."""

    name: str
    raw: bytes

    @property
    def value(self) -> str:
        """Return the unfolded value, still with its encoded words."""
        _, _, value = self.raw.partition(b":")
        text = value.replace(b"\r\n", b"")
        try:
            return text.decode().strip()
        except UnicodeDecodeError:
            return text.decode("latin-1").strip()


def split(mime: bytes) -> tuple[list[Header], bytes]:
    """Return (fields, body) of a message with lines that end in CRLF; no blank line between."""
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
    """Give the message RFC 5322's line ends, because clients send bare LF too."""
    return mime.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def one_line(text: str) -> str:
    """Replace line breaks, so that nobody starts a header field of their own in a name."""
    return _BREAK.sub(" ", text)


def make(name: str, value: str) -> Header:
    """Make a field; `value` is one line, or folded by us."""
    return Header(name, f"{name}: {value}".encode())


def address_header(name: str, addresses: list[Address]) -> Header:
    """Write one address a line, because a line may have at most 998 characters.

    Source: RFC 5322 section 2.1.1.
    """
    return make(name, ",\r\n ".join(_mailbox(*each) for each in addresses))


def _mailbox(name: str, address: str) -> str:
    name, address = one_line(name), one_line(address)
    if address.isascii():
        return formataddr((name, address))
    # An internationalised address (RFC 6532) goes as it is, which formataddr refuses.
    return f"{formataddr((name, 'x@x')).removesuffix('<x@x>')}<{address}>" if name else address


def find(fields: list[Header], name: str) -> str:
    """Return the unfolded value of the first such field, or nothing."""
    return next((field.value for field in fields if field.name.lower() == name.lower()), "")


def without(fields: list[Header], *names: str) -> list[Header]:
    gone = {name.lower() for name in names}
    return [field for field in fields if field.name.lower() not in gone]


def decoded(value: str) -> str:
    """Decode RFC 2047 words; what cannot be decoded stays as it is."""
    try:
        return sound(str(make_header(decode_header(value))))
    except (HeaderParseError, LookupError, ValueError):
        return value


def is_name(text: str) -> bool:
    """Say whether RFC 5322 section 3.6.8 allows the name: printable ASCII but the colon."""
    return re.fullmatch(r"[!-9;-~]+", text) is not None


def sound(text: str) -> str:
    """Replace halves of surrogate pairs, which some charsets can spell."""
    return text.encode("utf-8", "replace").decode()


def addresses(value: str) -> list[Address]:
    return [(decoded(name), address) for name, address in getaddresses([value]) if address]


def address(value: str) -> Address | None:
    name, found = parseaddr(value)
    return (decoded(name), found) if found else None


def author_header(fields: list[Header], author: Address) -> Header:
    """Return the message's own From if it already names this author, else a new one."""
    for field in fields:
        if field.name.lower() == "from" and address(field.value) == author:
            return field
    return address_header("From", [author])
