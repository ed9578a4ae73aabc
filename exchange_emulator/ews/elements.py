"""Read elements of a request; a name has no prefix and may be of either namespace."""

from typing import Any
from xml.etree.ElementTree import Element

from exchange_emulator.ews.soap import MESSAGES, TYPES
from exchange_emulator.mime import reading


def child(element: Element, name: str) -> Element | None:
    found = element.find(f"{{{TYPES}}}{name}")
    return found if found is not None else element.find(f"{{{MESSAGES}}}{name}")


def children(element: Element, name: str) -> list[Element]:
    inside = child(element, name)
    return [] if inside is None else list(inside)


def text(element: Element, name: str) -> str | None:
    found = child(element, name)
    return None if found is None else (found.text or "")


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def is_true(value: str | None) -> bool:
    return value in ("true", "1")


def mailbox(element: Element) -> dict[str, Any]:
    """Return a t:Mailbox as Graph's recipient, the form in which the emulator keeps people."""
    address = text(element, "EmailAddress") or ""
    return reading.recipient((text(element, "Name") or "", address))
