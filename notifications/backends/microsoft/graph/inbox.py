"""The reports in an Inbox, through Graph. They are found by their class, in any language.

Sources: "List messages", "singleValueLegacyExtendedProperty" (the property 0x001A is the class of
a message; a filter knows startswith for it), "Get MIME content of a message", "message: move".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from notifications.backends.microsoft.answers import json_object

from .answers import moment, read, read_id
from .http import GraphHttp

_CLASS = "REPORT.IPM.Note"
_PAGE = 250  # of at most 1000
_MOST_PAGES = 10
MOST_LISTED = _PAGE * _MOST_PAGES


@dataclass(frozen=True, slots=True)
class Found:
    """A report in the Inbox; `id` is immutable."""

    id: str
    received_at: datetime


class InboxReader:
    """`mailbox` is an address, or "" for that of the sign-in."""

    def __init__(self, http: GraphHttp, *, mailbox: str = "") -> None:
        self._http = http
        self.is_own = not mailbox
        self._owner = f"/users/{quote(mailbox, safe='')}" if mailbox else "/me"

    def reports(self, *, since: datetime) -> Iterator[Found]:
        """Yield the reports since then, the oldest first, `MOST_LISTED` at most."""
        condition = (
            f"receivedDateTime ge {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} and "
            "singleValueExtendedProperties/Any(ep: ep/id eq 'String 0x001A' and "
            f"startswith(ep/value,'{_CLASS}'))"
        )
        path = (
            f"{self._owner}/mailFolders/inbox/messages?$filter={quote(condition, safe='')}"
            f"&$orderby={quote('receivedDateTime asc', safe='')}"
            f"&$select=id,receivedDateTime&$top={_PAGE}"
        )
        for _page in range(_MOST_PAGES):
            response = self._http.call("GET", path, expect=(200,))
            for each in read(response, "value", list):
                if found := _found(each):
                    yield found
            path = self._http.path_of(json_object(response).get("@odata.nextLink"))
            if not path:
                return

    def mime(self, report: Found) -> bytes:
        """Return the whole report as it came."""
        path = f"{self._path(report)}/$value"
        return self._http.call("GET", path, expect=(200,)).content

    def mark_as_read(self, report: Found) -> None:
        self._http.call("PATCH", self._path(report), fields={"isRead": True}, expect=(200,))

    def move(self, report: Found, folder: str) -> None:
        """Move a report to a folder, by its id."""
        path = f"{self._path(report)}/move"
        self._http.call("POST", path, fields={"destinationId": folder}, expect=(201,))

    def folder(self, name: str) -> str:
        """Return the id of a folder beside the Inbox; it is made where there is none."""
        literal = name.replace("'", "''")
        condition = quote(f"displayName eq '{literal}'", safe="")
        path = f"{self._owner}/mailFolders?$filter={condition}&$select=id"
        found = read(self._http.call("GET", path, expect=(200,)), "value", list)
        if found and isinstance(found[0], dict) and isinstance(found[0].get("id"), str):
            return str(found[0]["id"])
        made = self._http.call(
            "POST", f"{self._owner}/mailFolders", fields={"displayName": name}, expect=(201,)
        )
        return read_id(made, "id")

    def close(self) -> None:
        self._http.close()

    def _path(self, report: Found) -> str:
        return f"{self._owner}/messages/{quote(report.id, safe='')}"


def _found(each: Any) -> Found | None:
    if not isinstance(each, dict) or not isinstance(each.get("id"), str):
        return None
    at = moment(each.get("receivedDateTime"))
    return Found(each["id"], at) if at else None
