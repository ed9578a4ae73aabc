"""Check request bodies by the tables of `properties`, in the words of Graph's OData reader."""

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from exchange_emulator.graph.access import RefusedError
from exchange_emulator.graph.properties import ATTACHMENTS, MESSAGE, NOT_NULL, Table, Type

# RFC 5322 section 3.6.8 allows printable ASCII but the colon.
_HEADER_NAME = re.compile(r"x-[!-9;-~]*\Z", re.IGNORECASE)
MOST_HEADERS = 5


def refused(text: str, *, code: str = "RequestBodyRead") -> RefusedError:
    return RefusedError(code, text, 400)


def parse(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise refused(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and "
            "payload is of valid JSON format.",
            code="BadRequest",
        ) from error
    if not isinstance(parsed, dict):
        raise refused("A 'StartObject' node was expected.")
    return parsed


def object_of(given: Any, table: Table, *, named: str) -> None:
    """Raise RefusedError for a property that the table does not have, or of a wrong type."""
    if not isinstance(given, dict):
        raise refused(f"A 'StartObject' node was expected for '{named}'.")
    for name, value in given.items():
        if name not in table:
            raise refused(
                f"The property '{name}' does not exist on type 'microsoft.graph.{named}'. Make "
                "sure to only use property names that are defined by the type."
            )
        if value is not None:
            _check(value, table[name], name)
        elif isinstance(table[name], list) or name in NOT_NULL:
            raise refused(f"The property '{name}' cannot be null.")


def _check(value: Any, wanted: Type, name: str) -> None:
    if isinstance(wanted, list):
        if not isinstance(value, list):
            raise refused(f"A 'StartArray' node was expected for '{name}'.")
        for each in value:
            _check(each, wanted[0], name)
    elif isinstance(wanted, dict):
        object_of(value, wanted, named=name)
    elif isinstance(wanted, tuple):
        _check_enumeration(value, wanted)
    elif not SIMPLE[wanted](value):
        raise refused(f"Cannot convert the value of '{name}' to the expected type '{wanted}'.")


def _check_enumeration(value: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value.lower() not in {each.lower() for each in allowed}:
        raise refused(f"Requested value '{value}' was not found.")


def _is_text(value: Any) -> bool:
    """Say whether the value is text; half a surrogate pair is not."""
    return isinstance(value, str) and value.encode("utf-8", "replace").decode() == value


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except ValueError:
        return False


def _is_datetime(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_attachment(value: Any) -> bool:
    attachment(value)
    return True


SIMPLE: dict[str, Callable[[Any], bool]] = {
    "string": _is_text,
    "boolean": lambda value: isinstance(value, bool),
    # The documentation's own example sends the text "false".
    "switch": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "base64": _is_base64,
    "datetime": _is_datetime,
    "attachment": _is_attachment,
    "any": lambda _: True,
}


def attachment(given: Any) -> None:
    """Check a fileAttachment; the other kinds exist in Graph and not in the emulator."""
    if not isinstance(given, dict):
        raise refused("A 'StartObject' node was expected for 'attachments'.")
    kind = str(given.get("@odata.type", "")).lstrip("#").removeprefix("microsoft.graph.")
    if not kind:
        raise refused(
            "Cannot create an abstract class: microsoft.graph.attachment needs '@odata.type'."
        )
    if kind not in ATTACHMENTS:
        raise refused(f"The emulator knows no attachment of type '{kind}'.")
    object_of(given, ATTACHMENTS[kind], named=kind)


def message(given: Any) -> None:
    """Check a message of a request: the table, then the rules on internet headers."""
    object_of(given, MESSAGE, named="message")
    for extended in given.get("singleValueExtendedProperties") or []:
        if not extended.get("id"):
            raise refused("A single-value extended property needs an 'id'.")
    headers = given.get("internetMessageHeaders")
    if headers is None:
        return
    for header in headers:
        name = header.get("name") or ""
        if not _HEADER_NAME.match(name):
            raise refused(
                f"The internet message header name '{name}' should start with 'x-' or 'X-'.",
                code="InvalidInternetMessageHeader",
            )
    if not 1 <= len(headers) <= MOST_HEADERS:
        raise refused(
            "The number of internet message headers must be between 1 and 5.",
            code="InvalidInternetMessageHeaderCollection",
        )
