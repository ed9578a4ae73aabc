"""Exchange's message trace through Graph: what became of each message, by recipient.

Sources: "List messageTraces", "exchangeMessageTrace: getDetailsByRecipient" (Graph v1.0), and
measurements by others: of `or`, `in`, `ne` and `not` nothing counts but the last value of each
property, so that a filter has one value a property; rows come newest first; the last four hours
still change.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from notifications.backends.errors import line
from notifications.backends.microsoft.answers import json_object

from .answers import moment, read
from .http import GraphHttp

# A window may be so long, and begin so long ago.
LONGEST_WINDOW = timedelta(days=10)
KEPT = timedelta(days=90)
MOST_ROWS = 5000
# A window has so many pages at most: one sender does not use up what others need.
MOST_PAGES = 10
# `recalled` came later than the others, and is told only to who asks for it.
_PREFER = "include-unknown-enum-members"
_PATH = "/admin/exchange/tracing/messageTraces"
_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,4}(?![\d.])")
# As in "Reason: [{LED=550 5.1.10 …};{MSG=};{FQDN=mx.contoso.example};{IP=…};{LRT=…}]".
_SERVER = re.compile(r"\{FQDN=([^{}\s]{1,255})\}", re.IGNORECASE)
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One message for one recipient. Addresses are in lower case; `to_ip` is the address of the
    server that took it, "" where it stayed in the organization."""

    id: str
    message_id: str
    sender: str
    recipient: str
    subject: str
    status: str
    to_ip: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message failed: the code, the server's own words, and the host that said them, in lower
    case, or "" where Exchange names none."""

    code: str
    text: str
    server: str


class MessageTrace:
    """Each request costs of the tenant's budget of 100 in five minutes: `spend` is called before
    it, and may raise."""

    def __init__(self, http: GraphHttp, *, spend: Callable[[], None]) -> None:
        self._http = http
        self._spend = spend

    def pages(self, sender: str, *, since: datetime, until: datetime) -> Iterator[list[TraceRow]]:
        """Yield what a sender sent in a window, a page for each request."""
        yield from self._pages(f"senderAddress eq {_literal(sender)}", since, until)

    def of_message(
        self, message_id: str, *, since: datetime, until: datetime
    ) -> Iterator[list[TraceRow]]:
        yield from self._pages(f"messageId eq {_literal(message_id)}", since, until)

    def reason(self, row: TraceRow) -> Reason | None:
        """Ask for the details of a row, which say why it failed."""
        path = f"{_PATH}/{quote(row.id, safe='')}/getDetailsByRecipient"
        path += f"(recipientAddress={quote(_literal(row.recipient), safe='')})"
        events = read(self._call(path), "value", list)
        texts = [_said(each) for each in events if isinstance(each, dict)]
        failed = [text for text in texts if _CODE.search(text)]
        if not failed:
            return None
        code, server = _CODE.search(failed[-1]), _SERVER.search(failed[-1])
        return Reason(code.group() if code else "", failed[-1], server[1].lower() if server else "")

    def close(self) -> None:
        self._http.close()

    def _call(self, path: str) -> requests.Response:
        self._spend()
        return self._http.call("GET", path, expect=(200,), prefer=_PREFER)

    def _pages(self, term: str, since: datetime, until: datetime) -> Iterator[list[TraceRow]]:
        window = f"receivedDateTime ge {_moment(since)} and receivedDateTime le {_moment(until)}"
        query = quote(f"{term} and {window}", safe="")
        path = f"{_PATH}?$filter={query}&$top={MOST_ROWS}"
        for _page in range(MOST_PAGES):
            response = self._call(path)
            rows = [_row(each) for each in read(response, "value", list)]
            yield [row for row in rows if row]
            link = json_object(response).get("@odata.nextLink")
            path = self._http.path_of(link)
            if not path:
                return


def _row(found: Any) -> TraceRow | None:
    """Read a row; one that is not as it should be is left out, and the others count."""
    if not isinstance(found, dict):
        return None
    at = moment(found.get("receivedDateTime"))
    texts = {name: line(found.get(name), _LONGEST) for name in _NAMES}
    if at is None or not texts["recipientAddress"]:
        return None
    return TraceRow(
        id=texts["id"],
        message_id=texts["messageId"],
        sender=texts["senderAddress"].lower(),
        recipient=texts["recipientAddress"].lower(),
        subject=texts["subject"],
        status=texts["status"],
        to_ip=texts["toIP"],
        received_at=at,
    )


_NAMES = (
    "id", "messageId", "senderAddress", "recipientAddress", "subject", "status", "toIP",
)  # fmt: skip


def _said(event: dict[str, Any]) -> str:
    texts = (line(event.get(name), _LONGEST) for name in ("description", "data"))
    return " ".join(filter(None, texts))[:_LONGEST]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _moment(at: datetime) -> str:
    """Write a time to the millisecond, cut: no window may end in the future."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
