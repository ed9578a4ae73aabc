"""Addresses in HTML as people read them. Pure."""

import re
from urllib.parse import unquote

from .unsafe_characters import UNSAFE

_LINK = re.compile(
    r"(?:https?|mailto|tel|sms|callto|s?ftps?|file|webcal|skype|msteams|sip|xmpp|geo):|//",
    re.IGNORECASE,
)


def readable_address(target: str) -> str:
    """Return the address of a link, or "" if it leads nowhere from a text."""
    target = "".join(target.split())
    if not _LINK.match(target):
        return ""
    if target.startswith("//"):
        return f"https:{target}"
    scheme, _colon, rest = target.partition(":")
    if scheme.lower() != "mailto":
        return target
    address = rest.partition("?")[0]
    decoded = unquote(address)
    return address if UNSAFE.search(decoded) else decoded


def names_of(address: str) -> tuple[str, str]:
    """Return the texts of a link that say its address already."""
    return address, re.sub(r"^\w+:(//)?|/$", "", address)


def picture_name(source: str) -> str:
    """Return the name of a picture's file, which may be attached (cid:)."""
    path = re.sub(r"^data:.*|[?#].*|^cid:([^@]*).*", r"\1", source.strip(), flags=re.I | re.S)
    return UNSAFE.sub("", unquote(path).rpartition("/")[2]).strip() or "image"
