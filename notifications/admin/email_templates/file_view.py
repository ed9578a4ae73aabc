"""A standard attachment: an image to look at, or a download. It may be anything, so nothing else
is shown by a browser."""

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from notifications.models import LayoutFile, TemplateFile
from notifications.models.layout import StandardFile

# Images that cannot have scripts.
_SHOWN = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp"])
_MODELS: dict[str, type[TemplateFile] | type[LayoutFile]] = {
    "template": TemplateFile,
    "layout": LayoutFile,
}


def is_shown(file: StandardFile) -> bool:
    return file.content_type in _SHOWN


@require_GET
@permission_required("notifications.view_emailtemplate", raise_exception=True)
def standard_file(_request: HttpRequest, pk: int, of: str) -> FileResponse:
    row: StandardFile = get_object_or_404(_MODELS[of], pk=pk)
    try:
        stream = row.open()
    except FileNotFoundError as error:
        raise Http404 from error
    shown = is_shown(row)
    content_type = row.content_type if shown else "application/octet-stream"
    return FileResponse(
        stream, as_attachment=not shown, filename=row.name, content_type=content_type
    )
