"""The audit trail as CSV."""

import json
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.admin.csv_file import streamed, utc
from notifications.audit.record import ranges
from notifications.models import AuditEvent

from .words import details_of, kind_of

_COLUMNS: tuple[tuple[Any, Callable[[AuditEvent], object]], ...] = (
    (_("Time (UTC)"), lambda event: utc(event.at)),
    (_("Who"), lambda event: event.who),
    (_("Kind of user"), AuditEvent.get_by_display),
    (_("What"), lambda event: event.label),
    (_("Address"), lambda event: event.address),
    (_("Object"), lambda event: kind_of(event) if event.object_type else ""),
    (_("Number"), lambda event: event.object_number or ""),
    (_("Name"), lambda event: event.object_name),
    (_("Details"), details_of),
    (_("Notifications"), lambda event: ranges(event.messages)),
    (_("Act"), lambda event: event.act),
    (_("Details as JSON"), lambda event: json.dumps(event.details) if event.details else ""),
)


def download(rows: QuerySet[AuditEvent]) -> StreamingHttpResponse:
    return streamed(rows, _COLUMNS, name=f"audit-trail-{timezone.localdate():%Y-%m-%d}.csv")
