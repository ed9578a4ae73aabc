"""The preview of an E-mail Notification, rendered, as text and as source; and Send test."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from notifications.admin import form_token
from notifications.audit.record import Target
from notifications.email_templates import run as actions
from notifications.email_templates.filling import fill_in
from notifications.email_templates.run import Initiator, When
from notifications.errors import InvalidNotification, NotQueued
from notifications.i18n import Sentence, gettext_noop, translated
from notifications.models import EmailTemplate, Notification
from notifications.models.audit.act import Act
from notifications.models.notification import shown_subject

from .shown_message import framed, unguarded

_TESTED = "tested"  # what a test was sent with, for the page that is shown after it
_MOST_KEPT = 100_000  # characters


@require_http_methods(["GET", "POST"])
@permission_required("notifications.view_emailtemplate", raise_exception=True)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview with the sample context, or with the one that was typed."""
    template = get_object_or_404(EmailTemplate, pk=pk)
    tested = request.session.pop(_TESTED, {})
    if request.method == "GET" and tested.get("of") == pk:
        return _page(request, template, tested["typed"], recipient=tested["recipient"])
    return _page(request, template, _typed(request, template))


@require_POST
@permission_required("notifications.view_emailtemplate", raise_exception=True)
@permission_required("notifications.run_emailtemplate", raise_exception=True)
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the test and lead back to the page, which has what was typed for the next one."""
    template = get_object_or_404(EmailTemplate, pk=pk)
    typed = _typed(request, template)
    to = request.POST.get("recipient", "").strip()
    try:
        with form_token.key_of_form(request) as key:
            notification = actions.send_test(
                template,
                _parsed(typed),
                to=to,
                initiator=Initiator(request.user.get_username()),
                when=When(key=key),
            )
            form_token.record_queued(request, Act.TESTED, Target.of(template), notification)
    except NotQueued as error:
        return _page(request, template, typed, refusal=translated(error, _), recipient=to)
    form_token.tell_queued(request, notification, queued_text(notification))
    if len(typed) <= _MOST_KEPT:
        request.session[_TESTED] = {"of": pk, "typed": typed, "recipient": to}
    return redirect("admin:template_preview", pk)


def queued_text(notification: Notification) -> str:
    """Return a message with a link to the notification."""
    link = reverse("admin:notifications_notification_change", args=[notification.pk])
    subject = shown_subject(notification.log_subject) or _("(no subject)")
    return format_html(_("Queued: <a href='{}'>{}</a>"), link, subject)


def _page(
    request: HttpRequest,
    template: EmailTemplate,
    typed: str,
    *,
    refusal: str = "",
    recipient: str | None = None,
) -> HttpResponse:
    filled, error = None, ""
    try:
        filled = fill_in(template, _parsed(typed))
    except InvalidNotification as problem:
        error = translated(problem, _)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Preview: %(name)s") % {"name": template},
        "template": template,
        "typed": typed,
        "filled": filled,
        "shown": unguarded(filled) if filled else {},
        "error": error,
        "refusal": refusal,
        "files": (files := actions.files_of(template)),
        "frame": framed(filled.html, files) if filled else "",
        "form_token": form_token.new_token(),
        "recipient": getattr(request.user, "email", "") if recipient is None else recipient,
        "may_run": request.user.has_perm("notifications.run_emailtemplate"),
    }
    status = 422 if error or refusal else 200
    return render(request, "notifications/template_preview.html", context, status=status)


def _typed(request: HttpRequest, template: EmailTemplate) -> str:
    sample = json.dumps(template.sample_context, ensure_ascii=False, indent=2)
    return request.POST.get("context", sample)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        text = gettext_noop("The context is not JSON: %(error)s.")
        raise InvalidNotification(Sentence(text, error=str(error))) from error
