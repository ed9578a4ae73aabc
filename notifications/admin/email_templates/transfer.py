"""Export and import of E-mail Notifications as JSON."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.email_templates import json_format
from notifications.email_templates.json_format import NotImported
from notifications.errors import InvalidNotification
from notifications.i18n import translated
from notifications.models import EmailLayout, EmailTemplate
from notifications.models.audit.act import Act

_TEMPLATES = Target.all_of(EmailTemplate)
_LARGEST = 50 * 1024 * 1024  # bytes


def exported(
    request: HttpRequest, templates: Iterable[EmailTemplate], name: str = "e-mail-notifications"
) -> HttpResponse | None:
    """Return the file; None if it cannot be written whole, which the next page tells."""
    found = list(templates)
    try:
        content = json_format.export(found)
    except InvalidNotification as error:
        told = _("Nothing was exported. %(problem)s") % {"problem": translated(error, _)}
        messages.error(request, told)
        return None
    if len(found) == 1:
        record(Act.EXPORTED, person(request), Target.of(found[0]))
    else:
        names = [template.name for template in found]
        record(Act.EXPORTED, person(request), _TEMPLATES, names=names)
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


@require_GET
@permission_required("notifications.view_emailtemplate", raise_exception=True)
def export_one(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(EmailTemplate, pk=pk)
    name = slugify(template.name) or "e-mail-notification"
    response = exported(request, [template], name)
    return response or redirect("admin:notifications_emailtemplate_change", pk)


@require_http_methods(["GET", "POST"])
@permission_required(
    ["notifications.add_emailtemplate", "notifications.change_emailtemplate"], raise_exception=True
)
def import_templates(request: HttpRequest) -> HttpResponse:
    problems: list[str] = []
    if request.method == "POST":
        try:
            made = _import(request)
        except NotImported as error:
            problems = error.problems
        else:
            text = ngettext("%(n)d imported.", "%(n)d imported.", len(made)) % {"n": len(made)}
            messages.success(request, text)
            return redirect("admin:notifications_emailtemplate_changelist")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Import E-mail Notifications"),
        "problems": problems,
    }
    status = 422 if problems else 200
    return render(request, "notifications/template_import.html", context, status=status)


@transaction.atomic
def _import(request: HttpRequest) -> list[EmailTemplate]:
    """Raises NotImported."""
    made = json_format.import_templates(_uploaded(request))
    names = [template.name for template in made.templates]
    record(Act.IMPORTED, person(request), _TEMPLATES, names=names)
    if made.layouts:
        names = [layout.name for layout in made.layouts]
        record(Act.IMPORTED, person(request), Target.all_of(EmailLayout), names=names)
    return made.templates


def _uploaded(request: HttpRequest) -> str:
    """Return the uploaded text. Raises NotImported."""
    file = request.FILES.get("file")
    if file is None:
        raise NotImported([_("Choose a file.")])
    if (file.size or 0) > _LARGEST:
        raise NotImported([_("The file is larger than 50 MB.")])
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotImported([_("The file is not text in UTF-8.")]) from error
