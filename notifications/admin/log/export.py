"""The entries that the list's filters leave as CSV."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.csv_file import streamed, utc
from notifications.i18n import shown
from notifications.models import Attempt
from notifications.models.notification import shown_subject

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
    (_("Initiator"), lambda entry: entry.initiator),
)


def download(rows: QuerySet[Attempt]) -> StreamingHttpResponse:
    return streamed(rows, _COLUMNS, name=f"notifications-log-{timezone.localdate():%Y-%m-%d}.csv")
