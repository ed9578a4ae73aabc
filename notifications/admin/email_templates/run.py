"""The page Run action: it asks for values and attachments, shows the message with its recipients,
and queues or refuses it at once."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications.admin import form_token
from notifications.attachments.storage import StoredFile, stream_of
from notifications.audit.record import Target
from notifications.email_templates.filling import needed_values
from notifications.email_templates.run import Initiator, When, files_of, recipients_of, run
from notifications.errors import InvalidNotification, NotQueued
from notifications.i18n import translated
from notifications.models import EmailTemplate, Notification
from notifications.models.audit.act import Act
from notifications.outbox import NewFile

from . import kept_files
from .draft import Draft, texts_of
from .form import language_name
from .preview import queued_text
from .run_form import RunActionForm
from .shown_message import show

_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page asks for: the form, the files that were chosen so far and the language."""

    template: EmailTemplate
    form: RunActionForm
    files: list[StoredFile]
    language: str = ""


@require_http_methods(["GET", "POST"])
@permission_required("notifications.view_emailtemplate", raise_exception=True)
@permission_required("notifications.run_emailtemplate", raise_exception=True)
def run_action(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(EmailTemplate.objects.select_related("layout"), pk=pk)
    needed = needed_values(template)
    if request.method == "GET":
        return _page(request, Asked(template, RunActionForm(template, needed=needed), []))
    form = RunActionForm(template, request.POST, needed=needed)
    tokens = _chosen(request)
    files = kept_files.all_kept(request, tokens)
    asked = Asked(template, form, files, request.POST.get("language", ""))
    if not form.is_valid() or not _has_all(asked, len(tokens)):
        return _refused(request, asked)
    if "_show" in request.POST:
        return _shown(request, asked)
    try:
        with form_token.key_of_form(request) as key:
            notification = _run(request, asked, key=key)
            if notification:
                form_token.record_queued(request, Act.RUN, Target.of(template), notification)
    except NotQueued as error:
        form.add_error(None, translated(error, _))
        return _refused(request, asked)
    if notification is None:
        messages.info(request, _("There was nobody to notify, so nothing was queued."))
    else:
        form_token.tell_queued(request, notification, queued_text(notification))
    return _done(request, pk)


def _chosen(request: HttpRequest) -> list[str]:
    """Keep the files that came, so that neither an error nor the look at the message loses them.
    Return the notes of all."""
    tokens = [kept_files.keep(request, file) for file in request.FILES.getlist("files")]
    return [*request.POST.getlist("kept"), *tokens]


def _has_all(asked: Asked, sent: int) -> bool:
    """Tell whether each of the sent files goes along; else the form says what is wrong."""
    problem = kept_files.lost(sent - len(asked.files))
    if sent > _MOST_FILES:
        problem = _("At most %(most)d files.") % {"most": _MOST_FILES}
    if problem:
        asked.form.add_error(None, problem)
    return not problem


def _initiator(request: HttpRequest) -> Initiator:
    return Initiator(request.user.get_username(), getattr(request.user, "email", ""))


def _run(request: HttpRequest, asked: Asked, *, key: str) -> Notification | None:
    with ExitStack() as stack:
        files = [
            NewFile(
                file.name,
                stack.enter_context(stream_of(kept_files.as_row(file))),
                file.content_type,
            )
            for file in asked.files
        ]
        return run(
            asked.template,
            asked.form.context(),
            initiator=_initiator(request),
            files=files,
            when=When(key=key),
            language=asked.language,
        )


def _shown(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Show the message with these values and its recipients, before it is sent."""
    rows = [*files_of(asked.template), *map(kept_files.as_row, asked.files)]
    context = {"": asked.form.context()}
    texts = texts_of(asked.template)
    draft = Draft(asked.template, rows, context, language=asked.language, texts=texts)
    shown = show(draft)
    error = shown.error
    if shown.filled:
        try:
            found = recipients_of(asked.template, shown.filled, _initiator(request))
        except InvalidNotification as problem:
            error = translated(problem, _)
        else:
            shown.addresses.update({name: ", ".join(each) for name, each in found.items()})
            if not any(found.values()) and asked.template.refuse_without_recipients:
                error = _("There is no recipient.")
    parts = {"shown": shown, "may_send": not error, "problem": error if shown.filled else ""}
    if not _wants_json(request):
        return _page(request, asked, status=422 if error else 200, **parts)
    text = render_to_string("notifications/_run_shown.html", parts, request)
    return JsonResponse({"shown": text, "kept": _kept_list(request, asked)})


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _done(request: HttpRequest, pk: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"location": reverse("admin:template_run", args=[pk])})
    return redirect("admin:template_run", pk)


def _refused(request: HttpRequest, asked: Asked) -> HttpResponse:
    if _wants_json(request):
        refused = {
            "errors": asked.form.errors,
            "form_token": form_token.new_token(),
            "kept": _kept_list(request, asked),
        }
        return JsonResponse(refused, status=422)
    return _page(request, asked, status=422)


def _kept(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    return {"kept": [(kept_files.note(request, file), file) for file in asked.files]}


def _kept_list(request: HttpRequest, asked: Asked) -> str:
    return render_to_string("notifications/_kept_files.html", _kept(request, asked), request)


def _page(request: HttpRequest, asked: Asked, *, status: int = 200, **parts: Any) -> HttpResponse:
    template = asked.template
    codes = list(template.languages)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Run action: %(name)s") % {"name": template},
        "template": template,
        "form": asked.form,
        "language": asked.language,
        "own_language": language_name(template.language) if template.language else _("Default"),
        "languages": [(code, language_name(code)) for code in codes],
        "form_token": form_token.new_token(),
        "fixed": {},
        **_kept(request, asked),
        **parts,
    }
    return render(request, "notifications/run_action.html", context, status=status)
