"""What the form of an E-mail Notification asks while somebody types: the message as it would be,
a place for a chosen image, a test. Nothing here saves the template."""

import json
import secrets
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications.admin import form_token
from notifications.audit.record import Target
from notifications.email_templates import run as actions
from notifications.email_templates.run import Initiator, When
from notifications.errors import NotQueued
from notifications.i18n import translated
from notifications.models.audit.act import Act

from . import kept_files
from .draft import Draft, of_form
from .preview import queued_text
from .shown_message import paths_of, show


def panel(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Return what the panel beside the form shows."""
    return {
        "shown": show(draft),
        "draft": draft,
        "sample_sets": [name for name in draft.samples if name],
        "paths": (paths := paths_of(draft.samples.get(""))),
        "paths_as_json": json.dumps(paths),
        "form_token": form_token.new_token(),
        "recipient": request.POST.get("recipient", getattr(request.user, "email", "")),
        "may_run": request.user.has_perm("notifications.run_emailtemplate"),
    }


@require_POST
@permission_required("notifications.view_emailtemplate", raise_exception=True)
def preview_unsaved(request: HttpRequest) -> HttpResponse:
    only_editors(request)
    context = panel(request, of_form(request))
    shown = context["shown"]
    return JsonResponse(
        {
            "message": render_to_string("notifications/_template_message.html", context, request),
            "html": shown.frame,
            "text": shown.filled.text if shown.filled else "",
            "marks": [mark.as_json() for mark in shown.marks],
            "paths": context["paths"],
            "sets": context["sample_sets"],
        }
    )


@require_POST
@permission_required("notifications.view_emailtemplate", raise_exception=True)
def upload(request: HttpRequest) -> HttpResponse:
    """Keep an image for the form, under a Content-ID of its own."""
    only_editors(request)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"problem": _("Choose a file.")}, status=422)
    stem = slugify((file.name or "").rpartition(".")[0])[:40] or "image"
    content_id = f"{stem}-{secrets.token_hex(3)}"
    token = kept_files.keep(request, file, content_id)
    stored = kept_files.kept(request, token)
    if stored is None:
        return JsonResponse({"problem": _("Choose a file.")}, status=422)
    return JsonResponse(
        {"kept": token, "name": stored.name, "size": stored.size, "content_id": stored.content_id}
    )


@require_POST
@permission_required(
    ["notifications.view_emailtemplate", "notifications.run_emailtemplate"], raise_exception=True
)
def test_unsaved(request: HttpRequest) -> HttpResponse:
    """Send what stands on the form to one address."""
    only_editors(request)
    draft = of_form(request)
    if problem := kept_files.lost(draft.lost_files):
        return JsonResponse({"problem": problem, "form_token": form_token.new_token()}, status=422)
    try:
        with form_token.key_of_form(request) as key:
            notification = actions.send_test(
                draft.template,
                draft.context,
                to=request.POST.get("recipient", "").strip(),
                initiator=Initiator(request.user.get_username()),
                when=When(key=key),
                language=draft.language,
                standard=draft.files,
            )
            form_token.record_queued(request, Act.TESTED, Target.of(draft.template), notification)
    except NotQueued as error:
        answer = {"problem": translated(error, _), "form_token": form_token.new_token()}
        return JsonResponse(answer, status=422)
    return JsonResponse({"told": queued_text(notification), "form_token": form_token.new_token()})


def only_editors(request: HttpRequest) -> None:
    may = ("notifications.add_emailtemplate", "notifications.change_emailtemplate")
    if not any(request.user.has_perm(permission) for permission in may):
        raise PermissionDenied
