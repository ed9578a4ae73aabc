"""The filters of the Notification Queue, and its paging."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.status import IN_QUEUE
from notifications.models.transitions.rows import waits_since

# People choose from these numbers of days by their words.
AGES = (
    ("1", _("a day")),
    ("3", _("3 days")),
    ("7", _("a week")),
    ("30", _("30 days")),
)


class StatusFilter(admin.ChoicesFieldListFilter):
    """A filter with only those statuses that the queue can have."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        every, *choices = super().choices(changelist)
        shown = {str(status.label) for status in IN_QUEUE}
        yield every
        yield from (choice for choice in choices if str(choice["display"]) in shown)


class AgeFilter(admin.SimpleListFilter):
    """It counts from the time that a notification was due, as all ages do."""

    title = _("Older than")
    parameter_name = "older_than"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Any:
        return AGES

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = self.value() or ""
        if days not in dict(AGES):
            return queryset
        until = timezone.now() - timedelta(days=int(days))
        return queryset.annotate(since=waits_since()).filter(since__lt=until)


class QueuePaginator(Paginator):  # type: ignore[type-arg]
    template_name = "notifications/_queue_pages.html"
