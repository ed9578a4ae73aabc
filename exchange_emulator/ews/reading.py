"""Carry out GetItem."""

from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements, lookup, rendering, responses
from exchange_emulator.ews.access import Call


def get_item(call: Call, operation: Element) -> str:
    shape_element = elements.child(operation, "ItemShape")
    wanted = rendering.Shape() if shape_element is None else rendering.shape(shape_element)

    def get(element: Element) -> str:
        item = lookup.item(call, element)
        return f"<m:Items>{rendering.render(call, item, wanted)}</m:Items>"

    asked = elements.children(operation, "ItemIds")
    return responses.each("GetItem", asked, get)
