"""The entries that the list's filters leave as CSV, streamed for spreadsheets and scripts."""

import codecs
import csv
import io
import re
import string
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.i18n import shown
from notifications.models import Attempt
from notifications.models.notification import shown_subject

# So many rows are in memory at a time.
_PIECE = 1000
# A spreadsheet takes a cell that begins with one of these for a formula, unless an apostrophe
# precedes it (OWASP, "CSV Injection"). Some languages' versions also take the wide forms, and what
# comes before one and is not seen is passed over.
_FORMULA_SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_UNSEEN = '"\0\u200b\ufeff' + string.whitespace + "\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000"
_ODD_BEGINNINGS = ("\t", "\r", "\n", "\0")
# Where people write commas in numbers, a spreadsheet cuts the file at semicolons instead, or at
# tabs, and quotes in the middle of a line are letters.
_CELL_ENDS = re.compile(r"([;\t\r\n])")

_COLUMNS: tuple[tuple[Any, Callable[[Attempt], object]], ...] = (
    (_("Time (UTC)"), lambda entry: utc(entry.at)),
    (_("Result"), Attempt.get_result_display),
    (_("Delivery"), Attempt.get_delivery_display),
    (_("Test"), lambda entry: _("yes") if entry.is_test else ""),
    (_("From"), lambda entry: entry.from_address),
    (_("To"), lambda entry: entry.recipients),
    (_("Subject"), lambda entry: shown_subject(entry.subject)),
    (_("Error"), lambda entry: shown(entry.error, gettext)),
    (_("Code"), lambda entry: entry.code),
    (_("Microsoft's message"), lambda entry: entry.message),
    (_("HTTP status"), lambda entry: entry.http_status or ""),
    ("Message-ID", lambda entry: entry.message_id),
    ("request-id", lambda entry: entry.request_id),
    ("client-request-id", lambda entry: entry.client_request_id),
    (_("Account"), lambda entry: entry.account),
    (_("API"), Attempt.get_api_display),
    (_("Duration in ms"), lambda entry: entry.duration_ms),
    (_("Size in bytes"), lambda entry: entry.size),
    (_("Character set"), lambda entry: entry.charset),
    (_("Note"), lambda entry: shown(entry.note, gettext)),
    (_("Worker"), lambda entry: entry.worker),
)


def download(rows: QuerySet[Attempt]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    name = f"notifications-log-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def lines(rows: QuerySet[Attempt]) -> Iterator[bytes]:
    """Yield UTF-8, with the mark at the beginning by which Excel knows it."""
    header = [str(label) for label, _value in _COLUMNS]
    yield codecs.BOM_UTF8 + _csv([header])
    for piece in _pieces(rows):
        yield _csv([harmless(value(entry)) for _label, value in _COLUMNS] for entry in piece)


def _pieces(rows: QuerySet[Attempt]) -> Iterator[list[Attempt]]:
    """Yield entries, newest first. Each piece is a query of its own, so that a slow download holds
    neither a cursor nor a transaction, and entries written meanwhile do not shift it."""
    rows = rows.order_by("-at", "-pk")
    piece = list(rows[:_PIECE])
    while piece:
        yield piece
        last = piece[-1]
        older = rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk), at__lte=last.at)
        piece = list(older[:_PIECE]) if len(piece) == _PIECE else []


def _csv(rows: Iterable[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue().encode()


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def harmless(value: object) -> str:
    """Return a text that no spreadsheet takes for a formula, whatever it cuts the file at."""
    parts = _CELL_ENDS.split(str(value))
    text = "".join(f"'{part}" if _is_formula(part) else part for part in parts)
    return f"'{text}" if text.startswith(_ODD_BEGINNINGS) else text


def _is_formula(text: str) -> bool:
    return text.lstrip(_UNSEEN).startswith(_FORMULA_SIGNS)
