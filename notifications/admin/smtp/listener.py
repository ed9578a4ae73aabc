"""The tab Listener: whether it runs, and the settings of all clients together."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from notifications.admin.audited import english_labels
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.models import SmtpClient, SmtpListener, SmtpSettings
from notifications.models.audit.act import Act
from notifications.models.settings import MEGABYTE
from notifications.models.smtp.listener import MOST_MB
from notifications.queue.holding import smtp_certificate
from notifications.queue.intake.admission import Rules

from . import history

_CHANGE = "notifications.change_smtpsettings"
_NUMBERS = ("largest_mb", "most_recipients", "most_waiting")


class ListenerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SmtpSettings
        fields = ("is_on", *_NUMBERS)
        help_texts = {
            "largest_mb": "",
            "most_waiting": gettext_lazy("Devices then try again later."),
        }
        widgets = {
            "is_on": UnfoldBooleanSwitchWidget,
            **{
                name: UnfoldAdminIntegerFieldWidget(attrs={"class": "mc-number", "min": 1})
                for name in _NUMBERS
            },
        }


@require_http_methods(["GET", "POST"])
@permission_required("notifications.view_smtpsettings", raise_exception=True)
def listener(request: HttpRequest) -> HttpResponse:
    may_change = request.user.has_perm(_CHANGE)
    form = ListenerForm(request.POST or None, instance=SmtpSettings.objects.current())
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            _save(request, form)
            messages.success(request, _("The settings of the SMTP listener have been saved."))
            return redirect("admin:smtp_listener")
    return _page(request, form, may_change=may_change)


@transaction.atomic
def _save(request: HttpRequest, form: ListenerForm) -> None:
    values = form.cleaned_data
    before = SmtpSettings.objects.made().values(*values).get()
    SmtpSettings.objects.made().update(**values)
    SmtpSettings.objects.changed()
    history.note_settings(request, SmtpSettings.objects.current(), before)
    if form.changed_data:
        target = Target.all_of(SmtpSettings)
        record(Act.CHANGED, person(request), target, fields=english_labels(form))


def _page(request: HttpRequest, form: ListenerForm, *, may_change: bool) -> HttpResponse:
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": _("E-mail > SMTP"),
        "form": form,
        "row": SmtpSettings.objects.current(),
        "may_change": may_change,
        "listeners": [_shown(each, now) for each in SmtpListener.objects.alive(now=now)],
        "has_clients": SmtpClient.objects.usable().exists(),
        "changes": history.recent(),
        "most_mb": _most_mb(),
        "is_limited": Rules().sends_in_one_request,
        "units": {"largest_mb": _("megabytes"), "most_waiting": _("notifications wait")},
    }
    status = 422 if form.errors else 200
    return render(request, "notifications/smtp_listener.html", context, status=status)


def _shown(row: SmtpListener, now: datetime) -> dict[str, Any]:
    certificate = smtp_certificate.of_listeners([row]).obstacle(now)
    return {
        "row": row,
        "certificate": certificate,
        "trouble": row.problem.splitlines(),
        "addresses": [
            f"{f'[{host}]' if ':' in host else host}:{port}{' (TLS)' if is_tls else ''}"
            for host, port, is_tls in row.addresses
        ],
    }


def _most_mb() -> float:
    """Return the megabytes of a message that the connection to Microsoft can send."""
    return settings.LARGEST_MIME / MEGABYTE if Rules().sends_in_one_request else MOST_MB
