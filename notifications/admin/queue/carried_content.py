"""The content of a carried message: its bodies for the page, and all of it as a download."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications.admin.sensitive import may_see
from notifications.message.reader import UnreadableMessage, contents, read, text_of
from notifications.models import Notification

_MOST = 1024 * 1024  # bytes of a body; a browser is busy with more for a while


def shown(notification: Notification, *, may_see: bool) -> dict[str, Any]:
    """Give the row, which is not saved, the bodies that its page shows. What a template needs
    besides is returned."""
    raw = notification.raw_content
    if raw is None or not may_see:
        return {}
    try:
        with raw.open() as stream:
            found = contents(read(stream))
            notification.text = text_of(stream, found.text, most=_MOST)
            notification.html = text_of(stream, found.html, most=_MOST)
    except (FileNotFoundError, UnreadableMessage):
        return {"is_gone": True}
    return {}


@require_safe
@permission_required("notifications.view_notification", raise_exception=True)
def download(request: HttpRequest, pk: int) -> FileResponse:
    """It may hold anything, so no browser shows it."""
    notification = get_object_or_404(Notification, pk=pk)
    if not may_see(request.user, notification):
        raise PermissionDenied
    raw = notification.raw_content
    if raw is None:
        raise Http404
    try:
        stream = raw.open()
    except FileNotFoundError as error:
        raise Http404(_("The file is not kept any more.")) from error
    return FileResponse(
        stream,
        as_attachment=True,
        filename=f"message-{pk}.eml",
        content_type="application/octet-stream",
    )
