"""The heartbeat on the page Alarms."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.alarms import heartbeat
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.i18n import shown
from notifications.models import Heartbeat
from notifications.models.audit.act import Act
from notifications.models.sealed.address import LostAddress
from notifications.webhooks.target import shown_address, target_problem

from .access import CHANGE


class HeartbeatForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Heartbeat
        fields = ("heartbeat_url",)
        widgets = {
            "heartbeat_url": UnfoldAdminTextInputWidget(
                {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
            )
        }
        help_texts = {
            "heartbeat_url": _(
                "Called with GET every 5 minutes while mail can be sent. A monitoring service that "
                "expects the calls, such as healthchecks.io or Uptime Kuma, raises the alarm when "
                "they stop, even if this machine is down."
            )
        }

    def clean_heartbeat_url(self) -> str:
        url: str = self.cleaned_data["heartbeat_url"].strip()
        if url and (problem := target_problem(url)):
            raise forms.ValidationError(gettext(problem))
        return url


def context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows of the heartbeat. Whoever may not change it sees whose address it is."""
    row, now = Heartbeat.objects.current(), timezone.now()
    url = row.heartbeat_url
    is_set = bool(url) or isinstance(url, LostAddress)
    return {
        "heartbeat": row,
        "heartbeat_form": HeartbeatForm(instance=row) if request.user.has_perm(CHANGE) else None,
        "heartbeat_host": shown_address(url) if url else "",
        "heartbeat_is_set": is_set,
        "heartbeat_error": shown(row.error, gettext),
        "in_the_way": heartbeat.in_the_way(now=now) if is_set else (),
    }


@require_POST
@permission_required(CHANGE, raise_exception=True)
def change(request: HttpRequest, show: Callable[..., HttpResponse]) -> HttpResponse:
    """Save the address, and call it once so that it is seen to work. `show` shows the page: with
    what was typed, if it is refused."""
    Heartbeat.objects.made()
    form = HeartbeatForm(request.POST, instance=Heartbeat.objects.current())
    if not form.is_valid():
        response = show(request, {"heartbeat_form": form})
        response.status_code = 422
        return response
    row = form.save(commit=False)
    row.called_at, row.status, row.error = None, 0, ""
    with transaction.atomic():
        row.save()
        if form.changed_data:
            target = Target.all_of(Heartbeat)
            record(Act.CHANGED, person(request), target, fields=["Heartbeat address"])
    _tell(request, row)
    return redirect("admin:notifications_alarmchannel_changelist")


def _tell(request: HttpRequest, row: Heartbeat) -> None:
    if not row.heartbeat_url:
        messages.success(request, gettext("The heartbeat is off."))
        return
    now = timezone.now()
    if not heartbeat.can_send(now=now):
        messages.warning(
            request, gettext("Saved. It is not called now, because mail cannot be sent.")
        )
        return
    Heartbeat.objects.claim(now=now)
    result = heartbeat.call(row)
    if result.error:
        error = shown(result.error, gettext)
        messages.error(request, gettext("Saved, but the call failed: %(error)s") % {"error": error})
    else:
        text = gettext("Saved. The address was called and answered %(status)s.")
        messages.success(request, text % {"status": result.status})
