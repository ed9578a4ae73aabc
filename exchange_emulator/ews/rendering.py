"""Render an item as a t:Message, with what the shape asks for."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements
from exchange_emulator.ews.access import Call
from exchange_emulator.ews.elements import is_true
from exchange_emulator.ews.message_fields import FIELDS, Rendered
from exchange_emulator.storage.mailboxes import Item


@dataclass(frozen=True)
class Shape:
    """Hold what a t:ItemShape asks for."""

    wants_all: bool = False
    wants_mime: bool = False
    wants_body: bool = False
    body_type: str = "Best"
    wants_headers: bool = False
    fields: frozenset[str] = field(default_factory=frozenset)


def shape(element: Element, *, for_list: bool = False) -> Shape:
    """Read the shape; a list never has bodies or recipients, whatever its shape."""
    base = elements.text(element, "BaseShape")
    asked = frozenset(
        each.attrib["FieldURI"].partition(":")[2]
        for each in elements.children(element, "AdditionalProperties")
        if "FieldURI" in each.attrib
    )
    tags = [each.attrib.get("PropertyTag", "") for each in element.iter()]
    wants_mime = is_true(elements.text(element, "IncludeMimeContent")) or "MimeContent" in asked
    return Shape(
        wants_all=base != "IdOnly",
        wants_mime=wants_mime and not for_list,
        wants_body=not for_list,
        body_type=elements.text(element, "BodyType") or "Best",
        wants_headers=any(_HEADERS.fullmatch(tag) for tag in tags),
        fields=asked,
    )


def render(call: Call, item: Item, wanted: Shape) -> str:
    """Render the elements in the order of the schema, on which clients rely."""
    properties = call.world.contents.properties(item.content)
    whole = Rendered(call, item, properties, wanted.body_type)
    parts = [
        make(whole) for name, make in FIELDS.items() if name == "ItemId" or _is_wanted(name, wanted)
    ]
    return f"<t:Message>{''.join(parts)}</t:Message>"


def _is_wanted(name: str, wanted: Shape) -> bool:
    if name in ("MimeContent", "ExtendedProperty"):
        return wanted.wants_mime if name == "MimeContent" else wanted.wants_headers
    if name in _ONLY_IN_FULL and not wanted.wants_body:
        return False
    return wanted.wants_all or name in wanted.fields


_ONLY_IN_FULL = (
    *("Body", "Attachments", "ToRecipients", "CcRecipients", "BccRecipients", "ReplyTo"),
    "ResponseObjects",
)
# PidTagTransportMessageHeaders
_HEADERS = re.compile(r"0x0*7d|125", re.IGNORECASE)
