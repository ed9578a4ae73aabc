"""Send a test now: one message with a key, as its application would queue it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications import outbox
from notifications.admin.form_token import key_of_form, record_queued, tell_queued
from notifications.audit.record import Target
from notifications.errors import NotQueued
from notifications.i18n import translated
from notifications.models import ApiKey
from notifications.models.audit.act import Act
from notifications.outbox import NewNotification

from . import rights


@require_POST
@permission_required("notifications.change_apikey", raise_exception=True)
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the test and lead to its message, else back to the key with the reason."""
    key = get_object_or_404(ApiKey, pk=pk)
    if not rights.may_manage(request.user, key):
        raise PermissionDenied
    page = redirect("admin:notifications_apikey_change", pk)
    if not key.may_send or not key.is_usable(now=timezone.now()):
        messages.error(request, _("This key may not send."))
        return page
    try:
        with key_of_form(request) as form_key:
            new = NewNotification(
                to=request.POST.get("recipient", ""),
                subject=_("Test of the API key “%(name)s”") % {"name": key.name},
                text=_("This message was queued with the API key “%(name)s” by %(who)s.")
                % {"name": key.name, "who": request.user.get_username()},
                key=form_key,
            )
            row = outbox.enqueue(new, initiator=key.name, api_key=key)
            record_queued(request, Act.TESTED, Target.of(key), row)
    except NotQueued as error:
        text = _("The test was not queued: %(error)s")
        messages.error(request, text % {"error": translated(error, _)})
        return page
    tell_queued(request, row, _("The test is queued."))
    return redirect("admin:notifications_notification_change", row.pk)
