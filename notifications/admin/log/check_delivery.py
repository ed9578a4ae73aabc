"""Check delivery now: ask Microsoft about one message, with the reason of a failure."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.backends.errors import SendError
from notifications.backends.explanations.tracing import explain_trace, words_of
from notifications.mailbox import trace
from notifications.mailbox.connection import Connection
from notifications.models import Attempt
from notifications.models.attempt import Result


def check_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and lead back to the message. It costs of the tenant's budget, so that a person does it
    for one message at a time."""
    if not request.user.has_perm("notifications.view_attempt"):
        raise PermissionDenied
    entry = Attempt.objects.shown().filter(pk=pk, result=Result.ACCEPTED).first()
    if entry is None:
        messages.error(request, _("The entry is gone."))
        return redirect("admin:notifications_attempt_changelist")
    _ask(request, entry)
    return redirect("admin:notifications_attempt_change", pk)


def _ask(request: HttpRequest, entry: Attempt) -> None:
    connection = Connection.saved()
    if not connection.values.trace:
        messages.error(request, _("Message trace is switched off in E-mail > Settings."))
        return
    now = timezone.now()
    if now - entry.at > trace.KEPT:
        messages.warning(request, _("Exchange keeps the trace for 90 days; this message is older."))
        return
    try:
        is_known = trace.ask_about(entry, connection, now=now)
    except SendError as error:
        told = explain_trace(error.answer, translate=_)
        words = (told.happened, told.why, told.what_to_do, words_of(error.answer))
        messages.error(request, " ".join(filter(None, words)))
        return
    if is_known:
        messages.success(request, _("Microsoft has reported what became of the message."))
    else:
        messages.info(
            request,
            _("Microsoft does not know the message yet: the trace is some minutes behind."),
        )
