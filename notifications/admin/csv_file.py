"""Rows as CSV, streamed for spreadsheets and scripts."""

import codecs
import csv
import io
import re
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.models.audit.act import Act

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

Columns = Sequence[tuple[Any, Callable[[Any], object]]]


def tell_export(request: HttpRequest, model: type[Model]) -> None:
    """Record that somebody exports rows, and by the names which filters they had set."""
    filters = sorted(name for name, value in request.GET.items() if value)
    record(Act.EXPORTED, person(request), Target.all_of(model), filters=filters)


def streamed(
    rows: QuerySet[Any], columns: Columns, *, name: str, moment: str = "at"
) -> StreamingHttpResponse:
    """Return rows, which have a `moment` that stays, as a download of this name."""
    written = lines(rows, columns, moment=moment)
    response = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def lines(rows: QuerySet[Any], columns: Columns, *, moment: str = "at") -> Iterator[bytes]:
    """Yield UTF-8, with the mark at the beginning by which Excel knows it."""
    header = [str(label) for label, _value in columns]
    yield codecs.BOM_UTF8 + _csv([header])
    for piece in _pieces(rows, moment):
        yield _csv([harmless(value(entry)) for _label, value in columns] for entry in piece)


def _pieces(rows: QuerySet[Any], moment: str) -> Iterator[list[Any]]:
    """Yield rows, newest first. Each piece is a query of its own, so that a slow download holds
    neither a cursor nor a transaction, and rows written meanwhile do not shift it."""
    rows = rows.order_by(f"-{moment}", "-pk")
    piece = list(rows[:_PIECE])
    while piece:
        yield piece
        last, at = piece[-1].pk, getattr(piece[-1], moment)
        same = Q(**{moment: at}, pk__lt=last)
        older = rows.filter(Q(**{f"{moment}__lt": at}) | same, **{f"{moment}__lte": at})
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
