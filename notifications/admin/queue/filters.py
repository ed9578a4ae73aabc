"""The filters of the Notification Queue, and its paging."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.admin.saved import settings_of
from notifications.counts import Counted
from notifications.incident import causes
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings
from notifications.models.status import IN_QUEUE, Status
from notifications.models.transitions.rows import waits_since
from notifications.queue import waiting
from notifications.queue.waiting import Group

# People choose from these numbers of days by their words.
AGES = (
    ("1", _("a day")),
    ("3", _("3 days")),
    ("7", _("a week")),
    ("30", _("30 days")),
)


class GroupFilter(admin.SimpleListFilter):
    """The tabs of the list."""

    title = _("Show")
    parameter_name = "tab"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Any:
        return Group.choices

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in Group.values:
            return queryset
        cloud = Connection.of(EmailSettings.objects.current().values()).cloud.key
        group = waiting.of_group(str(self.value()), cloud, now=timezone.now())
        return queryset.filter(pk__in=group.values("pk"))


class StatusFilter(admin.ChoicesFieldListFilter):
    """A filter with only those statuses that the queue can have."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        every, *choices = super().choices(changelist)
        shown = {str(status.label) for status in IN_QUEUE}
        yield every
        yield from (choice for choice in choices if str(choice["display"]) in shown)


class CauseFilter(admin.SimpleListFilter):
    """Why they failed, by code and sentence."""

    title = _("Cause")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> Any:
        """The page has read the causes for its card already."""
        chosen = self.used_parameters.get(self.parameter_name)
        card = getattr(request, "queue_card", None)
        known = card.causes if card else []
        if chosen and not card:
            known = causes.of_failed(settings_of(request), now=timezone.now())
        self._causes = {each.key: each for each in known}
        found = {key: f"{each.text} ({Counted(each.count)})" for key, each in self._causes.items()}
        if chosen:
            # What has just been retried has no failed ones any more.
            found.setdefault(chosen, str(_("None any more")))
        return list(found.items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        cause = self._causes.get(str(self.value()))
        if cause is None:
            return queryset.none()
        return queryset.filter(status=Status.FAILED, error_code=cause.code, error=cause.error)


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
        return self.of_age(queryset.annotate(since=waits_since()), until)

    def of_age(self, queryset: QuerySet[Any], until: Any) -> QuerySet[Any]:
        return queryset.filter(since__lt=until)


class NewerFilter(AgeFilter):
    title = _("Only newer than")
    parameter_name = "newer_than"

    def of_age(self, queryset: QuerySet[Any], until: Any) -> QuerySet[Any]:
        return queryset.filter(since__gte=until)
