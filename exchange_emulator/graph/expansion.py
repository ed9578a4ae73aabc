"""Expand attachments and extended properties of messages: $expand."""

import re
from typing import Any

from exchange_emulator.graph import queries, rendering
from exchange_emulator.graph.access import Call
from exchange_emulator.mail import drafts, errors
from exchange_emulator.storage.mailboxes import Item

EXTENDED = "singleValueExtendedProperties"
# PidTagMessageSize, which every item has.
_SIZE = re.compile(r"long 0x0*e08\b", re.IGNORECASE)


def read(call: Call) -> str:
    """Return the $expand that is asked for; only these two exist here."""
    wanted = call.request.query_params.get("$expand", "")
    if wanted and not wanted.startswith(("attachments", EXTENDED)):
        raise queries.invalid(f"Could not expand '{wanted}'.")
    if wanted and not call.reads_content:
        raise errors.access_denied()
    return wanted


def of(call: Call, item: Item, wanted: str) -> dict[str, Any]:
    if wanted.startswith("attachments"):
        listed = drafts.attachments(call.world, item)
        return {"attachments": [rendering.attachment(call, item, each) for each in listed]}
    if wanted:
        found = call.world.contents.properties(item.content).get(EXTENDED) or []
        size = [{"id": "Long 0xe08", "value": str(len(drafts.render(call.world, item)))}]
        kept = [each for each in found if each["id"].lower() in wanted.lower()]
        return {EXTENDED: kept + (size if _SIZE.search(wanted) else [])}
    return {}


def chosen(names: list[str], expanded: str) -> str:
    """Return the part of a context that lists what was selected and expanded."""
    more = [f"{expanded.partition('(')[0]}()"] if expanded else []
    return f"({','.join([*names, *more])})" if names or more else ""
