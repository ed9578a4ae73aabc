"""The room that the log and the stored content take."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Max, Model, Sum

from notifications.models import Attachment, Attempt

# Counting reads every row, so a log of this size is estimated by PostgreSQL instead.
_LARGE = 100_000


@dataclass(frozen=True, slots=True)
class Space:
    """`files_size` is in bytes; content that several notifications attach counts once."""

    entries: int
    is_estimated: bool
    files: int
    files_size: int


def taken() -> Space:
    entries, is_estimated = _entries()
    contents = Attachment.objects.order_by().values("path").annotate(one=Max("size"))
    total = contents.aggregate(files_size=Sum("one"))["files_size"] or 0
    return Space(entries, is_estimated, contents.count(), total)


def _entries() -> tuple[int, bool]:
    estimate = _estimate(Attempt)
    if estimate >= _LARGE:
        return estimate, True
    return Attempt.objects.shown().count(), False


def _estimate(model: type[Model]) -> int:
    """Return PostgreSQL's estimate of a table's rows; 0 if the database has none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        (rows,) = cursor.fetchone()
    return max(int(rows), 0)
