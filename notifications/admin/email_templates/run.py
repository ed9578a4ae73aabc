"""The page Run action, which asks for values and attachments and queues or refuses at once."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications.admin import form_token
from notifications.email_templates.run import Initiator, When, run
from notifications.errors import NotQueued
from notifications.i18n import translated
from notifications.models import EmailTemplate, Notification
from notifications.outbox import NewFile

from .preview import queued_text
from .run_form import RunActionForm


@require_http_methods(["GET", "POST"])
@permission_required("notifications.view_emailtemplate", raise_exception=True)
@permission_required("notifications.run_emailtemplate", raise_exception=True)
def run_action(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(EmailTemplate, pk=pk)
    if request.method == "GET":
        return _page(request, template, RunActionForm(template))
    form = RunActionForm(template, request.POST)
    if not form.is_valid():
        return _refused(request, template, form)
    try:
        with form_token.key_of_form(request) as key:
            notification = _run(request, template, form, key=key)
    except NotQueued as error:
        form.add_error(None, translated(error, _))
        return _refused(request, template, form)
    if notification is None:
        messages.info(request, _("There was nobody to notify, so nothing was queued."))
    else:
        form_token.tell_queued(request, notification, queued_text(notification))
    return _done(request, pk)


def _run(
    request: HttpRequest, template: EmailTemplate, form: RunActionForm, *, key: str
) -> Notification | None:
    return run(
        template,
        form.context(),
        initiator=Initiator(request.user.get_username(), getattr(request.user, "email", "")),
        files=[
            NewFile(file.name or "", file, file.content_type or "")  # type: ignore[arg-type]
            for file in request.FILES.getlist("files")
        ],
        when=When(key=key),
    )


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _done(request: HttpRequest, pk: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"location": reverse("admin:template_run", args=[pk])})
    return redirect("admin:template_run", pk)


def _refused(request: HttpRequest, template: EmailTemplate, form: RunActionForm) -> HttpResponse:
    if _wants_json(request):
        refused = {"errors": form.errors, "form_token": form_token.new_token()}
        return JsonResponse(refused, status=422)
    return _page(request, template, form, status=422)


def _page(
    request: HttpRequest, template: EmailTemplate, form: RunActionForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Run action: %(name)s") % {"name": template},
        "template": template,
        "form": form,
        "form_token": form_token.new_token(),
        "files_were_sent": bool(request.FILES),
        "fixed": {},
    }
    return render(request, "notifications/run_action.html", context, status=status)
