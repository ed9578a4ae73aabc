"""The pages of Retention, and of Clear."""

from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from notifications import wakeups
from notifications.admin.audited import english_labels
from notifications.audit.actors import person
from notifications.audit.record import Actor, Target, record
from notifications.log import space
from notifications.models import Attempt, ConnectionEvent, Retention
from notifications.models.audit.act import Act
from notifications.models.event import EventKind

_LIST = "admin:notifications_attempt_changelist"
_CHANGE = "notifications.change_retention"


class DaysForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Retention
        fields = ("entry_days", "content_days")
        widgets = {
            name: UnfoldAdminIntegerFieldWidget(attrs={"class": "mc-number", "min": 1, "max": 3650})
            for name in fields
        }


@require_http_methods(["GET", "POST"])
@permission_required("notifications.view_attempt", raise_exception=True)
def days_to_keep(request: HttpRequest) -> HttpResponse:
    kept = Retention.objects.current()
    may_change = request.user.has_perm(_CHANGE)
    form = DaysForm(request.POST or None, instance=Retention.objects.current())
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            _save(form, by=person(request))
            messages.success(request, _("Retention saved."))
            return redirect("admin:log_keeping")
    context = {
        **admin.site.each_context(request),
        "title": _("Retention"),
        "kept": kept,
        "form": form,
        "may_change": may_change,
        "space": space.taken(),
    }
    status = 422 if form.errors else 200
    return render(request, "notifications/days_to_keep.html", context, status=status)


@transaction.atomic
def _save(form: DaysForm, *, by: Actor) -> None:
    if Retention.objects.save_days(**form.cleaned_data, by=by.who, now=timezone.now()):
        target = Target.all_of(Retention)
        days = [form.cleaned_data[name] for name in form.changed_data]
        values = dict(zip(english_labels(form), days, strict=True))
        record(Act.CHANGED, by, target, values=values)
    wakeups.begin_purge()


@require_http_methods(["GET", "POST"])
@permission_required(
    ["notifications.view_attempt", "notifications.delete_attempt"], raise_exception=True
)
def clear(request: HttpRequest) -> HttpResponse:
    """Ask, then delete the entries that were there when the question was asked."""
    if request.method == "POST":
        until = _until(request.POST.get("until", ""))
        if until is None:
            messages.error(request, _("Nothing was deleted: please confirm once more."))
            return redirect("admin:log_clear")
        _clear(until, by=person(request))
        messages.success(request, _("The log has been cleared."))
        return redirect(_LIST)
    context = {
        **admin.site.each_context(request),
        "title": _("Clear the log"),
        "space": space.taken(),
        "until": timezone.now().isoformat(),
    }
    return render(request, "notifications/clear_log.html", context)


def _until(text: str) -> datetime | None:
    """Return the moment of the question; a later one than now answers nothing."""
    try:
        until = parse_datetime(text)
    except ValueError:
        return None
    if until is None or timezone.is_naive(until) or until > timezone.now():
        return None
    return until


@transaction.atomic
def _clear(until: datetime, *, by: Actor) -> None:
    """Hide the entries at once; workers delete them by and by."""
    if Retention.objects.clear(until=until):
        ConnectionEvent.objects.create(kind=EventKind.LOG_CLEARED, at=timezone.now(), who=by.who)
        record(Act.CLEARED, by, Target.all_of(Attempt))
        transaction.on_commit(wakeups.begin_purge)
