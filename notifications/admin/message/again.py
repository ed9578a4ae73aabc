"""Sending a message once more: Resend asks to whom, Edit and send again lets one correct it. The
original stays as it is; the copy is the person's own and is linked with it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import outbox
from notifications.admin import form_token
from notifications.admin.sensitive import may_see, tell_reading
from notifications.audit.record import Target
from notifications.errors import NotQueued
from notifications.i18n import translated
from notifications.models import Notification
from notifications.models.audit.act import Act
from notifications.outbox import Change, How

from . import page, rights
from .forms import EditForm, ResendForm

PAGE = "admin:notifications_notification_change"


@require_http_methods(["GET", "POST"])
@permission_required(rights.RESEND, raise_exception=True)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to whom, then queue the copy."""
    row = _found(pk)
    form = ResendForm(
        request.POST or None,
        message=row,
        me=getattr(request.user, "email", "") if may_see(request.user, row) else "",
        may_redirect=rights.may_redirect(request.user, row),
    )
    return _ask(request, row, form, template="notifications/resend.html", may=rights.may_resend)


@require_http_methods(["GET", "POST"])
@permission_required((*rights.RESEND, rights.EDIT), raise_exception=True)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the message says, and queue what was made of it."""
    row = _found(pk)
    if not may_see(request.user, row):
        raise PermissionDenied
    if request.method == "GET":
        tell_reading(request, row, "edit")
    form = EditForm(request.POST or None, message=row, attachments=list(row.attachments.all()))
    return _ask(request, row, form, template="notifications/edit_message.html", may=rights.may_edit)


def _found(pk: int) -> Notification:
    return get_object_or_404(Notification.objects.select_related("origin"), pk=pk)


def _ask(
    request: HttpRequest,
    row: Notification,
    form: ResendForm | EditForm,
    *,
    template: str,
    may: Callable[[Any, Notification], bool],
) -> HttpResponse:
    refusal, is_allowed = "", may(request.user, row)
    if not is_allowed:
        refusal = _("This message is still on its way. Cancel it first, or wait for its result.")
    elif request.method == "POST":
        try:
            if copy := _queued(request, row, form):
                form_token.tell_queued(request, copy, _("Queued again as a new notification."))
                return redirect(PAGE, copy.pk)
        except NotQueued as error:
            refusal = translated(error, _)
    context = {
        **page.frame(request, row),
        "form": form,
        "is_allowed": is_allowed,
        "refusal": refusal,
        "form_token": form_token.new_token(),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, template, context, status=status)


def _queued(
    request: HttpRequest, row: Notification, form: ResendForm | EditForm
) -> Notification | None:
    """Queue what a valid form asks for; None if it has errors."""
    with form_token.key_of_form(request) as key:
        if not form.is_valid():
            return None
        change, who = form.change(), request.user.get_username()
        copy = outbox.send_copy(row, change, initiator=who, key=key)
        _tell(request, row, copy, change, to=form.cleaned_data.get("recipients", ""))
        return copy


def _tell(
    request: HttpRequest, row: Notification, copy: Notification, change: Change, *, to: str
) -> None:
    """Tell what was edited, or to whom it went again: to an address, but not to which."""
    is_edited = change.how is How.EDITED
    edited = [*change.values, *(["attachments"] if change.without else [])]
    form_token.record_queued(
        request,
        Act.EDITED if is_edited else Act.RESENT,
        Target.of(row, ""),
        copy,
        messages=[row.pk, copy.pk],
        copy=copy.pk,
        **({"fields": edited} if is_edited else {"to": to}),
    )
