"""Reading e-mail addresses as people type them. Pure; raises AddressError with a clear text."""

import re
import unicodedata
from dataclasses import dataclass

import idna

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

from .unsafe_characters import INVISIBLE, UNSAFE, stripped

# RFC 5321 4.5.3.1 gives these sizes in octets.
LOCAL_PART_MAX = 64
ADDRESS_MAX = 254
NAME_MAX = 256  # characters, as Exchange gives to a display name
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
# Of what RFC 6532 allows outside ASCII, mailboxes have letters, their marks, numbers and symbols.
_OUTSIDE_ASCII = "LMNS"
_DOMAIN_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_SIGN = re.compile(r'\\.|[",;]')
_SHOWN = 100  # characters of a wrong address in a message about it


class AddressError(ValueError):
    """The text is no address; str() is a sentence that names it and says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322: an optional display name and an addr-spec, whose domain is in
    ASCII."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        """Return `Name <user@domain>` for people; it is not encoded for a header."""
        if not self.name:
            return self.address
        if re.search(r'[()<>@,:;\\".\[\]]', self.name) or stripped(self.name) != self.name:
            quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{quoted}" <{self.address}>'
        return f"{self.name} <{self.address}>"

    def same_mailbox(self, other: str) -> bool:
        """Compare without regard to case, as Exchange does."""
        return self.address.casefold() == other.casefold()


def parse_address(text: str) -> Address:
    """Read one address: `user@domain` or `Name <user@domain>`."""
    text = stripped(text)
    name, opened, spec = "", "<", text
    if text.endswith(">"):
        name, opened, spec = text[:-1].rpartition("<")
    name, spec = stripped(name), stripped(spec)
    if UNSAFE.search(name) or UNSAFE.search(spec):
        raise _error(_("%(text)s contains a line break or another control character."), ascii(text))
    if not opened:
        raise _error(_("“%(text)s” is not an e-mail address: the “<” is missing."), text)
    name = _unquote(name)
    if len(name) > NAME_MAX:
        raise _error(
            _("The name in “%(text)s” is longer than %(most)d characters."), text, most=NAME_MAX
        )
    return Address(_check(spec, typed=text), name)


def parse_addresses(text: str) -> list[Address]:
    """Read a list as people type it into a To field, separated by commas or semicolons."""
    return [parse_address(entry) for entry in split_addresses(text) if stripped(entry)]


def bare_address(text: str) -> str:
    """The address without its display name; the text as it is where it is no address."""
    try:
        return parse_address(text).address
    except AddressError:
        return text


def split_addresses(text: str) -> list[str]:
    """Split at commas and semicolons outside quotes; nothing is checked."""
    entries, start, quoted = [], 0, False
    for found in _SIGN.finditer(text):
        if found.group() == '"':
            quoted = not quoted
        elif found.group()[-1] in ",;" and not quoted:
            entries.append(text[start : found.end() - 1])
            start = found.end()
    return [*entries, text[start:]]


def _error(sentence: str, text: str, **values: object) -> AddressError:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return AddressError(Sentence(sentence, text=shown, **values))


def _unquote(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def _check(spec: str, *, typed: str) -> str:
    local, at, domain = spec.rpartition("@")
    if not at or not local or not domain:
        raise _error(_("“%(text)s” is not an e-mail address: it has no “name@domain”."), typed)
    if invisible := INVISIBLE.search(spec):
        text = _("“%(text)s” contains an invisible character (U+%(code)s). Type the address again.")
        raise AddressError(Sentence(text, text=spec[:_SHOWN], code=f"{ord(invisible.group()):04X}"))
    local = unicodedata.normalize("NFC", local)
    if len(local.encode()) > LOCAL_PART_MAX or not _is_local_part(local):
        raise _error(_("“%(text)s” is not an e-mail address: check the part before the @."), typed)
    ascii_domain = _ascii_domain(domain)
    if not ascii_domain or len(local.encode()) + 1 + len(ascii_domain) > ADDRESS_MAX:
        raise _error(_("“%(text)s” is not an e-mail address: check the domain after the @."), typed)
    return f"{local}@{ascii_domain}"


def _is_local_part(text: str) -> bool:
    others = (each for each in text if not each.isascii())
    return bool(_LOCAL_PART.fullmatch(text)) and all(
        unicodedata.category(each)[0] in _OUTSIDE_ASCII for each in others
    )


def _ascii_domain(domain: str) -> str:
    """Return the domain in its ASCII form (IDNA 2008), or "" if it is no domain."""
    if len(domain) > ADDRESS_MAX:
        return ""
    if not domain.isascii():
        try:
            # Python's own codec follows IDNA 2003, which sends mail for straße.de to the
            # different domain strasse.de.
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    labels = domain.split(".")
    valid = len(labels) > 1 and all(_DOMAIN_LABEL.fullmatch(label) for label in labels)
    return domain if valid else ""
