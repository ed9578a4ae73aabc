"""A notification's attachment as a download. It may be anything, so no browser shows it."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications.admin.sensitive import may_see, tell_download
from notifications.models import Attachment


@require_safe
@permission_required("notifications.view_notification", raise_exception=True)
def download(request: HttpRequest, pk: int, attachment_pk: int) -> FileResponse:
    rows = Attachment.objects.select_related("notification").defer(
        "notification__text", "notification__html"
    )
    attachment = get_object_or_404(rows, pk=attachment_pk, notification=pk)
    if not may_see(request.user, attachment.notification):
        raise PermissionDenied
    try:
        stream = attachment.open()
    except FileNotFoundError as error:
        raise Http404(_("The file has been deleted.")) from error
    tell_download(request, attachment.notification, attachment)
    return FileResponse(
        stream,
        as_attachment=True,
        filename=attachment.name,
        content_type="application/octet-stream",
    )
